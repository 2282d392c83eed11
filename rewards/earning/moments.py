"""When a rule or a boost begins and ends, as people write it: a day of the programme's zone, or a moment with its offset."""

from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import PlainValidator

EXPECTED = "a date such as 2027-06-01, or a time with its offset such as 2027-06-01T18:00:00+02:00, is expected"


def read_moment(value: object) -> date:
    """A day, or an aware moment in UTC; ValueError for anything else."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(EXPECTED) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(EXPECTED)
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValueError(EXPECTED) from None
    if isinstance(value, date):
        return value
    raise ValueError(EXPECTED)


def instant_of(moment: date, zone: ZoneInfo) -> datetime:
    """The moment itself: a day begins at midnight in `zone`."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


def is_before(moment: date, other: date) -> bool:
    """Whether one comes before the other. A day and a moment are compared in UTC: which zone is meant is not known here."""
    return instant_of(moment, ZoneInfo("UTC")) < instant_of(other, ZoneInfo("UTC"))


Moment = Annotated[date | datetime, PlainValidator(read_moment)]
