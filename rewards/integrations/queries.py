"""What other systems ask. They see every client of the installation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.errors import NotFound
from rewards.people.models import Role

STORY = (
    "SELECT e.id, e.user_id, u.external_id, e.action, e.object_type, a.key, e.metadata, e.occurred_at, e.happened_on, e.received_at,"
    " e.source, e.idempotency_key, e.state, e.result, e.trace, e.error"
    " FROM events e JOIN activities a ON a.id = e.activity_id JOIN users u ON u.id = e.user_id WHERE e.id = ? AND u.role = ?"
)


# No database has such an id, and none could be asked for a larger one.
ID_MAX = 10**18
# How what is stored as text is read.
READ: Mapping[str, Callable[[str], Any]] = {
    "metadata": documents.parse,
    "occurred_at": time_from_text,
    "happened_on": date.fromisoformat,
    "received_at": time_from_text,
    "result": lambda text: documents.parse(text) if text else None,
    "trace": lambda text: documents.parse(text) if text else None,
}


@dataclass(frozen=True, slots=True)
class EventStory:
    """One event, with all that came of it. `result` and `trace` are None until it is decided."""

    event_id: int
    user_id: int
    external_id: str | None
    action: str
    object_type: str
    activity: str
    metadata: dict[str, Any]
    occurred_at: datetime
    happened_on: date
    received_at: datetime
    source: str
    idempotency_key: str | None
    state: str
    result: dict[str, Any] | None
    trace: dict[str, Any] | None
    error: str | None


def event_story(event_id: int) -> EventStory:
    """A client's event. Raises NotFound."""
    found = sql.rows(STORY, (event_id, Role.CLIENT)) if event_id <= ID_MAX else []
    if not found:
        raise NotFound(f"event {event_id}")
    row = dict(zip(EventStory.__slots__, found[0], strict=True))
    for name, read in READ.items():
        row[name] = read(row[name])
    return EventStory(**row)
