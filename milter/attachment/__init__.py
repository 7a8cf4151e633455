"""WHAT STANDS IN THE FILES OF A MAIL: read within limits, in a child process that may die of it."""
