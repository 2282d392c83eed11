"""What the engine tells the rest of the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class LevelReached:
    """Somebody's XP is enough for a level; told again where they fell below it and come back."""

    user_id: int
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class AchievementUnlocked:
    """Somebody unlocked an achievement, by what they did or by somebody's hand."""

    user_id: int
    achievement_id: int
    awarded_by: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class StreakReached:
    """Somebody's headline streak came to a length that is worth a word. `began_on` is the first day of the run."""

    user_id: int
    days: int
    began_on: date


@dataclass(frozen=True, slots=True)
class BalanceAdjusted:
    """Somebody on the staff gave or, below 0, took away."""

    event_id: int
    user_id: int
    asset: str
    amount: int
    reason: str
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class EventUndone:
    """An event was taken back, and everything that came of it; told once for each."""

    event_id: int
    user_id: int
    activity: str
    happened_on: date
    # By how much each balance changed in all, by asset.
    changes: Mapping[str, int]
    # The keys of the achievements that went with it.
    withdrawn: tuple[str, ...]
    actor_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """Somebody on the staff answered what somebody asked about missing points. `outcome`: paid, logged or explained."""

    question_id: int
    user_id: int
    activity: str
    outcome: str
    answer: str
    answered_by: int


def told(result: Mapping[str, Any], event_id: int) -> dict[str, Any]:
    """The answer for a processed event: its id, its state, and what was stored as its result."""
    return {"event_id": event_id, "state": "processed", **result}
