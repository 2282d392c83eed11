"""Past events on their way through the same engine as every other, told apart into new ones and known ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.recording import Recorded
from rewards.earning.processing import recorded_and_processed
from rewards.kit.errors import DomainError


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one line."""

    is_new: bool
    # None: it is known already, or it waits for another try.
    result: Mapping[str, Any] | None


def import_events(events: Sequence[NewEvent]) -> list[Imported | DomainError]:
    """Record and process events in the surrounding write block; what became of each, in their order."""
    recorded, results = recorded_and_processed(events)
    return [Imported(not one.is_duplicate, results.get(one.event_id)) if isinstance(one, Recorded) else one for one in recorded]
