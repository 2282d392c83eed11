"""An event before it is stored, and on its way to a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from rewards.activities.models import Recorder
from rewards.people.locking import Person


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


class PendingEvent(NamedTuple):
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
    # What is to be stored of it, in the order of `recording.COLUMNS`; None: it is stored.
    row: tuple[object, ...] | None = None
