"""What the shop tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RewardRedeemed:
    """Somebody asked for a reward and paid for it, or was given one. It waits to be handed out, unless it was settled at once."""

    redemption_id: int
    user_id: int
    reward_id: int
    name: str
    points: int
    # `page`, a service, or `rule`.
    source: str
    # Given at no points, by a rule or by another system.
    given: bool
    # Whether somebody still has to hand it out.
    pending: bool


@dataclass(frozen=True, slots=True)
class RedemptionSettled:
    """A redemption came to something: `fulfilled`, `rejected`, `cancelled`, `expired`, or `reopened` where its fulfilment was undone."""

    redemption_id: int
    user_id: int
    reward_id: int
    name: str
    points: int
    outcome: str
    # None: nobody in person.
    actor_id: int | None
    note: str
    at: datetime
