"""Takes in what other systems tell: an event is recorded once for its key, and what was refused once stays refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.models import State
from rewards.activities.recording import Recorded, record_events
from rewards.earning.processing import first_answer, record_and_process
from rewards.integrations.answers import Answer, Kept, Request, another_body, keep_answers, kept_answers
from rewards.kit import documents
from rewards.kit.columns import time_text
from rewards.kit.errors import DomainError, Refused

ROUTE = "events"
REFUSED = 409


@dataclass(frozen=True, slots=True)
class Received:
    """What the sender is told, and whether the same was told before."""

    answer: dict[str, Any]
    is_duplicate: bool


def receive_event(event: NewEvent, *, at_once: bool) -> dict[str, Any] | DomainError:
    """Record one event, and process it too if its sender waits for the award. The person must be held.

    An event keeps its own first answer for ever; only a refusal needs a place of its own, and keeps it as long as other answers do.
    """
    if known := _refused_before([event]):
        return known[0]
    if not at_once:
        received = receive_events([event])[0]
        return received.answer if isinstance(received, Received) else received
    answer = record_and_process([event])[0]
    if isinstance(answer, Refused):
        _keep([(event, answer)])
    return answer


def receive_events(events: Sequence[NewEvent]) -> list[Received | DomainError]:
    """Record many for the queue; what each is answered, in their order: a bad one refuses only itself. The people must be held."""
    known = _refused_before(events)
    fresh = [event for position, event in enumerate(events) if position not in known]
    recorded = dict(zip((position for position in range(len(events)) if position not in known), record_events(fresh), strict=True))
    _keep([(events[position], error) for position, error in recorded.items() if isinstance(error, Refused)])
    return [known[position] if position in known else _received(recorded[position]) for position in range(len(events))]


def _received(recorded: Recorded | DomainError) -> Received | DomainError:
    if isinstance(recorded, DomainError):
        return recorded
    if recorded.is_duplicate:
        return Received(first_answer(recorded.event_id), is_duplicate=True)
    return Received({"event_id": recorded.event_id, "state": State.QUEUED.value}, is_duplicate=False)


def _refused_before(events: Sequence[NewEvent]) -> dict[int, DomainError]:
    """By position: what these keys were refused with, or that a refused key comes back with another body."""
    keys = [event.idempotency_key for event in events if event.idempotency_key]
    known = kept_answers(events[0].source, ROUTE, keys) if keys else {}
    if not known:
        return {}
    return {
        position: _again(event, known[event.idempotency_key], event.idempotency_key)
        for position, event in enumerate(events)
        if event.idempotency_key in known and event.idempotency_key
    }


def _again(event: NewEvent, kept: Kept, key: str) -> DomainError:
    try:
        is_same = _body_hash(event) == kept.body_hash
    except (ValueError, RecursionError):
        # What cannot be spelled as JSON was never recorded, and so is not what was refused.
        is_same = False
    refusal = kept.answer.body
    return Refused(refusal["code"], refusal["message"], **refusal["gap"]) if is_same else another_body(key)


def _keep(refusals: Sequence[tuple[NewEvent, Refused]]) -> None:
    keep_answers(
        [
            (
                Request(event.source, ROUTE, event.idempotency_key, _body_hash(event)),
                Answer(REFUSED, {"code": refusal.code, "message": refusal.message, "gap": refusal.gap}),
            )
            for event, refusal in refusals
            if event.idempotency_key
        ]
    )


def _body_hash(event: NewEvent) -> str:
    moment = time_text(event.occurred_at) if event.occurred_at else None
    return documents.digest([event.user_id, event.action, event.object_type, event.activity, dict(event.metadata), moment])
