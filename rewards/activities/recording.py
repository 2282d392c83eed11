"""Stores what somebody did. The one call a feature makes; it evaluates nothing, so no rule can make it fail."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from rewards.activities import identities
from rewards.activities.models import Recorder, State
from rewards.activities.registry import Registry, registry_in_force
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem, Refused
from rewards.people.locking import Person, lock_people

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
FUTURE_MAX = timedelta(minutes=5)
METADATA_BYTES_MAX = 16_384
METADATA_DEPTH_MAX = 8
KEY_LENGTH_MAX = 255

INSERT = (
    "INSERT INTO events (id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source,"
    " idempotency_key, body_hash, actor_id, version_id, state, first_answer, attempts, next_attempt_at, paid, counted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0) ON CONFLICT (source, idempotency_key) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened, as its source tells it. Without `recorder` nobody asks who may record it: an admin imports history."""

    user_id: int
    action: str
    object_type: str
    source: str
    recorder: Recorder | None = None
    activity: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    # None: now.
    occurred_at: datetime | None = None
    idempotency_key: str | None = None
    actor_id: int | None = None

    @property
    def activity_key(self) -> str:
        """The activity it names, or the one its words make."""
        return self.activity or f"{self.object_type}_{self.action}"

    def body_hash(self) -> str:
        """What another event with the same key must equal to be the same event."""
        moment = time_text(self.occurred_at) if self.occurred_at else None
        body = [self.user_id, self.action, self.object_type, self.activity, dict(self.metadata), moment]
        return hashlib.sha256(documents.canonical(body).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """A stored event on its way to a decision. Fractions in its metadata are Decimal."""

    id: int
    person: Person
    activity_id: int
    activity: str
    action: str
    object_type: str
    metadata: Mapping[str, Any]
    occurred_at: datetime
    happened_on: date
    version_id: int


@dataclass(frozen=True, slots=True)
class Recorded:
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
    recording = _Recording(lock_people(event.user_id for event in events), registry_in_force(), clock.now(), state)
    return recording.store(events)


class _Recording:
    """One batch on its way in."""

    def __init__(self, people: Mapping[int, Person], registry: Registry, now: datetime, state: State) -> None:
        self._people = people
        self._registry = registry
        self._now = now
        self._state = state

    def store(self, events: Sequence[NewEvent]) -> list[Recorded | DomainError]:
        answers: list[Recorded | DomainError | None] = [self._problem(event) for event in events]
        fresh: dict[tuple[str, str], int] = {}
        known = self._known([event for event, answer in zip(events, answers, strict=True) if answer is None])
        news: list[int] = []
        for position, event in enumerate(events):
            if answers[position] is not None:
                continue
            key = (event.source, event.idempotency_key) if event.idempotency_key else None
            if key in known:
                answers[position] = _again(event, *known[key])
            elif key in fresh:
                first = events[fresh[key]]
                answers[position] = None if first.body_hash() == event.body_hash() else _another_body(event)
            else:
                if key:
                    fresh[key] = position
                news.append(position)
        self._insert([events[position] for position in news], news, answers)
        return [answer or self._twin(event, fresh, answers) for event, answer in zip(events, answers, strict=True)]

    def _twin(
        self, event: NewEvent, fresh: Mapping[tuple[str, str], int], answers: Sequence[Recorded | DomainError | None]
    ) -> Recorded | DomainError:
        first = answers[fresh[event.source, event.idempotency_key or ""]]
        return Recorded(first.event_id, None) if isinstance(first, Recorded) else first or NotFound("event")

    def _problem(self, event: NewEvent) -> DomainError | None:
        problems = list(_misspelled(event))
        if problems:
            return Invalid(problems)
        person = self._people.get(event.user_id)
        if person is None:
            return NotFound(f"user {event.user_id}")
        if not person.is_active:
            return Refused("disabled", "This person's account is switched off; nothing is recorded for it.")
        return self._untimely(event, person) or self._not_theirs_to_record(event)

    def _untimely(self, event: NewEvent, person: Person) -> DomainError | None:
        if event.occurred_at is None:
            return None
        if event.occurred_at > self._now + FUTURE_MAX:
            return Invalid.single("occurred_at", "a time that is not more than 5 minutes ahead", event.occurred_at.isoformat())
        days = self._registry.settings.backdating_days
        zone = person.zone_at(event.occurred_at)
        age_days = (self._now.astimezone(zone).date() - event.occurred_at.astimezone(zone).date()).days
        if event.recorder in (Recorder.CLIENT, Recorder.COACH) and age_days > 1:
            return Invalid.single("occurred_at", "today or yesterday", event.occurred_at.isoformat())
        if days is not None and age_days > days:
            return Invalid.single("occurred_at", f"at most {days} days ago", event.occurred_at.isoformat())
        return None

    def _not_theirs_to_record(self, event: NewEvent) -> DomainError | None:
        activity = self._registry.activities.get(event.activity_key)
        if activity is None or event.recorder in (None, Recorder.SYSTEM) or event.recorder in activity.recorded_by:
            return None
        allowed = ", ".join(activity.recorded_by)
        return Refused(
            "not_allowed_to_record",
            f"{event.activity_key} may not be recorded by a {event.recorder}; allowed: {allowed}.",
            activity=event.activity_key,
        )

    def _known(self, events: Sequence[NewEvent]) -> dict[tuple[str, str] | None, tuple[int, str]]:
        keys: dict[str, list[str]] = {}
        for event in events:
            if event.idempotency_key:
                keys.setdefault(event.source, []).append(event.idempotency_key)
        known: dict[tuple[str, str] | None, tuple[int, str]] = {}
        for source, wanted in keys.items():
            question = f"SELECT idempotency_key, id, body_hash FROM events WHERE source = ? AND idempotency_key IN ({sql.marks(wanted)})"
            known |= {(source, key): (event_id, body_hash) for key, event_id, body_hash in sql.rows(question, (source, *wanted))}
        return known

    def _insert(self, events: Sequence[NewEvent], positions: Sequence[int], answers: list[Recorded | DomainError | None]) -> None:
        if not events:
            return
        activity_ids = identities.activity_ids({event.activity_key for event in events})
        pending = [
            self._pending(event, event_id, activity_ids)
            for event, event_id in zip(events, sql.allocate_ids("events", len(events)), strict=True)
        ]
        if sql.run_many(INSERT, [self._row(event, stored) for event, stored in zip(events, pending, strict=True)]) == len(events):
            for position, stored in zip(positions, pending, strict=True):
                answers[position] = Recorded(stored.id, stored)
            return
        # Somebody else stored one of these keys, for another person, between our look and our insert: that one wins.
        known = self._known(events)
        for position, event, stored in zip(positions, events, pending, strict=True):
            found = known.get((event.source, event.idempotency_key or ""))
            lost = found is not None and found[0] != stored.id
            answers[position] = _again(event, *found) if lost and found else Recorded(stored.id, stored)

    def _pending(self, event: NewEvent, event_id: int, activity_ids: Mapping[str, int]) -> PendingEvent:
        occurred_at = event.occurred_at or self._now
        person = self._people[event.user_id]
        return PendingEvent(
            id=event_id,
            person=person,
            activity_id=activity_ids[event.activity_key],
            activity=event.activity_key,
            action=event.action,
            object_type=event.object_type,
            metadata=documents.parse_exactly(documents.canonical(dict(event.metadata))) if event.metadata else {},
            occurred_at=occurred_at,
            happened_on=occurred_at.astimezone(person.zone_at(occurred_at)).date(),
            version_id=self._registry.version,
        )

    def _row(self, event: NewEvent, stored: PendingEvent) -> tuple[object, ...]:
        now = time_text(self._now)
        return (
            stored.id,
            event.user_id,
            stored.activity_id,
            event.action,
            event.object_type,
            documents.canonical(dict(event.metadata)) if event.metadata else "{}",
            time_text(stored.occurred_at),
            stored.happened_on.isoformat(),
            now,
            event.source,
            event.idempotency_key,
            event.body_hash() if event.idempotency_key else "",
            event.actor_id,
            stored.version_id,
            State.QUEUED.value,
            self._state.value,
            now,
        )


def _again(event: NewEvent, event_id: int, body_hash: str) -> Recorded | DomainError:
    return Recorded(event_id, None) if body_hash == event.body_hash() else _another_body(event)


def _another_body(event: NewEvent) -> DomainError:
    return Invalid.single("idempotency_key", "a new key: this one stands for another event", event.idempotency_key)


def _misspelled(event: NewEvent) -> list[Problem]:
    problems = []
    for name in ("action", "object_type", "activity"):
        value = getattr(event, name)
        if not (isinstance(value, str) and NAME.fullmatch(value)) and not (name == "activity" and value is None):
            problems.append(Problem(name, "a name of at most 64 letters, digits, `_`, `.` and `-`", value))
    if event.occurred_at is not None and event.occurred_at.tzinfo is None:
        problems.append(Problem("occurred_at", "a time with its offset, such as 2027-03-01T18:30:00Z", event.occurred_at.isoformat()))
    if event.idempotency_key is not None and not 0 < len(event.idempotency_key) <= KEY_LENGTH_MAX:
        problems.append(Problem("idempotency_key", f"1 to {KEY_LENGTH_MAX} characters", event.idempotency_key))
    if event.metadata and (complaint := _unstorable(event.metadata)):
        problems.append(Problem("metadata", complaint))
    return problems


def _unstorable(metadata: Mapping[str, Any]) -> str | None:
    if _is_deeper(metadata, METADATA_DEPTH_MAX):
        return f"at most {METADATA_DEPTH_MAX} levels deep"
    try:
        text = documents.canonical(dict(metadata))
    except (ValueError, TypeError):
        return "a JSON object with finite numbers"
    if len(text.encode(errors="surrogatepass")) > METADATA_BYTES_MAX:
        return f"at most {METADATA_BYTES_MAX:,} bytes"
    return "no NUL and no half characters" if "\\u0000" in text or any("\ud800" <= letter <= "\udfff" for letter in text) else None


def _is_deeper(value: object, levels: int) -> bool:
    """Whether it has more levels; it is not followed further down, so that no depth is too much for this question."""
    if not isinstance(value, Mapping | list | tuple):
        return False
    members = value.values() if isinstance(value, Mapping) else value
    return levels == 0 or any(_is_deeper(member, levels - 1) for member in members)
