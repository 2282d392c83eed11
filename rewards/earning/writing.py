"""What a batch has to write, gathered in memory and written with one statement per table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rewards.activities.happening import PendingEvent
from rewards.activities.recording import INSERT
from rewards.earning.books import Book
from rewards.earning.facts import AchievementUnlocked, LevelReached, StreakReached
from rewards.earning.rolling_up import roll_up
from rewards.kit import clock, documents, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_text
from rewards.ledger.posting import Movement, post

FINISH = (
    "UPDATE events SET state = 'processed', paid = ?, counted = ?, unmatched = ?, result = ?, trace = ?, decided_no = ?, error = NULL,"
    " next_attempt_at = NULL, claim_token = NULL, leased_until = NULL WHERE id = ?"
)
BONUS = (
    "INSERT INTO events (id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source,"
    " idempotency_key, body_hash, cause_id, version_id, state, first_answer, attempts, paid, counted, actor_id, result, trace, decided_no)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'processed', 'processed', 1, 1, 1, ?, ?, ?, ?)"
)
DAY = (
    "INSERT INTO daily_activity (user_id, day, activity_id, events, counted, paid, xp, points, money) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (user_id, day, activity_id) DO UPDATE SET events = daily_activity.events + excluded.events,"
    " counted = daily_activity.counted + excluded.counted, paid = daily_activity.paid + excluded.paid,"
    " xp = daily_activity.xp + excluded.xp, points = daily_activity.points + excluded.points, money = daily_activity.money + excluded.money"
)
RUN = (
    "INSERT INTO streaks (user_id, activity_id, counted, current, best, last_day) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (user_id, activity_id) DO UPDATE SET counted = excluded.counted, current = excluded.current, best = excluded.best,"
    " last_day = excluded.last_day"
)
# Reaching a level is recorded once: who falls below it and comes back has reached it already.
REACH = (
    "INSERT INTO level_reaches (user_id, number, name, reached_at, event_id) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (user_id, number) DO NOTHING"
)
UNLOCK = (
    "INSERT INTO unlocks (user_id, achievement_id, unlocked_at, awarded_by, note, event_id, bonus_event_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
CATEGORY = "UPDATE activities SET category = ? WHERE id = ? AND category <> ?"


class Overtaken(Exception):
    """Somebody else has stored an event with the key of one of these, between our look for it and our insert."""


@dataclass(frozen=True, slots=True)
class Bonus:
    """A system event that pays what another event led to."""

    activity_id: int
    activity: str
    key: str | None
    amounts: Mapping[str, int]
    metadata: Mapping[str, Any]
    actor_id: int | None = None
    source: str = "system"
    body_hash: str = ""
    # Whether somebody's hand made it; otherwise it follows from what has its number already.
    is_input: bool = False


@dataclass(slots=True)
class Writes:
    """Everything a batch will write."""

    decided: list[tuple[object, ...]] = field(default_factory=list)
    finished: list[tuple[object, ...]] = field(default_factory=list)
    bonuses: list[tuple[object, ...]] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    reaches: list[tuple[object, ...]] = field(default_factory=list)
    unlocks: list[tuple[object, ...]] = field(default_factory=list)
    reached: list[LevelReached] = field(default_factory=list)
    unlocked: list[AchievementUnlocked] = field(default_factory=list)
    streaks: list[StreakReached] = field(default_factory=list)
    categories: dict[int, str] = field(default_factory=dict)
    # For events that were recorded before: their place in the order is that of their decision.
    numbers: Iterator[int] = field(default_factory=lambda: iter(()))

    def finish(
        self, event: PendingEvent, *, paid: bool, counted: bool, unmatched: bool, result: Mapping[str, Any], trace: Mapping[str, Any]
    ) -> None:
        """The event is decided."""
        decision = (int(paid), int(counted), int(unmatched), documents.compact(result), documents.compact(trace))
        if event.row:
            self.decided.append((*event.row, "processed", "processed", None, *decision, event.id))
        else:
            self.finished.append((*decision, next(self.numbers), event.id))

    def bonus(self, event_id: int, cause: PendingEvent, bonus: Bonus, result: Mapping[str, Any]) -> None:
        """A system event, processed as it is born."""
        moment = time_text(cause.occurred_at)
        self.bonuses.append(
            (
                event_id,
                cause.person.id,
                bonus.activity_id,
                "paid",
                bonus.activity,
                documents.canonical(dict(bonus.metadata)),
                moment,
                cause.happened_on.isoformat(),
                time_text(clock.now()),
                bonus.source,
                bonus.key,
                bonus.body_hash,
                cause.id or None,
                cause.version_id,
                bonus.actor_id,
                documents.compact(result),
                documents.compact({"version": cause.version_id, "bonus": dict(bonus.metadata)}),
                event_id if bonus.is_input else None,
            )
        )

    def reach(self, user_id: int, number: int, name: str, event_id: int | None) -> None:
        """A level was reached."""
        self.reaches.append((user_id, number, name, time_text(clock.now()), event_id))
        self.reached.append(LevelReached(user_id, number, name))

    def unlock(
        self, user_id: int, achievement_id: int, *, awarded_by: int | None, note: str | None, event_id: int | None, bonus_id: int | None
    ) -> None:
        """An achievement was unlocked."""
        self.unlocks.append((user_id, achievement_id, time_text(clock.now()), awarded_by, note, event_id, bonus_id))
        self.unlocked.append(AchievementUnlocked(user_id, achievement_id, awarded_by, note))

    def flush(self, books: Mapping[int, Book]) -> None:
        """Write it all. What refers comes after what it refers to. Raises Overtaken."""
        if sql.run_many(INSERT, self.decided) != len(self.decided):
            raise Overtaken
        sql.run_many(FINISH, self.finished)
        sql.run_many(BONUS, self.bonuses)
        post(self.movements)
        sql.run_many(DAY, list(_days(books)))
        roll_up(books)
        sql.run_many(RUN, list(_runs(books)))
        sql.run_many(REACH, self.reaches)
        sql.run_many(UNLOCK, self.unlocks)
        sql.run_many(CATEGORY, [(category, activity_id, category) for activity_id, category in sorted(self.categories.items())])
        if self.reached or self.unlocked or self.streaks:
            announce([*self.reached, *self.unlocked, *self.streaks])


def _days(books: Mapping[int, Book]) -> Iterator[Sequence[object]]:
    for user_id, book in books.items():
        for (day, activity_id), row in sorted(book.added.items(), key=lambda item: item[0]):
            yield user_id, _text(day), activity_id, row.events, row.counted, row.paid, row.xp, row.points, row.money


def _runs(books: Mapping[int, Book]) -> Iterator[Sequence[object]]:
    for user_id, book in books.items():
        for activity_id in book.changed_runs:
            run = book.runs[activity_id]
            yield user_id, activity_id, run.counted, run.current, run.best, _text(run.last_day)


def _text(day: date) -> str:
    return day.isoformat()
