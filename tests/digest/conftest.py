"""A quarantine in both databases, the browser, and the pictures."""

from tests.quarantine.conftest import database_name, place, postgresql, sqlite_store, store
from tests.review.conftest import browser, shots

__all__ = ["browser", "database_name", "place", "postgresql", "shots", "sqlite_store", "store"]
