"""What a batch knows of the people in it: read once, kept up to date in memory between their events, written once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_keys
from rewards.earning.compiled import Programme
from rewards.earning.slots import MOVE_GUARD
from rewards.kit import sql
from rewards.kit.columns import time_from_text, time_text
from rewards.ledger.accounts import Holding, holdings_of
from rewards.ledger.models import POINTS, XP
from rewards.people.locking import Person
from rewards.streaks.running import Run, monday_of

WEEK = timedelta(days=7)
# So few are asked for one by one; and so far apart they are too.
FEW = 8
REACH_MAX = timedelta(days=14)


@dataclass(slots=True)
class Day:
    """One row of the daily totals, or what is to be added to it."""

    events: int = 0
    counted: int = 0
    paid: int = 0
    xp: int = 0
    points: int = 0
    money: int = 0


NOTHING = Day()


@dataclass(slots=True)
class Book:
    """One person's page: what they have, did and unlocked so far."""

    person: Person
    holdings: dict[str, Holding] = field(default_factory=dict)
    # What was stored of the weeks that limits look at, by (day, activity id).
    stored: dict[tuple[date, int], Day] = field(default_factory=dict)
    # What this batch adds, wherever it falls.
    added: dict[tuple[date, int], Day] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    changed_runs: set[int] = field(default_factory=set)
    # How often they did what, by the activity's key, for conditions.
    counts: dict[str, int] = field(default_factory=dict)
    unlocked: set[int] = field(default_factory=set)
    days_by_activity: dict[int, set[date]] = field(default_factory=dict)
    # When events that hold a slot occurred, for cooldowns and moves: those of this batch, and what is stored of `paid_times_read`.
    paid_times: dict[int, list[datetime]] = field(default_factory=dict)
    paid_times_read: set[int] = field(default_factory=set)
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

    def paid_on(self, day: date, activity_id: int) -> int:
        """How many events of a limited activity hold a slot on that day."""
        return self.stored.get((day, activity_id), NOTHING).paid + self.added.get((day, activity_id), NOTHING).paid

    def counted_on(self, day: date, activity_id: int) -> int:
        """How many events of a limited activity counts take on that day."""
        return self.stored.get((day, activity_id), NOTHING).counted + self.added.get((day, activity_id), NOTHING).counted

    def paid_in_week(self, day: date, activity_id: int) -> int:
        """How many events of a limited activity hold a slot in the Monday-to-Sunday week of `day`."""
        monday = monday_of(day)
        return sum(self.paid_on(monday + timedelta(days=offset), activity_id) for offset in range(7))

    def add(self, day: date, activity_id: int) -> Day:
        """What this batch adds to that day, to be added to."""
        return self.added.setdefault((day, activity_id), Day())

    def all_days(self, activity_id: int) -> set[date]:
        """Every day with the activity, however long ago: for late events and for weeks and months in a row."""
        known = self.days_by_activity.get(activity_id)
        if known is None:
            question = "SELECT day FROM daily_activity WHERE user_id = ? AND activity_id = ? AND events > 0"
            known = {date.fromisoformat(day) for (day,) in sql.rows(question, (self.person.id, activity_id))}
            known |= {day for (day, activity), row in self.added.items() if activity == activity_id and row.events}
            self.days_by_activity[activity_id] = known
        return known

    def paid_between(self, activity_id: int, first: date, last: date) -> int:
        """How many events of the activity hold a slot from one day to another, both included."""
        return self._total("paid", activity_id, first, last)

    def counted_between(self, activity_id: int, first: date, last: date) -> int:
        """How many events that counts take lie between two days, both included."""
        return self._total("counted", activity_id, first, last)

    def _total(self, column: str, activity_id: int, first: date, last: date) -> int:
        question = f"SELECT coalesce(sum({column}), 0) FROM daily_activity WHERE user_id = ? AND activity_id = ? AND day BETWEEN ? AND ?"
        stored = int(sql.value(question, (self.person.id, activity_id, first.isoformat(), last.isoformat())))
        added = (row for (day, activity), row in self.added.items() if activity == activity_id and first <= day <= last)
        return stored + sum(int(getattr(row, column)) for row in added)

    def times_paid_near(self, activity_id: int, moment: datetime, reach: timedelta) -> list[datetime]:
        """When events of the activity that hold a slot occurred, less than `reach` from `moment`."""
        known = [paid for paid in self.paid_times.get(activity_id, ()) if -reach < paid - moment < reach]
        if activity_id in self.paid_times_read:
            return known
        question = (
            "SELECT occurred_at FROM events WHERE user_id = ? AND occurred_at > ? AND occurred_at < ? AND activity_id = ? AND paid = 1"
        )
        stored = sql.rows(question, (self.person.id, time_text(moment - reach), time_text(moment + reach), activity_id))
        return [time_from_text(text) for (text,) in stored] + known

    def points_earned(self, adjustment_id: int) -> int:
        """All points ever earned; adjustments by hand are no earnings."""
        if self.points_before is None:
            question = "SELECT coalesce(sum(points), 0) FROM daily_activity WHERE user_id = ? AND activity_id <> ?"
            self.points_before = int(sql.value(question, (self.person.id, adjustment_id)))
        earned: int = self.points_before + self.points_gained
        return earned


def open_books(events: Sequence[PendingEvent], programme_at: Callable[[int], Programme]) -> dict[int, Book]:
    """The books of everybody in the batch. The people must be locked."""
    books = {event.person.id: Book(event.person) for event in events}
    ids = sorted(books)
    for holding in holdings_of(ids):
        books[holding.owner_id].holdings[holding.asset] = holding
    _read_runs(books, ids)
    _read_unlocks(books, ids)
    registered = [(event, programme_at(event.version_id).activities.get(event.activity)) for event in events]
    _read_limited_weeks(books, [event for event, activity in registered if activity and activity.is_limited])
    cooling = [(event, activity.cooldown_hours) for event, activity in registered if activity and activity.cooldown_hours]
    _read_paid_times(books, cooling)
    return books


def _read_limited_weeks(books: dict[int, Book], events: Sequence[PendingEvent]) -> None:
    """The daily totals that limits look at, one question for each week."""
    by_monday: dict[date, tuple[set[int], set[int]]] = {}
    for event in events:
        user_ids, activity_ids = by_monday.setdefault(monday_of(event.happened_on), (set(), set()))
        user_ids.add(event.person.id)
        activity_ids.add(event.activity_id)
    for monday, (user_ids, activity_ids) in by_monday.items():
        question = (
            "SELECT user_id, day, activity_id, events, counted, paid, xp, points, money FROM daily_activity"
            f" WHERE user_id IN ({sql.marks(user_ids)}) AND day >= ? AND day < ? AND activity_id IN ({sql.marks(activity_ids)})"
        )
        params = (*user_ids, monday.isoformat(), (monday + WEEK).isoformat(), *activity_ids)
        for user_id, day, activity_id, *totals in sql.rows(question, params):
            books[user_id].stored[date.fromisoformat(day), activity_id] = Day(*totals)


def _read_paid_times(books: dict[int, Book], cooling: Sequence[tuple[PendingEvent, int]]) -> None:
    """What cooldowns and moves look at, in one question; not where that would read much more than the batch itself needs."""
    if len(cooling) < FEW:
        return
    reach = max(MOVE_GUARD, timedelta(hours=max(hours for _, hours in cooling)))
    first, last = (edge(event.occurred_at for event, _ in cooling) for edge in (min, max))
    if last - first > REACH_MAX:
        return
    user_ids, activity_ids = {event.person.id for event, _ in cooling}, {event.activity_id for event, _ in cooling}
    question = (
        f"SELECT user_id, activity_id, occurred_at FROM events WHERE user_id IN ({sql.marks(user_ids)}) AND occurred_at > ?"
        f" AND occurred_at < ? AND activity_id IN ({sql.marks(activity_ids)}) AND paid = 1"
    )
    for user_id in user_ids:
        books[user_id].paid_times_read |= activity_ids
    for user_id, activity_id, moment in sql.rows(question, (*user_ids, time_text(first - reach), time_text(last + reach), *activity_ids)):
        books[user_id].paid_times.setdefault(activity_id, []).append(time_from_text(moment))


def _read_runs(books: dict[int, Book], ids: Sequence[int]) -> None:
    question = f"SELECT user_id, activity_id, counted, current, best, last_day FROM streaks WHERE user_id IN ({sql.marks(ids)})"
    rows = sql.rows(question, ids)
    keys = activity_keys({row[1] for row in rows})
    for user_id, activity_id, counted, current, best, last_day in rows:
        book = books[user_id]
        book.runs[activity_id] = Run(counted, current, best, date.fromisoformat(last_day))
        book.counts[keys[activity_id]] = counted


def _read_unlocks(books: dict[int, Book], ids: Sequence[int]) -> None:
    for user_id, achievement_id in sql.rows(f"SELECT user_id, achievement_id FROM unlocks WHERE user_id IN ({sql.marks(ids)})", ids):
        books[user_id].unlocked.add(achievement_id)
