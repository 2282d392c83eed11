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

INSERT = (
    "INSERT INTO events (id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source,"
    " idempotency_key, body_hash, actor_id, version_id, state, first_answer, attempts, next_attempt_at, paid, counted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0) ON CONFLICT (source, idempotency_key) DO NOTHING"
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


def record_events(events: Sequence[NewEvent], state: State = State.QUEUED) -> list[Recorded | DomainError]:
    """Store many events; the answers stand in the order of the events, and a bad one refuses only itself.

    `state` is what their first answer will tell: QUEUED, or PROCESSED where the caller processes them before it answers.
    """
    incoming = [_Incoming(event) for event in events]
    recording = _Recording(lock_people(event.user_id for event in events), registry_in_force(), clock.now(), state)
    recording.store([one for one in incoming if one.answer is None])
    return [one.settled() for one in incoming]


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


class _Recording:
    """One batch of well-shaped events."""

    def __init__(self, people: Mapping[int, Person], registry: Registry, now: datetime, state: State) -> None:
        self._people = people
        self._registry = registry
        self._now = now
        self._state = state

    def store(self, batch: Sequence[_Incoming]) -> None:
        """Answer every event of the batch."""
        self._meet_known(batch)
        fresh: dict[tuple[str, str], _Incoming] = {}
        news = []
        for one in batch:
            # A known key is answered before anything else is asked: what was answered once is answered for ever.
            if one.answer is not None:
                continue
            if one.key in fresh:
                self._meet_twin(one, fresh[one.key])
                continue
            one.answer = checking.refusal(one.event, self._people.get(one.event.user_id), self._registry, self._now)
            if one.answer is None:
                news.append(one)
                if one.key:
                    fresh[one.key] = one
        self._insert(news)

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

    def _insert(self, news: Sequence[_Incoming]) -> None:
        if not news:
            return
        activity_ids = identities.activity_ids({one.event.activity_key for one in news})
        now = time_text(self._now)
        stored = [
            self._pending(one, event_id, activity_ids) for one, event_id in zip(news, sql.allocate_ids("events", len(news)), strict=True)
        ]
        inserted = sql.run_many(INSERT, [self._row(one, pending, now) for one, pending in zip(news, stored, strict=True)])
        for one, pending in zip(news, stored, strict=True):
            one.answer = Recorded(pending.id, pending)
        if inserted != len(news):
            # Somebody else stored one of these keys, for another person, between our look and our insert: that one wins.
            mine = {pending.id for pending in stored}
            self._meet_winners(news, mine)

    def _meet_winners(self, news: Sequence[_Incoming], mine: AbstractSet[int]) -> None:
        for one in news:
            if one.key:
                event_id, body_hash = sql.rows("SELECT id, body_hash FROM events WHERE source = ? AND idempotency_key = ?", one.key)[0]
                if event_id not in mine:
                    one.meet(event_id, body_hash)

    def _pending(self, one: _Incoming, event_id: int, activity_ids: Mapping[str, int]) -> PendingEvent:
        event = one.event
        occurred_at = event.occurred_at or self._now
        person = self._people[event.user_id]
        return PendingEvent(
            id=event_id,
            person=person,
            activity_id=activity_ids[event.activity_key],
            activity=event.activity_key,
            action=event.action,
            object_type=event.object_type,
            metadata=exact_metadata(event.metadata, one.metadata),
            occurred_at=occurred_at,
            happened_on=occurred_at.astimezone(person.zone_at(occurred_at)).date(),
            version_id=self._registry.version,
        )

    def _row(self, one: _Incoming, stored: PendingEvent, now: str) -> tuple[object, ...]:
        event = one.event
        return (
            stored.id,
            event.user_id,
            stored.activity_id,
            event.action,
            event.object_type,
            one.metadata,
            time_text(stored.occurred_at),
            stored.happened_on.isoformat(),
            now,
            event.source,
            event.idempotency_key,
            one.body_hash() if event.idempotency_key else "",
            event.actor_id,
            stored.version_id,
            # Processed in the same transaction, it never waits: then it need not be entered among those that do.
            self._state.value,
            self._state.value,
            now,
        )


PLAIN = {int, str, bool, type(None)}


def exact_metadata(metadata: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Metadata as the engine reads it, its fractions as Decimal. Most has none, and need not be read again."""
    return metadata if all(type(value) in PLAIN for value in metadata.values()) else documents.parse_exactly(text)
