"""Resolves a campaign's rewards, and says what came of it for each."""

from typing import NamedTuple

from sqlalchemy import select

from rewards.campaigns.resolving import resolve_campaign
from rewards.campaigns.reward_models import CampaignReward
from rewards.kit.database import db


class Resolution(NamedTuple):
    """What resolving came to for one reward, known by its key: so many have it by this, and so many have it now."""

    reward: str
    new: int
    granted: int


def resolve_and_count(*, campaign_id: int) -> list[Resolution]:
    """Let everybody who meets a condition have the reward, and count; in the order in which the rewards were added."""
    new = resolve_campaign(campaign_id=campaign_id).new
    question = select(CampaignReward.key, CampaignReward.granted).where(CampaignReward.campaign_id == campaign_id)
    return [Resolution(key, new.get(key, 0), granted) for key, granted in db.session.execute(question.order_by(CampaignReward.id))]
