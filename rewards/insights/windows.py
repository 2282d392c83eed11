"""The spans of days that figures are told for, and the buckets that a span falls into. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rewards.streaks.running import monday_of

DAY = timedelta(days=1)


class Window(StrEnum):
    """How far back from today, which is the last day of it."""

    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    ALL_TIME = "all_time"


class Bucket(StrEnum):
    """What one figure of a series is for: a day, or a week from its Monday on."""

    DAY = "day"
    WEEK = "week"

    def start_of(self, day: date) -> date:
        """The day that the bucket of `day` is named for."""
        return monday_of(day) if self is Bucket.WEEK else day


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def before(self) -> "Span":
        """As many days, up to the day before this one begins."""
        return Span(self.first - self.days * DAY, self.first - DAY)

    def buckets(self, bucket: Bucket) -> Iterator[date]:
        """The start of each bucket that has a day in it, in order."""
        step = DAY if bucket is Bucket.DAY else 7 * DAY
        start = bucket.start_of(self.first)
        while start <= self.last:
            yield start
            start += step


def last_days(count: int, today: date) -> Span:
    """So many days, today included."""
    return Span(today - (count - 1) * DAY, today)


def span_of(window: Window, today: date) -> Span | None:
    """The days of a window; None for all time."""
    days = {Window.LAST_7_DAYS: 7, Window.LAST_30_DAYS: 30}.get(window)
    return last_days(days, today) if days else None
