"""How a run of days grows: on time by a step, late by a look at its neighbours. Pure."""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(slots=True)
class Run:
    """One person's state in one activity. `current` is the length of the run that ends on `last_day`."""

    counted: int = 0
    current: int = 0
    best: int = 0
    last_day: date = date.min


@dataclass(frozen=True, slots=True)
class Span:
    """The run that one day belongs to, once it is in: its days, both included, and whether the day is new to it."""

    first: date
    last: date
    grew: bool
    joined: bool

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days + 1


def span_with(run: Run | None, day: date, days_known: Callable[[], AbstractSet[date]]) -> Span:
    """The run that `day` belongs to once it counts. `days_known` is asked only for a late day: all days so far."""
    if run is None or day > run.last_day + DAY:
        return Span(day, day, grew=True, joined=False)
    if day >= run.last_day:
        return Span(run.last_day - (run.current - 1) * DAY, day, grew=day > run.last_day, joined=False)
    days = days_known()
    first, last = _edges(day, days)
    return Span(first, last, grew=day not in days, joined=day not in days)


def step(run: Run, span: Span) -> None:
    """Take the day's span in."""
    run.best = max(run.best, span.days)
    if span.last >= run.last_day:
        run.last_day, run.current = span.last, span.days


def retell(days: Collection[date]) -> tuple[int, int, date]:
    """Current, best and last day of an activity from all its days, at least one: what the stored state must equal."""
    best = current = 0
    before = date.min
    for day in sorted(days):
        current = current + 1 if day - DAY == before else 1
        best, before = max(best, current), day
    return current, best, before


def alive_on(run: Run, today: date) -> int:
    """The length of the run that is still alive today: it may have ended yesterday, today is not over."""
    return run.current if run.last_day >= today - DAY else 0


def longest_in_periods(days: Collection[date], start_of: Callable[[date], date], next_start: Callable[[date], date]) -> int:
    """The longest row of consecutive periods (weeks, months) that hold at least one day."""
    best = current = 0
    expected: date | None = None
    for start in sorted({start_of(day) for day in days}):
        current = current + 1 if start == expected else 1
        best, expected = max(best, current), next_start(start)
    return best


def monday_of(day: date) -> date:
    """The Monday that its week begins with."""
    return day - timedelta(days=day.weekday())


def first_of_month(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """The first of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def _edges(day: date, days: AbstractSet[date]) -> tuple[date, date]:
    first = last = day
    while first - DAY in days:
        first -= DAY
    while last + DAY in days:
        last += DAY
    return first, last
