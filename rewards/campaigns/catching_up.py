"""Resolves the campaigns where somebody waits for a reward that no event of theirs brought: a place that came free, or a new reward."""

from datetime import timedelta
from functools import partial

from sqlalchemy import and_, or_, select

from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import ACTIVE
from rewards.campaigns.resolving import foresee, resolve_campaign
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.working import each_alone

# For so long after its end somebody may still be decided about.
LOOKED_AFTER = timedelta(days=30)
# What came free is kept back until then, also where nobody waits for it.
FREED = "SELECT 1 FROM campaign_rewards WHERE campaign_id = ? AND freed > 0 LIMIT 1"


def resolve_due() -> int:
    """Resolve each in a write block of its own, where there is anything to give; how many rewards were earned."""
    with db.read() as session:
        ended_lately = and_(Campaign.status == CampaignStatus.ENDED, Campaign.ended_at > clock.now() - LOOKED_AFTER)
        ids = list(session.scalars(select(Campaign.id).where(or_(Campaign.status.in_(ACTIVE), ended_lately)).order_by(Campaign.id)))
    return each_alone(partial(_resolve, campaign_id) for campaign_id in ids if _is_waiting(campaign_id))


def _is_waiting(campaign_id: int) -> bool:
    with db.read():
        return sql.value(FREED, (campaign_id,)) is not None or any(foresee(campaign_id).values())


def _resolve(campaign_id: int) -> int:
    with db.write():
        return sum(resolve_campaign(campaign_id=campaign_id).new.values())
