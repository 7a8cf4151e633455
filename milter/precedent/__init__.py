"""Precedents: what was decided once, for mail to come."""
