"""WHAT DOES A LOOK AT THE MAIL SHOW? Who it says it is and what it wants, read within limits."""
