"""A person's book, as achievements measure it: after one event, or over everything they ever did."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ADJUSTMENT
from rewards.earning.books import Book
from rewards.kit import sql
from rewards.streaks.running import DAY, first_of_month, longest_in_periods, monday_of, next_month


@dataclass(slots=True)
class Measured:
    """One person's book, as achievements measure it. `event` is the one that has just been taken in."""

    book: Book
    event: PendingEvent
    level: int
    referral_count: int = 0

    @property
    def total_xp(self) -> int:
        """XP with everything so far."""
        return self.book.total_xp

    def points_earned(self) -> int:
        """Points with everything so far."""
        return self.book.points_earned(activity_ids([ADJUSTMENT.key])[ADJUSTMENT.key])

    def count(self, activity: str, window: str | None) -> int:
        """Ever, or in the window that the event's day belongs to."""
        if window is None:
            return self.book.counts.get(activity, 0)
        if activity != self.event.activity:
            return 0
        first, last = window_around(window, self.event.happened_on)
        return self.book.counted_between(self.event.activity_id, first, last)

    def best_run(self, activity: str, unit: str) -> int:
        """Days from the run itself; weeks and months only of the event's own activity, for no other can have grown."""
        activity_id = activity_ids([activity])[activity] if activity in self.book.counts else None
        run = self.book.runs.get(activity_id) if activity_id else None
        if run is None or unit == "days":
            return run.best if run else 0
        if activity != self.event.activity:
            return 0
        return _longest(self.book.all_days(self.event.activity_id), unit)


@dataclass(slots=True)
class MeasuredEver(Measured):
    """Measured without an event: windows and runs wherever they were, also long ago. For people whose book holds nothing unwritten."""

    def count(self, activity: str, window: str | None) -> int:
        """Ever, or in the fullest window of all."""
        if window is None or activity not in self.book.counts:
            return self.book.counts.get(activity, 0)
        question = "SELECT day, counted FROM daily_activity WHERE user_id = ? AND activity_id = ?"
        windows: Counter[date] = Counter()
        for day, counted in sql.rows(question, (self.book.person.id, activity_ids([activity])[activity])):
            windows[window_around(window, date.fromisoformat(day))[0]] += counted
        return max(windows.values(), default=0)

    def best_run(self, activity: str, unit: str) -> int:
        """Of any activity."""
        if activity not in self.book.counts:
            return 0
        activity_id = activity_ids([activity])[activity]
        if unit == "days":
            return self.book.runs[activity_id].best
        return _longest(self.book.all_days(activity_id), unit)


def _longest(days: set[date], unit: str) -> int:
    if unit == "weeks":
        return longest_in_periods(days, monday_of, lambda monday: monday + timedelta(days=7))
    return longest_in_periods(days, first_of_month, next_month)


def window_around(window: str, day: date) -> tuple[date, date]:
    """The first and the last day of the day, week or month that a day belongs to."""
    if window == "day":
        return day, day
    if window == "week":
        return monday_of(day), monday_of(day) + 6 * DAY
    return first_of_month(day), next_month(first_of_month(day)) - DAY
