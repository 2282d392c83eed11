"""Brings recorded events to their awards: the same path for a page, for the API and for the queue."""

import random
import traceback
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from rewards.activities.happening import NewEvent, PendingEvent
from rewards.activities.identities import activity_keys
from rewards.activities.models import State
from rewards.activities.recording import Recorded, admit_events
from rewards.earning.facts import told
from rewards.earning.pipeline import Batch
from rewards.kit import clock, documents, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import DomainError, NotFound, Unavailable
from rewards.people.locking import lock_people

log = structlog.get_logger()

# By the ids of the events.
Results = dict[int, dict[str, Any]]

# Six tries over about three hours; then somebody has to look.
ATTEMPTS_MAX = 6
BACKOFF_FIRST = timedelta(seconds=10)
BACKOFF_FACTOR = 5
BACKOFF_MAX = timedelta(hours=2)
ERROR_LENGTH_MAX = 2_000

PENDING = (
    "SELECT id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, version_id FROM events"
    " WHERE state IN ('queued', 'retrying') AND {which} ORDER BY id"
)
# The caller's first answer was already promised as processed; now it can only tell that the event stands and is tried again.
SET_ASIDE = (
    "UPDATE events SET state = ?, error = ?, trace = ?, attempts = CASE WHEN attempts = 0 THEN 1 ELSE attempts END, next_attempt_at = ?,"
    " claim_token = NULL, leased_until = NULL,"
    " first_answer = CASE WHEN first_answer = 'processed' THEN 'retrying' ELSE first_answer END WHERE id = ?"
)


def record_and_process(events: Sequence[NewEvent]) -> list[dict[str, Any] | DomainError]:
    """Record events and process them in the surrounding write block; what each is answered, in their order."""
    recorded, results = recorded_and_processed(events)
    return [_answer(one, results) for one in recorded]


def recorded_and_processed(events: Sequence[NewEvent]) -> tuple[list[Recorded | DomainError], Results]:
    """The same, told apart: what became of each event, in their order, and the results of those that succeeded by their ids."""
    admission = admit_events(events)
    try:
        # Decided before they are stored, events are stored once, with everything that came of them.
        results = _process_alone(admission.pending)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, what follows finds out which event it was
        admission.store(State.PROCESSED)
        results = process(admission.pending)
    return admission.answers(), results


def process_events(event_ids: Sequence[int]) -> Results:
    """Process stored events that wait; the results of those that succeeded. One that fails is set aside and tried again later."""
    return process(pending_events(f"id IN ({sql.marks(event_ids)})", event_ids)) if event_ids else {}


def process(events: Sequence[PendingEvent]) -> Results:
    """Decide, post and settle stored events, in the order given, inside a savepoint: what fails takes nothing else with it."""
    try:
        return _process_alone(events)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the event stands and is tried again
        if len(events) == 1:
            set_aside(events[0], error)
            return {}
        middle = len(events) // 2
        # One of them cannot be written: the halves are tried alone until it is found.
        return process(events[:middle]) | process(events[middle:])


def _process_alone(events: Sequence[PendingEvent]) -> Results:
    if not events:
        return {}
    with sql.savepoint("processing"):
        return _process(events)


def _process(events: Sequence[PendingEvent]) -> Results:
    batch = Batch(events)
    failed = []
    for event in events:
        try:
            passage = batch.decide(event)
        except Exception as error:
            if event.row:
                # There is nothing yet that could be set aside.
                raise
            # A rule that fails takes only its own event with it.
            failed.append((event, error))
        else:
            passage.settle()
    batch.flush()
    for event, reason in failed:
        set_aside(event, reason)
    announce(batch.facts)
    return batch.results


def set_aside(event: PendingEvent, error: Exception) -> None:
    """Keep the event, with what went wrong, for another try; after the last one it waits for a person."""
    attempts = max(1, int(sql.value("SELECT attempts FROM events WHERE id = ?", (event.id,)) or 0))
    state = State.DEAD if attempts >= ATTEMPTS_MAX else State.RETRYING
    next_attempt = None if state is State.DEAD else time_text(clock.now() + backoff(attempts))
    message = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
    trace = documents.compact({"version": event.version_id, "error": message, "attempts": attempts})
    sql.run(SET_ASIDE, (state, message, trace, next_attempt, event.id))
    log.warning("event set aside", event_id=event.id, state=state.value, attempts=attempts, error=message)
    if not isinstance(error, DomainError):
        log.debug("why the event was set aside", event_id=event.id, traceback="".join(traceback.format_exception(error)))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries: 10 s, 50 s, ... with up to a fifth more, so that many do not come back at once."""
    wait: timedelta = min(BACKOFF_FIRST * BACKOFF_FACTOR ** (attempts - 1), BACKOFF_MAX)
    return wait * random.uniform(1, 1.2)  # noqa: S311 - a spread, not a secret


def pending_events(which: str, params: Sequence[object]) -> list[PendingEvent]:
    """The waiting events that fulfil a condition, with their people locked. Those of absent people cannot exist."""
    rows = sql.rows(PENDING.format(which=which), params)
    people = lock_people(row[1] for row in rows)
    keys = activity_keys(row[2] for row in rows)
    # Read again under the lock: what waited a moment ago may have been processed since.
    rows = sql.rows(PENDING.format(which=which), params) if rows and sql.lock_clause() else rows
    return [_pending(row, people[row[1]], keys[row[2]]) for row in rows if row[1] in people]


def _pending(row: sql.Row, person: Any, activity: str) -> PendingEvent:
    event_id, _, activity_id, action, object_type, metadata, occurred_at, happened_on, version_id = row
    moment = time_from_text(occurred_at)
    return PendingEvent(
        id=event_id,
        person=person,
        activity_id=activity_id,
        activity=activity,
        action=action,
        object_type=object_type,
        metadata=documents.parse_exactly(metadata),
        occurred_at=moment,
        happened_on=moment.fromisoformat(happened_on).date(),
        version_id=version_id,
    )


def first_answer(event_id: int) -> dict[str, Any]:
    """What the event's key was answered the first time, and is answered for ever. Raises NotFound."""
    found = sql.rows("SELECT first_answer, coalesce(first_result, result) FROM events WHERE id = ?", (event_id,))
    if not found:
        raise NotFound(f"event {event_id}")
    state, result = found[0]
    return told(documents.parse(result), event_id) if state == State.PROCESSED else {"event_id": event_id, "state": state}


def _answer(recorded: Recorded | DomainError, results: Results) -> dict[str, Any] | DomainError:
    if isinstance(recorded, DomainError):
        return recorded
    result = results.get(recorded.event_id)
    return told(result, recorded.event_id) if result is not None else first_answer(recorded.event_id)
