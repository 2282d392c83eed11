"""Activities of the product's own: what is earned by no deed still belongs to an activity, so that every figure has a category."""

from typing import NamedTuple


class Reserved(NamedTuple):
    """An activity that no document defines and nobody records."""

    key: str
    name: str
    category: str


ACHIEVEMENT_UNLOCKED = Reserved("achievement_unlocked", "Achievement unlocked", "challenge")
ADJUSTMENT = Reserved("adjustment", "Adjustment", "participation")
POINTS_GRANTED = Reserved("points_granted", "Points granted", "participation")

RESERVED = {activity.key: activity for activity in (ACHIEVEMENT_UNLOCKED, ADJUSTMENT, POINTS_GRANTED)}
