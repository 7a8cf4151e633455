"""The digest to recipients, and what they ask for."""
