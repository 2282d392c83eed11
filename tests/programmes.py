"""Programmes for tests, and events in them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.earning.processing import record_and_process
from rewards.kit.database import db
from rewards.kit.errors import DomainError
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # A Wednesday.


def define(**sections: Any) -> None:
    """Make these sections of a programme document the ones in force."""
    with db.write():
        change_programme(document=ProgrammeDocument.model_validate(sections), actor_id=None, note="a test")


def workout(**members: Any) -> dict[str, Any]:
    """The one activity most tests need."""
    return {"key": "workout_logged", "category": "creation", "xp": 20, "points": 20, **members}


def did(user_id: int, activity: str = "workout_logged", at: datetime = NOON, **members: Any) -> NewEvent:
    """Somebody did something, at noon unless it is said otherwise."""
    object_type, _, action = activity.rpartition("_")
    members = {"source": "test", "metadata": {}} | members
    return NewEvent(user_id=user_id, action=action, object_type=object_type, activity=activity, occurred_at=at, **members)


def play(*events: NewEvent) -> list[dict[str, Any]]:
    """Record and process them in one batch; their answers. A refusal is raised."""
    with db.write():
        answers = record_and_process(events)
    return [_unless_refused(answer) for answer in answers]


def play_one_by_one(*events: NewEvent) -> list[dict[str, Any]]:
    """The same, each in a batch of its own."""
    return [answer for event in events for answer in play(event)]


def _unless_refused(answer: Mapping[str, Any] | DomainError) -> dict[str, Any]:
    if isinstance(answer, DomainError):
        raise answer
    return dict(answer)
