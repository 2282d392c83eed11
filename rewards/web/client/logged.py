"""A page of what a client did, by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rewards.activities.queries import LoggedEvent


@dataclass(frozen=True, slots=True)
class Log:
    """A page of what somebody did."""

    entries: list[LoggedEvent]
    has_more: bool

    def by_day(self) -> Iterator[tuple[date, list[LoggedEvent]]]:
        """Day by day."""
        for day, entries in groupby(self.entries, lambda entry: entry.happened_on):
            yield day, list(entries)
