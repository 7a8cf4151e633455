"""How did the tables come to be as they are? One revision a change, in `versions`; run by `upgrade`."""
