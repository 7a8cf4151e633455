"""WHAT HAPPENED: the report that admins read in the morning."""
