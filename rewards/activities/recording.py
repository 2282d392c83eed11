"""Stores what somebody did. The one call a feature makes; it evaluates nothing, so no rule can make it fail."""

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple

from rewards.activities import checking, identities
from rewards.activities.happening import NewEvent, PendingEvent
from rewards.activities.models import Recorder, State
from rewards.activities.registry import Registry, registry_in_force
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import DomainError, Invalid
from rewards.people.locking import Person, lock_people

COLUMNS = (
    "id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source, idempotency_key, body_hash,"
    " actor_id, version_id"
)
INSERT = (
    f"INSERT INTO events ({COLUMNS}, state, first_answer, attempts, next_attempt_at, paid, counted, unmatched, result, trace, decided_no)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, idempotency_key) DO NOTHING"
)


class Recorded(NamedTuple):
    """The event is stored; `pending` is None where the same key had stored it before."""

    event_id: int
    pending: PendingEvent | None

    @property
    def is_duplicate(self) -> bool:
        """Whether this key was known already."""
        return self.pending is None


def record_event(
    *,
    user_id: int,
    action: str,
    object_type: str,
    source: str,
    recorder: Recorder | None = None,
    activity: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
) -> Recorded:
    """Store one event with the caller's own change. Raises Invalid, Refused or NotFound."""
    event = NewEvent(user_id, action, object_type, source, recorder, activity, metadata or {}, occurred_at, idempotency_key, actor_id)
    recorded = record_events([event])[0]
    if isinstance(recorded, DomainError):
        raise recorded
    return recorded


def record_events(events: Sequence[NewEvent]) -> list[Recorded | DomainError]:
    """Store many events for the queue; the answers stand in the order of the events, and a bad one refuses only itself."""
    admission = admit_events(events)
    admission.store(State.QUEUED)
    return admission.answers()


def admit_events(events: Sequence[NewEvent]) -> "Admission":
    """Find out which of these events are new and may be stored, and store none yet: a decision made at once is stored with its event."""
    admission = Admission([_Incoming(event) for event in events], lock_people(event.user_id for event in events), registry_in_force())
    admission.admit()
    return admission


class _Incoming:
    """One event on its way in. Its metadata is written out once, and its shape is checked before anything else is asked."""

    __slots__ = ("answer", "event", "metadata", "twin")

    def __init__(self, event: NewEvent) -> None:
        self.event = event
        self.metadata, problems = checking.shape_of(event)
        self.answer: Recorded | DomainError | None = Invalid(problems) if problems else None
        # The same key earlier in the same batch.
        self.twin: _Incoming | None = None

    @property
    def key(self) -> tuple[str, str] | None:
        """What makes it the same event as another."""
        return (self.event.source, self.event.idempotency_key) if self.event.idempotency_key else None

    def body_hash(self) -> str:
        """What another event with the same key must equal to be the same event."""
        event = self.event
        moment = time_text(event.occurred_at) if event.occurred_at else ""
        body = "\n".join((str(event.user_id), event.action, event.object_type, event.activity or "", moment, self.metadata))
        return hashlib.sha256(body.encode()).hexdigest()

    def meet(self, event_id: int, body_hash: str) -> None:
        """Another event has this key already."""
        another = Invalid.single("idempotency_key", "a new key: this one stands for another event", self.event.idempotency_key)
        self.answer = Recorded(event_id, None) if body_hash == self.body_hash() else another

    def settled(self) -> Recorded | DomainError:
        """The answer, once the batch is stored."""
        if self.twin is not None and self.answer is None:
            first = self.twin.settled()
            self.answer = Recorded(first.event_id, None) if isinstance(first, Recorded) else first
        assert self.answer is not None  # noqa: S101 - every event has been stored, met or refused.
        return self.answer


class Admission:
    """One batch of events on their way in."""

    def __init__(self, batch: Sequence[_Incoming], people: Mapping[int, Person], registry: Registry) -> None:
        self._batch = batch
        self._people = people
        self._registry = registry
        self._now = clock.now()
        self._fresh: list[_Incoming] = []

    @property
    def pending(self) -> list[PendingEvent]:
        """The new ones."""
        return [one.answer.pending for one in self._fresh if isinstance(one.answer, Recorded) and one.answer.pending]

    def answers(self) -> list[Recorded | DomainError]:
        """What became of each, in their order."""
        return [one.settled() for one in self._batch]

    def admit(self) -> None:
        """Answer every event of the batch."""
        well_shaped = [one for one in self._batch if one.answer is None]
        self._meet_known(well_shaped)
        firsts: dict[tuple[str, str], _Incoming] = {}
        for one in well_shaped:
            # A known key is answered before anything else is asked: what was answered once is answered for ever.
            if one.answer is not None:
                continue
            if one.key in firsts:
                self._meet_twin(one, firsts[one.key])
                continue
            one.answer = checking.refusal(one.event, self._people.get(one.event.user_id), self._registry, self._now)
            if one.answer is None:
                self._fresh.append(one)
                if one.key:
                    firsts[one.key] = one
        self._give_ids()

    def store(self, state: State) -> None:
        """Store the new ones undecided. `state` is what their first answer will tell: PROCESSED where they are processed before it."""
        now = time_text(self._now)
        # Processed in the same transaction, it never waits: then it need not be entered among those that do.
        undecided = (state.value, state.value, now, 0, 0, 0, None, None, None)
        stored = {event.id: event for event in self.pending}
        inserted = sql.run_many(INSERT, [(*(event.row or ()), *undecided) for event in stored.values()])
        for one in self._fresh:
            if isinstance(one.answer, Recorded) and one.answer.pending:
                one.answer = Recorded(one.answer.event_id, one.answer.pending._replace(row=None))
        if inserted != len(stored):
            # Somebody else stored one of these keys, for another person, between our look and our insert: that one wins.
            self._meet_winners(stored.keys())

    def _meet_known(self, batch: Sequence[_Incoming]) -> None:
        by_source: dict[str, dict[str, list[_Incoming]]] = {}
        for one in batch:
            if one.key:
                by_source.setdefault(one.key[0], {}).setdefault(one.key[1], []).append(one)
        for source, wanted in by_source.items():
            question = f"SELECT idempotency_key, id, body_hash FROM events WHERE source = ? AND idempotency_key IN ({sql.marks(wanted)})"
            for key, event_id, body_hash in sql.rows(question, (source, *wanted)):
                for one in wanted[key]:
                    one.meet(event_id, body_hash)

    def _meet_twin(self, one: _Incoming, first: _Incoming) -> None:
        one.twin = first
        if first.body_hash() != one.body_hash():
            one.meet(0, "another")

    def _give_ids(self) -> None:
        if not self._fresh:
            return
        activity_ids = identities.activity_ids({one.event.activity_key for one in self._fresh})
        for one, event_id in zip(self._fresh, sql.allocate_ids("events", len(self._fresh)), strict=True):
            one.answer = Recorded(event_id, self._pending(one, event_id, activity_ids))

    def _meet_winners(self, mine: AbstractSet[int]) -> None:
        for one in self._fresh:
            if one.key:
                event_id, body_hash = sql.rows("SELECT id, body_hash FROM events WHERE source = ? AND idempotency_key = ?", one.key)[0]
                if event_id not in mine:
                    one.meet(event_id, body_hash)

    def _pending(self, one: _Incoming, event_id: int, activity_ids: Mapping[str, int]) -> PendingEvent:
        event = one.event
        occurred_at = event.occurred_at or self._now
        person, activity = self._people[event.user_id], event.activity_key
        happened_on = occurred_at.astimezone(person.zone_at(occurred_at)).date()
        return PendingEvent(
            id=event_id,
            person=person,
            activity_id=activity_ids[activity],
            activity=activity,
            action=event.action,
            object_type=event.object_type,
            metadata=exact_metadata(event.metadata, one.metadata),
            occurred_at=occurred_at,
            happened_on=happened_on,
            version_id=self._registry.version,
            row=(
                event_id,
                event.user_id,
                activity_ids[activity],
                event.action,
                event.object_type,
                one.metadata,
                time_text(occurred_at),
                happened_on.isoformat(),
                time_text(self._now),
                event.source,
                event.idempotency_key,
                one.body_hash() if event.idempotency_key else "",
                event.actor_id,
                self._registry.version,
            ),
        )


PLAIN = {int, str, bool, type(None)}


def exact_metadata(metadata: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Metadata as the engine reads it, its fractions as Decimal. Most has none, and need not be read again."""
    return metadata if all(type(value) in PLAIN for value in metadata.values()) else documents.parse_exactly(text)
