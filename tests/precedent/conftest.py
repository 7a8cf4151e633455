"""The same quarantine as in its own tests."""

from tests.quarantine.conftest import database_name, place, postgresql, store

__all__ = ["database_name", "place", "postgresql", "store"]
