"""Who has which of a campaign's rewards, and whether they hold it in their hands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from rewards.campaigns.queries import ID_MAX
from rewards.campaigns.reward_models import CampaignReward, SubscriberReward
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit.database import db
from rewards.kit.errors import NotFound

EARNED, DELIVERED = "earned", "delivered"


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who has a reward. Only `earned` waits to be delivered."""

    id: int
    subscriber_id: int
    name: str
    email: str
    status: str
    earned_at: datetime
    delivered_at: datetime | None
    given_by: int | None
    # Their data is gone; what was delivered to them stays counted.
    is_gone: bool


def reward_in(campaign_id: int, reward_id: int) -> CampaignReward:
    """One of a campaign's rewards. Raises NotFound for another's."""
    found = db.session.get(CampaignReward, reward_id) if 0 < reward_id < ID_MAX else None
    if found is None or found.campaign_id != campaign_id:
        raise NotFound(f"reward {reward_id}")
    return found


def tallies_of(campaign_id: int) -> dict[tuple[int, str], int]:
    """How many have each reward, by reward and by whether they wait for it."""
    question = select(SubscriberReward.reward_id, SubscriberReward.status, func.count()).join(
        CampaignReward, CampaignReward.id == SubscriberReward.reward_id
    )
    mine = question.where(CampaignReward.campaign_id == campaign_id).group_by(SubscriberReward.reward_id, SubscriberReward.status)
    return {(reward_id, status): count for reward_id, status, count in db.session.execute(mine)}


def winners_of(reward_id: int, *, first: int = 0, limit: int = 25) -> list[Winner]:
    """Who has it; whoever waits comes first, the earliest before the others."""
    found = _winners(reward_id, EARNED, first, limit)
    if len(found) < limit:
        waiting = first + len(found) if found else _count(reward_id, EARNED)
        found += _winners(reward_id, DELIVERED, max(0, first - waiting), limit - len(found))
    return found


def waiting_for(reward_id: int) -> list[int]:
    """The ids of all that were earned and not delivered, the earliest first."""
    question = select(SubscriberReward.id).where(SubscriberReward.reward_id == reward_id, SubscriberReward.status == EARNED)
    return list(db.session.scalars(question.order_by(SubscriberReward.id)))


def _winners(reward_id: int, status: str, first: int, limit: int) -> list[Winner]:
    # Each by itself in the order of the index: together, hundreds of thousands would be sorted for one page.
    row, gone = SubscriberReward, Subscriber.status == SubscriberStatus.ERASED
    question = select(
        row.id, row.subscriber_id, Subscriber.name, Subscriber.email, row.status, row.earned_at, row.delivered_at, row.given_by, gone
    ).join(Subscriber, Subscriber.id == row.subscriber_id)
    page = question.where(row.reward_id == reward_id, row.status == status).order_by(row.id).offset(first).limit(limit)
    return [Winner(*found) for found in db.session.execute(page)]


def _count(reward_id: int, status: str) -> int:
    question = select(func.count()).where(SubscriberReward.reward_id == reward_id, SubscriberReward.status == status)
    return db.session.scalars(question).one()
