"""Vigimel. The map of this tree is in README.md, section "The house"."""
