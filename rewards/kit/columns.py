"""Column types with one spelling on SQLite and PostgreSQL, so that one SQL text serves both."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from rewards.kit import documents

# SQLite's STRICT tables know INTEGER only, and it is 64 bits wide there; PostgreSQL's INTEGER is not.
Whole = BigInteger().with_variant(Integer(), "sqlite")


def time_text(moment: datetime) -> str:
    """An aware time as fixed-width UTC text with microseconds: its order as text is its order in time."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_from_text(text: str) -> datetime:
    """The aware time of such a text."""
    return datetime.fromisoformat(text)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a naive time: nobody could say when it is."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return None if value is None else time_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The aware time again."""
        return None if value is None else time_from_text(value)


class LocalDate(TypeDecorator[date]):
    """A calendar day in somebody's time zone."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """ISO 8601."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """The day again."""
        return None if value is None else date.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """Yes or no, stored as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: FBT001 - SQLAlchemy passes it so
        """1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """True or False."""
        return None if value is None else bool(value)


class Document(TypeDecorator[Any]):
    """A JSON document, stored as its canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Canonical text."""
        return None if value is None else documents.canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The document again."""
        return None if value is None else documents.parse(value)
