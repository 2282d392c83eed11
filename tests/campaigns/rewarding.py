"""Rewards of a campaign in a test: added as its coach would, and looked at."""

from collections.abc import Iterable
from typing import Any

from rewards.campaigns import offering_rewards, resolving
from rewards.campaigns.documents import CampaignRewardDocument
from rewards.campaigns.reward_models import CampaignReward
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db
from rewards.kit.sql import rows, value


def reward_document(kind: str, number: int | None = None, key: str = "", **members: Any) -> CampaignRewardDocument:
    told = {"key": key or f"{kind.lower()}_{number}", "distribution": {"type": kind, "value": number}}
    return CampaignRewardDocument.model_validate(told | members)


def offer(campaign_id: int, kind: str, number: int | None = None, key: str = "", **members: Any) -> CampaignReward:
    """One more reward, in a write block of its own."""
    with db.write():
        document = reward_document(kind, number, key, **members)
        return offering_rewards.add_reward(campaign_id=campaign_id, document=document, actor=None)


def resolve(campaign_id: int) -> dict[str, int]:
    """For everybody; how many have something new, by key."""
    with db.write():
        return {key: count for key, count in resolving.resolve_campaign(campaign_id=campaign_id).new.items() if count}


def have(reward: CampaignReward) -> list[int]:
    """Who has it, in the order in which they got it; and as many are counted."""
    with db.read():
        found = [row[0] for row in rows("SELECT subscriber_id FROM subscriber_rewards WHERE reward_id = ? ORDER BY id", (reward.id,))]
        assert value("SELECT granted FROM campaign_rewards WHERE id = ?", (reward.id,)) == len(found)
        return found


def ids(people: Iterable[Subscriber]) -> list[int]:
    return [one.id for one in people]
