"""The techniques of the catalogue of threats, each through the whole judge."""
