"""Rehearses a changed programme on what really happened: each person's history is done again beside, and held against what was paid.

Nothing is changed by it. An event is decided under the draft if its day is one of those that are rehearsed, otherwise as it was stamped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from rewards.activities.definitions import current_version
from rewards.earning.histories import Amounts, Handed, Happened, History, Thing, history_of
from rewards.earning.in_force import programme_at, programme_in_force
from rewards.earning.replaying import Input, Replay, Replayed, is_correction, replay
from rewards.kit import clock, sql
from rewards.kit.beside import Beside
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.ledger.models import XP
from rewards.levels.ladder import Ladder
from rewards.people.models import Role
from rewards.people.zones import zone_named
from rewards.programme.changing import change_programme
from rewards.programme.comparing import Compared, Report, Side
from rewards.programme.document import ProgrammeDocument
from rewards.tables import METADATA

DAYS_MAX = 3_660
# What every history refers to.
SHARED = {
    "programme_versions": "id, created_at, actor_id, note",
    "definitions": "id, kind, key, body, since_version, until_version",
    "activities": "id, key, category",
    "achievements": "id, key, coach_id",
}
STAFF = "id, email, name, role, status, coach_id, timezone, timezone_since, locale, joined_on, tags, created_at, stamp"
# People who were there on one of the days; a few at a time.
PEOPLE = "SELECT user_id FROM last_days WHERE active_on >= ? AND user_id > ? ORDER BY user_id LIMIT 200"
OTHERS = (
    "SELECT a.owner_id, a.balance FROM accounts a JOIN users u ON u.id = a.owner_id AND u.role = ? WHERE a.owner_kind = 'user'"
    " AND a.asset = ? AND NOT EXISTS (SELECT 1 FROM last_days d WHERE d.user_id = a.owner_id AND d.active_on >= ?) ORDER BY a.owner_id"
)


@dataclass(slots=True)
class Stage:
    """Where a draft is rehearsed: a database beside, with every version of the programme in it and the draft as the next one."""

    beside: Beside
    first_day: date
    # The programme in force, and the draft.
    today: int
    draft: int
    # By the names that people and achievements have for it.
    ladders: tuple[Ladder, Ladder]

    def compare(self, user_id: int) -> Compared:
        """One person. Opens a read block of its own, and leaves it before anything is decided."""
        with db.read():
            history = history_of(user_id)
            unlocked = frozenset(key for (key,) in sql.rows(UNLOCKED, (user_id,)))
            xp = int(sql.value("SELECT balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ? AND asset = ?", (user_id, XP)) or 0)
        before, during = self.parts(history)
        with replay(self.beside, history) as played:
            played.do(before, _stamped)
            stamped = self._play(played, during, history, None)
            is_same = all(one.version_id == self.today for one in self.redecided(during))
            today = stamped if is_same else self._play(played, during, history, self.today)
            draft = today if self.draft == self.today else self._play(played, during, history, self.draft)
        paid = Side(_decided(history.amounts, history), history.days, self.ladders[0].level_for(xp).number, unlocked)
        return Compared(
            user_id=user_id,
            events=len(self.redecided(during)),
            failed=draft.failed,
            paid=paid,
            today=self._side(today, history, self.ladders[0]),
            draft=self._side(draft, history, self.ladders[1]),
            unlike=_unlike(history, stamped),
        )

    def desired(self, history: History, up_to: int) -> Replayed:
        """What the draft would have paid for everything that was decided up to a number."""
        before, during = self.parts(history, up_to)
        with replay(self.beside, history) as played:
            played.do(before, _stamped)
            return self._play(played, during, history, self.draft)

    def parts(self, history: History, up_to: int | None = None) -> tuple[list[Input], list[Input]]:
        """What came before anything that is decided again, and the rest."""
        inputs = history.in_order(up_to)
        first = next((place for place, one in enumerate(inputs) if isinstance(one, Happened) and self.is_rehearsed(one)), len(inputs))
        return inputs[:first], inputs[first:]

    def is_rehearsed(self, event: Happened) -> bool:
        """Whether its day is one of those."""
        return event.day >= self.first_day

    def redecided(self, inputs: Sequence[Input]) -> list[Happened]:
        """The events among them that are decided under another programme."""
        return [one for one in inputs if isinstance(one, Happened) and self.is_rehearsed(one) and not one.is_by_hand]

    def _play(self, played: Replay, inputs: Sequence[Input], history: History, version: int | None) -> Replayed:
        """None: under the versions that everything was stamped with."""
        mended = {event.id for event in history.events if self.is_rehearsed(event)} if version else set()

        def version_of(one: Happened | Handed) -> int:
            is_theirs = version is None or (isinstance(one, Happened) and not self.is_rehearsed(one))
            return one.version_id if is_theirs or version is None else version

        with played.tried():
            # A correction said what an event is worth; where the event is decided again, that says it.
            played.do(inputs, version_of, leave_out=lambda moved: is_correction(moved) and moved.event_id in mended)
            return played.told()

    def _side(self, replayed: Replayed, history: History, ladder: Ladder) -> Side:
        level = ladder.level_for(replayed.total_xp).number
        return Side(_decided(replayed.amounts, history), replayed.days, level, replayed.unlocked)


UNLOCKED = "SELECT a.key FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE u.user_id = ?"


def first_day_of(days: int) -> date:
    """The first of the last so many days, today being one of them. Raises Invalid."""
    if not 1 <= days <= DAYS_MAX:
        raise Invalid.single("days", f"a whole number from 1 to {DAYS_MAX:,}", days)
    today = clock.now().astimezone(zone_named(programme_in_force().settings.timezone)).date()
    return today - timedelta(days=days - 1)


@contextmanager
def staged(document: ProgrammeDocument, first_day: date) -> Iterator[Stage]:
    """A stage for this draft. Outside of a write block. Raises Invalid where it does not fit together with what is in force."""
    with db.read():
        # What only the whole database knows is found wrong here.
        change_programme(document=document, actor_id=None, dry_run=True)
        today, shared = current_version(), {table: sql.rows(f"SELECT {columns} FROM {table}") for table, columns in SHARED.items()}
        staff = sql.rows(f"SELECT {STAFF} FROM users WHERE role <> ?", (Role.CLIENT,))
    beside = Beside(METADATA)
    try:
        with beside.block():
            for table, columns in (*SHARED.items(), ("users", STAFF)):
                rows = staff if table == "users" else shared[table]
                sql.run_many(f"INSERT INTO {table} ({columns}) VALUES ({sql.marks(columns.split(','))})", rows)
            # No event is decided by a waitlist.
            change = change_programme(document=document.model_copy(update={"waitlists": []}), actor_id=None, note="draft")
            draft = change.version or today
            ladders = programme_at(today).ladder, programme_at(draft).ladder
        yield Stage(beside, first_day, today, draft, ladders)
    finally:
        beside.close()


def rehearse(*, document: ProgrammeDocument, days: int, advance: Callable[[int], None] | None = None) -> Report:
    """Rehearse it on the last so many days, person by person, in read blocks of its own; `advance` is told how many people are done."""
    with db.read():
        first_day = first_day_of(days)
    report = Report(first_day.isoformat())
    with staged(document, first_day) as stage:
        for user_id in people_since(first_day):
            report.take(stage.compare(user_id))
            if advance:
                advance(report.people)
        add_others(report, stage)
    return report


def people_since(first_day: date, after_id: int = 0) -> Iterator[int]:
    """Everybody who was there on one of the days, in the order of their ids."""
    while True:
        with db.read():
            ids = [user_id for (user_id,) in sql.rows(PEOPLE, (first_day.isoformat(), after_id))]
        if not ids:
            return
        yield from ids
        after_id = ids[-1]


def count_people(first_day: date) -> int:
    """How many they are."""
    return int(sql.value("SELECT count(*) FROM last_days WHERE active_on >= ?", (first_day.isoformat(),)))


def add_others(report: Report, stage: Stage) -> None:
    """Those who did nothing on these days: nothing of theirs is decided again, but another ladder may move them."""
    before, after = stage.ladders
    if before.levels == after.levels:
        return
    with db.read():
        for user_id, xp in sql.rows(OTHERS, (Role.CLIENT, XP, stage.first_day.isoformat())):
            report.stand(user_id, before.level_for(xp).number, after.level_for(xp).number)


def _stamped(one: Happened | Handed) -> int:
    return one.version_id


def _decided(amounts: Mapping[Thing, Amounts], history: History) -> dict[Thing, Amounts]:
    """Without what was booked by hand: no rule says what that is worth."""
    by_hand = {event.thing for event in history.events if event.is_by_hand and event.thing[0] == "event"}
    return {thing: worth for thing, worth in amounts.items() if thing not in by_hand}


def _unlike(history: History, replayed: Replayed) -> int:
    """How many things are not worth the same when they are decided again as they were."""
    # What a rehearsal has paid for a run was never decided.
    paid_later = {event.thing for event in history.events if event.cause_id is not None and '"rehearsal":' in event.metadata}
    things = {*history.amounts, *replayed.amounts} - paid_later
    return sum(_worth(history.amounts.get(thing)) != _worth(replayed.amounts.get(thing)) for thing in things)


def _worth(amounts: Amounts | None) -> Amounts:
    return {asset: amount for asset, amount in (amounts or {}).items() if amount}
