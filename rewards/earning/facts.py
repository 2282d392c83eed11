"""What the engine tells the rest of the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventProcessed:
    """An event was decided and everything that follows from it is posted; told for every event, also where it was worth nothing."""

    event_id: int
    user_id: int
    activity: str
    # Net amounts of the event and its bonuses, by asset.
    amounts: Mapping[str, int]
    unlocked: tuple[str, ...]
    level_before: int
    level: int


@dataclass(frozen=True, slots=True)
class RewardGranted:
    """A rule gave a reward away; handing it out is the shop's."""

    event_id: int
    user_id: int
    reward: str
    rule: str | None


def told(result: Mapping[str, Any], event_id: int) -> dict[str, Any]:
    """The answer for a processed event: its id, its state, and what was stored as its result."""
    return {"event_id": event_id, "state": "processed", **result}
