"""Clients, as other systems know them."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from rewards.api.door import door, write_once
from rewards.api.values import Day, Line, Shown, Told, User, moment
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.kit.errors import NotFound
from rewards.people import models
from rewards.people.joining import add_user
from rewards.people.models import Role
from rewards.people.queries import resolve_user
from rewards.people.references import client_named
from rewards.people.zones import zone_names

TAG = "Users"
EXAMPLE: JsonDict = {
    "email": "ada@example.com",
    "name": "Ada",
    "timezone": "Europe/Berlin",
    "external_id": "abc",
    "joined_on": "2026-11-20",
}

Email = Annotated[str, Field(max_length=254), WithJsonSchema({"type": "string", "format": "email", "maxLength": 254})]
Zone = Annotated[str, Field(max_length=64), WithJsonSchema({"type": "string", "enum": sorted(zone_names())})]


class UserTold(Told):
    """A client to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    email: Email
    name: Line
    timezone: Zone = Field(description="What is a day for this person is decided there.")
    external_id: Line | None = Field(None, description="What your system knows them by.")
    joined_on: Day | None = Field(None, description="Without it today.")
    coach: User | None = Field(None, description="Laurel's id of their coach, or `ext:` and your system's.")


class UserShown(Shown):
    """A client."""

    id: int
    email: str
    name: str
    timezone: str
    external_id: str | None
    joined_on: str
    coach_id: int | None
    tags: list[str]
    status: str = Field(examples=["active", "disabled"])
    created_at: str


@door.post("/users", tag=TAG, permission=Permission.USERS_WRITE, answers={201: UserShown})
def create_user(caller: Caller, body: UserTold) -> Answer:
    """Add a client. They choose a password of their own when somebody invites them."""

    def work(key: str | None) -> Answer:
        user = add_user(
            email=body.email,
            name=body.name,
            role=Role.CLIENT,
            timezone=body.timezone,
            joined_on=body.joined_on,
            coach_id=_coach_id(body.coach),
            external_id=body.external_id,
        )
        return Answer(201, _shown(user))

    return write_once(caller, "users", body.model_dump(mode="json"), work)


@door.get("/users/<user>", tag=TAG, permission=Permission.USERS_READ, answers={200: UserShown})
def show_user(caller: Caller, user: str) -> Answer:
    """A client."""
    return Answer(200, _shown(client_named(user)))


def _coach_id(reference: str | None) -> int | None:
    if reference is None:
        return None
    coach = resolve_user(reference)
    if coach.role != Role.COACH:
        raise NotFound(f"coach {reference}")
    return coach.id


def _shown(user: models.User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "timezone": user.timezone,
        "external_id": user.external_id,
        "joined_on": user.joined_on.isoformat(),
        "coach_id": user.coach_id,
        "tags": user.tags,
        "status": user.status,
        "created_at": moment(user.created_at),
    }
