"""What a decision is about: the event, and the person as they stood before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class Occurrence:
    """An event as its decision sees it. Numbers in its metadata are int or Decimal."""

    activity: str
    action: str
    object_type: str
    metadata: Mapping[str, Any]
    occurred_at: datetime
    # The same moment in the person's zone.
    local_time: datetime
    happened_on: date


@dataclass(slots=True)
class Standing:
    """The person before the event; counts and the streak of its activity include it already."""

    user_id: int
    level: int
    total_xp: int
    points_balance: int
    joined_on: date
    tags: list[str]
    counts: Mapping[str, int]
    streak_days: int
    # `referralCount` and `score`, where the event belongs to a campaign.
    campaign: Mapping[str, int] | None
