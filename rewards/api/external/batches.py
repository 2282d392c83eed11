"""Many events in one call: each is taken or refused alone, and the queue pays them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, SkipValidation, ValidationError

from rewards.activities.happening import NewEvent
from rewards.api import problems, reading
from rewards.api.door import door, write_once
from rewards.api.external.events import EXAMPLE, TAG, EventTold
from rewards.api.values import Key, Shown, Told
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.integrations.receiving import Received, receive_events
from rewards.kit.errors import DomainError, Invalid, NotFound
from rewards.people.references import client_ids

EVENTS_MAX = 1000


class BatchedEvent(EventTold):
    """One event of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE | {"idempotency_key": "order-17"}]})

    idempotency_key: Key = Field(description="The event's own, for ever; the same as an Idempotency-Key of `POST /events`.")


class Batch(Told):
    """Events, each judged alone."""

    body_bytes_max: ClassVar[int] = 8 * 1024 * 1024

    # Anything is taken at an event's place, and refused there.
    events: Annotated[list[SkipValidation[BatchedEvent] | Any], Field(max_length=EVENTS_MAX)]


class EventResult(Shown):
    """What became of one event, at its place in the batch."""

    idempotency_key: str | None
    outcome: Literal["accepted", "duplicate", "refused"]
    event_id: int | None = None
    state: str | None = Field(None, description="What the event's first answer told.")
    problem: dict[str, Any] | None = Field(None, description="Why it is refused; as `POST /events` would have told it.")


class BatchAccepted(Shown):
    """What became of a batch."""

    accepted: int
    duplicates: int
    refused: int
    results: list[EventResult]


@door.post("/events/batch", tag=TAG, permission=Permission.EVENTS_WRITE, answers={202: BatchAccepted})
def record_batch(caller: Caller, body: Batch) -> Answer:
    """Record up to 1,000 events; the queue pays them. One bad event refuses only itself."""
    # Each event is read here, because a document that is read as a whole fails as a whole.
    told: Sequence[Any] = body.events

    def work(key: str | None) -> Answer:
        events = _read(told, caller)
        taken = iter(receive_events([event for event in events if isinstance(event, NewEvent)]))
        outcomes = [next(taken) if isinstance(event, NewEvent) else event for event in events]
        results = [_result(members, outcome) for members, outcome in zip(told, outcomes, strict=True)]
        kinds = [result["outcome"] for result in results]
        counts = {"accepted": kinds.count("accepted"), "duplicates": kinds.count("duplicate"), "refused": kinds.count("refused")}
        return Answer(202, {**counts, "results": results})

    return write_once(caller, "events/batch", told, work)


def _read(told: Sequence[object], caller: Caller) -> list[NewEvent | DomainError]:
    documents = [_document(members) for members in told]
    ids = client_ids(document.user for document in documents if isinstance(document, BatchedEvent))
    return [_event(document, ids, caller) if isinstance(document, BatchedEvent) else document for document in documents]


def _document(members: object) -> BatchedEvent | Invalid:
    try:
        return BatchedEvent.model_validate(members)
    except ValidationError as error:
        return problems.misfits(error)


def _event(document: BatchedEvent, ids: Mapping[str, int], caller: Caller) -> NewEvent | NotFound:
    user_id = ids.get(document.user)
    return document.event(user_id, caller, document.idempotency_key) if user_id else NotFound(f"user {document.user}")


def _result(members: object, outcome: Received | DomainError) -> dict[str, Any]:
    key = members.get("idempotency_key") if isinstance(members, Mapping) else None
    result: dict[str, Any] = {"idempotency_key": key if isinstance(key, str) and reading.KEY.fullmatch(key) else None}
    if isinstance(outcome, Received):
        return result | {"outcome": "duplicate" if outcome.is_duplicate else "accepted", **_place(outcome.answer)}
    return result | {"outcome": "refused", "problem": problems.told(outcome)}


def _place(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"event_id": answer["event_id"], "state": answer["state"]}
