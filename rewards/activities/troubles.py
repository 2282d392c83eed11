"""Events that could not be decided, for whoever looks after the people they belong to."""

from dataclasses import dataclass
from datetime import datetime

from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.people.models import Role, User


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of them; `is_over` where nobody tries it again by themselves."""

    event_id: int
    user_id: int
    person: str
    activity: str
    occurred_at: datetime
    error: str
    is_over: bool


def troubles_of(viewer: User, *, limit: int) -> list[Trouble]:
    """What has failed at least once and is not decided yet, the latest first: a coach's own clients', an admin's all."""
    whose, params = ("", ()) if viewer.role == Role.ADMIN else (" AND u.coach_id = ?", (viewer.id,))
    # The partial index holds the few events that are not done.
    question = (
        "SELECT e.id, u.id, u.name, act.key, e.occurred_at, e.error, e.state = 'dead' FROM events e JOIN users u ON u.id = e.user_id"
        " JOIN activities act ON act.id = e.activity_id"
        f" WHERE e.state <> 'processed' AND e.state IN ('dead', 'retrying') AND e.error IS NOT NULL{whose} ORDER BY e.id DESC LIMIT ?"
    )
    return [
        Trouble(event_id, user_id, person, activity, time_from_text(at), error, bool(is_over))
        for event_id, user_id, person, activity, at, error, is_over in sql.rows(question, (*params, limit))
    ]
