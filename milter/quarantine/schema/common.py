"""What do all tables have in common? The metadata that they stand in, their ids and times."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, TypeDecorator
from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware time, kept as UTC without a zone, which every database has."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002, SQLAlchemy's
        """An aware time to UTC; a naive one is our bug."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, SQLAlchemy's
        """UTC again."""
        return value and value.replace(tzinfo=UTC)


metadata = MetaData()

# SQLite counts up by itself only where the type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
