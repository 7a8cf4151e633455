"""A quarantine in both databases, and the browser."""

from tests.quarantine.conftest import database_name, place, postgresql, sqlite_store, store
from tests.review.conftest import browser

__all__ = ["browser", "database_name", "place", "postgresql", "sqlite_store", "store"]
