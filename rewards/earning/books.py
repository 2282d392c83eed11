"""What a batch knows of the people in it: read once, kept up to date in memory between their events, written once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rewards.activities.recording import PendingEvent
from rewards.kit import sql
from rewards.kit.columns import time_from_text, time_text
from rewards.ledger.accounts import Holding, holdings_of
from rewards.ledger.models import POINTS, XP
from rewards.people.locking import Person
from rewards.streaks.running import Run, monday_of

WEEK = timedelta(days=7)


@dataclass(slots=True)
class Day:
    """One row of the daily totals."""

    events: int = 0
    counted: int = 0
    paid: int = 0
    xp: int = 0
    points: int = 0
    money: int = 0


@dataclass(slots=True)
class Book:
    """One person's page: what they have, did and unlocked so far."""

    person: Person
    holdings: dict[str, Holding] = field(default_factory=dict)
    # Daily totals of the weeks that were read, by (day, activity id); a missing row is a day without that activity.
    days: dict[tuple[date, int], Day] = field(default_factory=dict)
    weeks: set[date] = field(default_factory=set)
    runs: dict[int, Run] = field(default_factory=dict)
    # The same totals by the activity's key, for conditions.
    counts: dict[str, int] = field(default_factory=dict)
    unlocked: set[int] = field(default_factory=set)
    changed_days: set[tuple[date, int]] = field(default_factory=set)
    changed_runs: set[int] = field(default_factory=set)
    days_by_activity: dict[int, set[date]] = field(default_factory=dict)
    paid_times: dict[int, list[datetime]] = field(default_factory=dict)
    points_gained: int = 0
    points_before: int | None = None

    def balance(self, asset: str) -> int:
        """What the person has of it just now."""
        held = self.holdings.get(asset)
        return held.balance if held else 0

    @property
    def total_xp(self) -> int:
        """What the level follows."""
        return self.balance(XP)

    @property
    def points_balance(self) -> int:
        """What could be spent."""
        return self.balance(POINTS)

    def day(self, day: date, activity_id: int) -> Day:
        """The row of a day whose week was read; an empty one where nothing happened."""
        return self.days.get((day, activity_id)) or Day()

    def touch(self, day: date, activity_id: int) -> Day:
        """The row, to be changed and written."""
        self.changed_days.add((day, activity_id))
        return self.days.setdefault((day, activity_id), Day())

    def paid_in_week(self, day: date, activity_id: int) -> int:
        """How many events of the activity hold a slot in the Monday-to-Sunday week of `day`."""
        monday = monday_of(day)
        return sum(row.paid for offset in range(7) if (row := self.days.get((monday + timedelta(days=offset), activity_id))))

    def all_days(self, activity_id: int) -> set[date]:
        """Every day with the activity, however long ago: for late events and for weeks and months in a row."""
        known = self.days_by_activity.get(activity_id)
        if known is None:
            question = "SELECT day FROM daily_activity WHERE user_id = ? AND activity_id = ? AND events > 0"
            known = {date.fromisoformat(day) for (day,) in sql.rows(question, (self.person.id, activity_id))}
            known |= {day for (day, activity), row in self.days.items() if activity == activity_id and row.events}
            self.days_by_activity[activity_id] = known
        return known

    def paid_between(self, activity_id: int, first: date, last: date) -> int:
        """How many events of the activity hold a slot from one day to another."""
        question = "SELECT day, paid FROM daily_activity WHERE user_id = ? AND activity_id = ? AND day BETWEEN ? AND ?"
        stored = sql.rows(question, (self.person.id, activity_id, first.isoformat(), last.isoformat()))
        paid = {date.fromisoformat(day): count for day, count in stored}
        # What this batch has changed is newer than what is stored.
        paid |= {day: row.paid for (day, activity), row in self.days.items() if activity == activity_id and first <= day <= last}
        return sum(paid.values())

    def counted_by_day(self, activity_id: int, first: date, last: date) -> int:
        """How many events that counts take lie between two days, both included."""
        question = "SELECT day, counted FROM daily_activity WHERE user_id = ? AND activity_id = ? AND day BETWEEN ? AND ?"
        counted = {
            date.fromisoformat(day): count
            for day, count in sql.rows(question, (self.person.id, activity_id, first.isoformat(), last.isoformat()))
        }
        counted |= {day: row.counted for (day, activity), row in self.days.items() if activity == activity_id and first <= day <= last}
        return sum(counted.values())

    def times_paid_near(self, activity_id: int, moment: datetime, reach: timedelta) -> list[datetime]:
        """When events of the activity that hold a slot occurred, within `reach` of `moment`."""
        question = (
            "SELECT occurred_at FROM events WHERE user_id = ? AND occurred_at > ? AND occurred_at < ? AND activity_id = ? AND paid = 1"
        )
        stored = sql.rows(question, (self.person.id, time_text(moment - reach), time_text(moment + reach), activity_id))
        return [time_from_text(text) for (text,) in stored] + self.paid_times.get(activity_id, [])

    def points_earned(self, adjustment_id: int) -> int:
        """All points ever earned; adjustments by hand are no earnings."""
        if self.points_before is None:
            question = "SELECT coalesce(sum(points), 0) FROM daily_activity WHERE user_id = ? AND activity_id <> ?"
            self.points_before = int(sql.value(question, (self.person.id, adjustment_id)))
        return self.points_before + self.points_gained


def open_books(events: Sequence[PendingEvent]) -> dict[int, Book]:
    """The books of everybody in the batch. The people must be locked."""
    books = {event.person.id: Book(event.person) for event in events}
    ids = sorted(books)
    for holding in holdings_of(ids):
        books[holding.user_id].holdings[holding.asset] = holding
    _read_runs(books, ids)
    _read_unlocks(books, ids)
    read_weeks(books, ((event.person.id, monday_of(event.happened_on)) for event in events))
    return books


def read_weeks(books: dict[int, Book], wanted: Iterable[tuple[int, date]]) -> None:
    """The daily totals of these people's weeks, one question for each week."""
    by_monday: dict[date, set[int]] = {}
    for user_id, monday in wanted:
        if monday not in books[user_id].weeks:
            books[user_id].weeks.add(monday)
            by_monday.setdefault(monday, set()).add(user_id)
    for monday, user_ids in by_monday.items():
        question = (
            "SELECT user_id, day, activity_id, events, counted, paid, xp, points, money FROM daily_activity"
            f" WHERE user_id IN ({sql.marks(list(user_ids))}) AND day >= ? AND day < ?"
        )
        for user_id, day, activity_id, *totals in sql.rows(question, (*user_ids, monday.isoformat(), (monday + WEEK).isoformat())):
            books[user_id].days[date.fromisoformat(day), activity_id] = Day(*totals)


def _read_runs(books: dict[int, Book], ids: Sequence[int]) -> None:
    question = (
        "SELECT s.user_id, s.activity_id, a.key, s.counted, s.current, s.best, s.last_day"
        f" FROM streaks s JOIN activities a ON a.id = s.activity_id WHERE s.user_id IN ({sql.marks(ids)})"
    )
    for user_id, activity_id, key, counted, current, best, last_day in sql.rows(question, ids):
        books[user_id].runs[activity_id] = Run(counted, current, best, date.fromisoformat(last_day))
        books[user_id].counts[key] = counted


def _read_unlocks(books: dict[int, Book], ids: Sequence[int]) -> None:
    for user_id, achievement_id in sql.rows(f"SELECT user_id, achievement_id FROM unlocks WHERE user_id IN ({sql.marks(ids)})", ids):
        books[user_id].unlocked.add(achievement_id)
