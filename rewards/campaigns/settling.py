"""Referrals that have all they take and were held back: they count when their time has come, unless something speaks against them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select

from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.referring import settle_referral
from rewards.campaigns.subscriber_models import Referral, ReferralState
from rewards.kit import clock
from rewards.kit.database import db

BATCH = 200


def settle_due() -> int:
    """Settle those whose hold period is over, each in a write block of its own; how many. The rest comes with the next run."""
    now = clock.now()
    # What a pause keeps waiting is left out, or it would take the place of what can go on.
    goes_on = and_(Campaign.status == CampaignStatus.LIVE, or_(Campaign.starts_at.is_(None), Campaign.starts_at <= now))
    question = select(Referral.id).join(Campaign, Campaign.id == Referral.campaign_id).where(_is_due(), or_(goes_on, _is_over()))
    with db.read() as session:
        ids = list(session.scalars(question.order_by(Referral.counts_at, Referral.id).limit(BATCH)))
    for referral_id in ids:
        with db.write():
            _settle([referral_id])
    return len(ids)


def settle_before_end(campaign: Campaign) -> None:
    """Let everything count that was due, before the board is written down. The campaign must be held."""
    question = select(Referral.id).where(Referral.campaign_id == campaign.id, _is_due())
    ids = list(db.session.scalars(question.order_by(Referral.counts_at, Referral.id)))
    for first in range(0, len(ids), BATCH):
        _settle(ids[first : first + BATCH])


def _is_due() -> ColumnElement[bool]:
    return and_(Referral.state == ReferralState.WAITING, Referral.counts_at <= clock.now())


def _is_over() -> ColumnElement[bool]:
    return or_(Campaign.status == CampaignStatus.ENDED, Campaign.ends_at <= clock.now())


def _settle(ids: Sequence[int]) -> None:
    referrals = [db.session.get_one(Referral, referral_id) for referral_id in ids]
    for campaign_id in sorted({referral.campaign_id for referral in referrals}):
        keep_campaign(campaign_id)
    people = hold_subscribers([one for referral in referrals for one in (referral.referrer_id, referral.referee_id)])
    for referral in referrals:
        db.session.refresh(referral)
        settle_referral(referral, people)
