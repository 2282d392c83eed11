"""One line of a board."""

from collections.abc import Sequence
from typing import NamedTuple

from rewards.campaigns.models import SubscriberStatus
from rewards.campaigns.naming import name_shown
from rewards.kit import sql

NAMES = "SELECT id, name, display, status FROM subscribers WHERE id IN ({marks})"


class Placed(NamedTuple):
    """A place, who has it, and how they are named: empty where they are hidden."""

    place: int
    subscriber_id: int
    name: str
    score: int
    referrals: int


def named(lines: Sequence[tuple[int, int, int, int]]) -> list[Placed]:
    """These (place, subscriber, score, referrals) with the names as their owners choose now."""
    if not lines:
        return []
    names = {
        subscriber_id: "" if status == SubscriberStatus.ERASED else name_shown(name, display)
        for subscriber_id, name, display, status in sql.rows(
            NAMES.format(marks=sql.marks(lines)), [subscriber_id for _, subscriber_id, _, _ in lines]
        )
    }
    return [Placed(place, subscriber_id, names[subscriber_id], score, referrals) for place, subscriber_id, score, referrals in lines]
