"""Where does it wait? `store.py` keeps it, `release.py` lets it go, `retention.py` forgets it."""
