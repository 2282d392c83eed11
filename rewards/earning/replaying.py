"""Does a person's history again, in a database beside the one that counts: the same inputs in their order, through the same code.

Events and undos are decided again; what was booked, given or moved by hand is done as it was. What it would have come to is read there as
it is read of what was paid.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from rewards.achievements.identities import achievement_ids
from rewards.activities.happening import PendingEvent
from rewards.activities.identities import activity_ids
from rewards.activities.models import State
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, ADJUSTMENT, RESERVED
from rewards.earning.correcting import REASON as CORRECTION
from rewards.earning.granting import book_by_hand
from rewards.earning.histories import PERSON, Amounts, Handed, Happened, History, Moved, Thing, history_of
from rewards.earning.processing import process
from rewards.earning.rolling_up import take_into_its_day
from rewards.earning.standing_by import open_settlings
from rewards.earning.undoing import take_back
from rewards.earning.writing import Bonus
from rewards.kit import clock, documents, sql
from rewards.kit.beside import Beside, forgetting
from rewards.kit.columns import time_from_text, time_text
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import XP, Owner
from rewards.ledger.posting import Movement, post
from rewards.people.locking import lock_people

# Decided together, as the queue decides them.
BATCH = 250
Input = Happened | Moved | Handed
# Under which version something is decided: its own, or another.
Version = Callable[[Happened | Handed], int]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a history came to."""

    amounts: Mapping[Thing, Amounts]
    days: Mapping[Thing, date]
    # When it happened, and because of which event, by what it is for: for what was not there before.
    happened: Mapping[Thing, Happened]
    causes: Mapping[Thing, int]
    balances: Amounts
    unlocked: frozenset[str]
    # Events that could not be decided.
    failed: int

    @property
    def total_xp(self) -> int:
        """What the level follows."""
        return self.balances.get(XP, 0)


@dataclass(slots=True)
class Replay:
    """One person's history on its way through. Everything happens in the surrounding block, which must be one beside."""

    history: History
    # By their own ids, what the events are called here.
    ids: dict[int, int] = field(default_factory=dict)
    failed: int = 0

    def open(self) -> None:
        """Let the person come in, with nothing."""
        columns = (*PERSON, "stamp")
        # The staff are there already.
        row = f"INSERT INTO users ({', '.join(columns)}) VALUES ({sql.marks(columns)}) ON CONFLICT (id) DO NOTHING"
        sql.run(row, (*self.history.person, ""))
        sql.run_many("INSERT INTO past_zones (user_id, until, timezone) VALUES (?, ?, ?)", self.history.zones)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What is done inside is forgotten."""
        ids, failed = dict(self.ids), self.failed
        with forgetting("tried"):
            yield
        self.ids, self.failed = ids, failed

    def do(self, inputs: Sequence[Input], version: Version, *, leave_out: Callable[[Moved], bool] = lambda _: False) -> None:
        """Do these again. `leave_out` says of which movements there is no need: what they mended is decided again."""
        for is_event, together in groupby(inputs, lambda one: isinstance(one, Happened) and not one.is_by_hand):
            if is_event:
                self._decide([one for one in together if isinstance(one, Happened)], version)
                continue
            for one in together:
                if isinstance(one, Happened):
                    self._book(one, version(one))
                elif isinstance(one, Moved):
                    if not leave_out(one):
                        self._move(one)
                elif one.kind == "undo":
                    self._undo(one, version(one))
                else:
                    self._give(one, version(one))

    def told(self) -> Replayed:
        """What it has come to."""
        done = history_of(self._user_id)
        own = {here: str(theirs) for theirs, here in self.ids.items()}

        def renamed(thing: Thing) -> Thing:
            return ("event", own.get(int(thing[1]), "")) if thing[0] == "event" else thing

        unlocked = sql.rows(
            "SELECT a.key FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE u.user_id = ?", (self._user_id,)
        )
        return Replayed(
            amounts={renamed(thing): amounts for thing, amounts in done.amounts.items()},
            days={renamed(thing): day for thing, day in done.days.items()},
            happened={renamed(event.thing): event for event in done.events},
            causes={renamed(event.thing): int(own[event.cause_id]) for event in done.events if event.cause_id in own},
            balances=dict(sql.rows("SELECT asset, balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ?", (self._user_id,))),
            unlocked=frozenset(key for (key,) in unlocked),
            failed=self.failed,
        )

    @property
    def _user_id(self) -> int:
        return int(str(self.history.person[0]))

    def _decide(self, events: Sequence[Happened], version: Version) -> None:
        for first in range(0, len(events), BATCH):
            batch = events[first : first + BATCH]
            person = lock_people([self._user_id])[self._user_id]
            ids = sql.allocate_ids("events", len(batch))
            now = time_text(clock.now())
            keys = activity_ids({event.activity for event in batch})
            pending = []
            for here, event in zip(ids, batch, strict=True):
                self.ids[event.id] = here
                moment, stamp = time_from_text(event.occurred_at), version(event)
                # In the order of `recording.COLUMNS`. Keys have done their work: nothing comes twice here.
                activity_id, told = keys[event.activity], (event.action, event.object_type)
                what = (here, person.id, activity_id, *told, event.metadata, event.occurred_at, event.happened_on)
                row = (*what, now, event.source, None, "", event.actor_id, stamp)
                metadata = documents.parse_exactly(event.metadata)
                pending.append(PendingEvent(here, person, activity_id, event.activity, *told, metadata, moment, event.day, stamp, row))
            self.failed += len(batch) - len(process(pending))

    def _book(self, event: Happened, version: int) -> None:
        moved = [one for one in self.history.moved if one.event_id == event.id and one.number is None]
        amounts: Amounts = {}
        for one in moved:
            amounts[one.asset] = amounts.get(one.asset, 0) + one.amount
        if not amounts or event.activity == ACHIEVEMENT_UNLOCKED.key:
            return
        self._may_owe()
        people, ids = lock_people([self._user_id]), sql.IdSource("events")
        moment = time_from_text(event.occurred_at)
        [settling] = open_settlings(people, RESERVED[event.activity], ids, moment=moment, version=version)
        metadata = documents.parse_exactly(event.metadata)
        bonus = Bonus(settling.event.activity_id, event.activity, None, amounts, metadata, event.actor_id, event.source, "", is_input=True)
        counterpart = Owner.ADJUSTED if event.activity == ADJUSTMENT.key else Owner.ISSUED
        self.ids[event.id] = book_by_hand(settling, bonus, counterpart=counterpart, reason=moved[0].reason)

    def _move(self, moved: Moved) -> None:
        here = self._here(moved.event_id) if moved.event_id else None
        if moved.event_id and here is None:
            # What it mended is not there, so there is nothing to mend.
            return
        self._may_owe()
        holding = holding_of(self._user_id, moved.asset)
        post(
            [
                Movement(
                    holding=holding,
                    counterpart=moved.counterpart,
                    amount=abs(moved.amount),
                    reason=moved.reason,
                    idempotency_key=f"moved:{moved.id}",
                    to_person=moved.amount > 0,
                    event_id=here,
                )
            ]
        )
        if here:
            take_into_its_day(here, moved.asset, moved.amount)

    def _undo(self, handed: Handed, version: int) -> None:
        here = self.ids.get(handed.event_id) if handed.event_id else None
        if here is not None and sql.value("SELECT 1 FROM events WHERE id = ?", (here,)):
            # The programme in force is the one that was.
            sql.run("DELETE FROM programme_versions")
            sql.run("INSERT INTO programme_versions (id, created_at, note) VALUES (?, ?, '')", (version, time_text(clock.now())))
            take_back(event_id=here, actor_id=handed.actor_id, by_staff=True, reason="undone")

    def _give(self, handed: Handed, version: int) -> None:
        moment = time_from_text(handed.unlocked_at) if handed.unlocked_at else None
        people, ids = lock_people([self._user_id]), sql.IdSource("events")
        [settling] = open_settlings(people, ACHIEVEMENT_UNLOCKED, ids, moment=moment, version=version)
        found = next((one for one in settling.programme.achievements if one.key == handed.achievement), None)
        achievement_id = achievement_ids([found.key])[found.key] if found else None
        if found is None or achievement_id is None or achievement_id in settling.book.unlocked:
            return
        settling.award(achievement_id, found, awarded_by=handed.actor_id)
        settling.unlock()
        settling.writes.flush({self._user_id: settling.book})

    def _here(self, event_id: int) -> int | None:
        """What an event is called here. A bonus is the same one whatever event earned it."""
        if event_id in self.ids:
            return self.ids[event_id]
        things = [event.thing for event in self.history.events if event.id == event_id]
        found = [event for event in history_of(self._user_id).events if event.thing in things]
        standing = [event for event in found if event.state != State.UNDONE] or found
        return standing[-1].id if standing else None

    def _may_owe(self) -> None:
        """What was spent was spent, whatever it would have been spent from."""
        sql.run("UPDATE accounts SET spendable = 0 WHERE owner_kind = 'user' AND owner_id = ?", (self._user_id,))


@contextmanager
def replay(beside: Beside, history: History) -> Iterator[Replay]:
    """A person's replay, forgotten afterwards."""
    with beside.block(), forgetting("person"):
        replayed = Replay(history)
        replayed.open()
        yield replayed


def is_correction(moved: Moved) -> bool:
    """Whether it mended what an event had been worth."""
    return moved.reason == CORRECTION
