"""One line of a board."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from rewards.campaigns.naming import name_shown
from rewards.campaigns.subscriber_models import SubscriberStatus

ERASED = SubscriberStatus.ERASED.value


class Placed(NamedTuple):
    """A place, who has it, and how they are named: empty where they are hidden."""

    place: int
    subscriber_id: int
    name: str
    score: int
    referrals: int
    # Whether their data is gone: nothing is left to look at.
    is_erased: bool = False


def line_of(place: int, told: Sequence[Any]) -> Placed:
    """A line from (subscriber, score, referrals, name, display, status)."""
    subscriber_id, score, referrals, name, display, status = told
    is_erased = status == ERASED
    return Placed(place, subscriber_id, "" if is_erased else name_shown(name, display), score, referrals, is_erased)
