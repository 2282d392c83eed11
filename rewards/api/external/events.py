"""Events: what people did elsewhere, told by the system where they did it."""

from typing import Any, Literal

from flask import request
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder, State
from rewards.api import reading
from rewards.api.door import door, writing
from rewards.api.values import AmountsShown, LevelShown, Metadata, Moment, MoneyShown, Shown, Told, User, Word, moment
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.integrations.queries import event_story
from rewards.integrations.receiving import receive_event
from rewards.kit.errors import DomainError
from rewards.people.references import client_id_named

TAG = "Events"
ASYNC = "respond-async"
EXAMPLE: JsonDict = {
    "user": "ext:abc",
    "action": "completed",
    "object_type": "meditation",
    "metadata": {"duration": 600},
    "occurred_at": "2026-11-20T18:30:00Z",
}


class EventTold(Told):
    """Something that a client did."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    user: User
    action: Word = Field(examples=["completed"])
    object_type: Word = Field(examples=["meditation"])
    activity: Word | None = Field(None, description="The activity's key; without it `{object_type}_{action}`.")
    metadata: Metadata = Field(default_factory=dict)
    occurred_at: Moment | None = Field(None, description="When it happened; without it now.")

    def event(self, user_id: int, caller: Caller, idempotency_key: str | None) -> NewEvent:
        """The same in the words of the product."""
        return NewEvent(
            user_id=user_id,
            action=self.action,
            object_type=self.object_type,
            source=caller.source,
            recorder=Recorder.SERVICE,
            activity=self.activity,
            metadata=self.metadata,
            occurred_at=self.occurred_at,
            idempotency_key=idempotency_key,
        )


class BonusShown(Shown):
    """An award that followed from the event: for an achievement or a streak."""

    model_config = ConfigDict(extra="allow")

    kind: str = Field(examples=["achievement", "streak"])
    event_id: int
    xp: int
    points: int
    money: list[MoneyShown]


class EventAwarded(Shown):
    """The event is decided and paid."""

    event_id: int
    state: Literal["processed"]
    awards: AmountsShown
    points_awarded: int
    capped: bool
    reason: str | None = Field(description="Why it earned less than usual, or nothing.")
    opens_at: str | None = Field(description="When it counts again.")
    bonuses: list[BonusShown]
    unlocked: list[str] = Field(description="Keys of achievements.")
    level: LevelShown


class EventAccepted(Shown):
    """The event is recorded for good, and its award follows."""

    event_id: int
    state: Literal["queued", "retrying"]


class EventShown(Shown):
    """An event, with what came of it. The members of the award are there once it is decided."""

    event_id: int
    state: State
    user_id: int
    external_id: str | None
    action: str
    object_type: str
    activity: str
    metadata: dict[str, Any]
    occurred_at: str
    happened_on: str = Field(description="The day it was for the person.")
    received_at: str
    source: str
    idempotency_key: str | None = Field(description="Told to the service that gave it.")
    awards: AmountsShown | None = None
    points_awarded: int | None = None
    capped: bool | None = None
    reason: str | None = None
    opens_at: str | None = None
    bonuses: list[BonusShown] | None = None
    unlocked: list[str] | None = None
    level: LevelShown | None = None
    trace: dict[str, Any] | None = Field(description="How it was decided, step by step.")
    error: str | None = Field(description="What went wrong while deciding; it is tried again.")


@door.post(
    "/events",
    tag=TAG,
    permission=Permission.EVENTS_WRITE,
    answers={201: EventAwarded, 202: EventAccepted},
    headers={"Prefer": f"`{ASYNC}`: do not wait for the award; it is answered 202."},
)
def record_event(caller: Caller, body: EventTold) -> Answer:
    """Record an event and tell what it earned. The event keeps its Idempotency-Key for ever: it pays once."""
    key = reading.idempotency_key(request)
    at_once = ASYNC not in request.headers.get("Prefer", "").lower()
    with writing(caller):
        answer = receive_event(body.event(client_id_named(body.user), caller, key), at_once=at_once)
    if isinstance(answer, DomainError):
        raise answer
    return Answer(201 if answer["state"] == State.PROCESSED else 202, answer)


@door.get("/events/<int:event_id>", tag=TAG, permission=Permission.EVENTS_READ, answers={200: EventShown})
def show_event(caller: Caller, event_id: int) -> Answer:
    """An event with its state, its awards, and how they were decided."""
    story = event_story(event_id)
    return Answer(
        200,
        {
            "event_id": story.event_id,
            "state": story.state,
            "user_id": story.user_id,
            "external_id": story.external_id,
            "action": story.action,
            "object_type": story.object_type,
            "activity": story.activity,
            "metadata": story.metadata,
            "occurred_at": moment(story.occurred_at),
            "happened_on": story.happened_on.isoformat(),
            "received_at": moment(story.received_at),
            "source": story.source,
            # A key is a secret between a service and us: whoever knows it can ask what it was answered.
            "idempotency_key": story.idempotency_key if story.source == caller.source else None,
            **(story.result or {}),
            "trace": story.trace,
            "error": story.error,
        },
    )
