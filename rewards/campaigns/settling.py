"""Referrals, settled: at once, when the time has come until which they were held back, or again after something failed.

What goes wrong with a referral is undone alone, so that it keeps nobody from joining; who brought whom is kept, and tried until it works.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import settings_of
from rewards.campaigns.referring import HOLD, note_referral, referral_of, settle_referral
from rewards.campaigns.scoring import ERROR_LENGTH_MAX, WAITS
from rewards.campaigns.subscriber_models import FailedReferral, Referral, ReferralState, Subscriber
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import Unavailable

log = structlog.get_logger()

BATCH = 200
QUALIFY = "UPDATE referrals SET reason = ?, counts_at = ? WHERE campaign_id = ? AND state = 'waiting' AND counts_at IS NULL"


def settle(campaign: Campaign, referrer: Subscriber, referee: Subscriber) -> ReferralState:
    """Note who brought whom, if that is new, and settle it; how far it has come. Both must be held, and the campaign kept."""
    try:
        with sql.nested():
            referral = referral_of(referee.id) or note_referral(campaign=campaign, referrer=referrer, referee=referee)
            settle_referral(referral, {referrer.id: referrer, referee.id: referee})
            db.session.execute(delete(FailedReferral).where(FailedReferral.referee_id == referee.id))
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest stands
        _set_aside(campaign.id, referrer.id, referee.id, error)
        return ReferralState.WAITING
    return ReferralState(referral.state)


def settle_due() -> int:
    """Settle what was held back until now, and what failed, each in a write block of its own; how many. The next run does the rest."""
    # What a pause keeps waiting is left out, or it would take the place of what can go on.
    can_settle = _can_settle()
    held_back = select(Referral.referee_id).join(Campaign, Campaign.id == Referral.campaign_id).where(_is_due(), can_settle)
    failed = select(FailedReferral.referee_id).join(Campaign, Campaign.id == FailedReferral.campaign_id)
    failed = failed.where(FailedReferral.next_attempt_at <= clock.now(), can_settle)
    with db.read() as session:
        ids = list(session.scalars(held_back.order_by(Referral.counts_at, Referral.id).limit(BATCH)))
        ids += session.scalars(failed.order_by(FailedReferral.next_attempt_at, FailedReferral.referee_id).limit(BATCH))
    for referee_id in ids:
        with db.write():
            _settle_all([referee_id])
    return len(ids)


def settle_failed(campaign_id: int) -> bool:
    """Try what failed in one campaign now, so much at a time, each in a write block of its own; whether any of it fails again."""
    failed = select(FailedReferral.referee_id).join(Campaign, Campaign.id == FailedReferral.campaign_id)
    failed = failed.where(FailedReferral.campaign_id == campaign_id, _can_settle()).order_by(FailedReferral.referee_id).limit(BATCH)
    with db.read() as session:
        ids = list(session.scalars(failed))
    for referee_id in ids:
        with db.write():
            _settle_all([referee_id])
    with db.read() as session:
        return session.scalar(select(FailedReferral.referee_id).where(FailedReferral.referee_id.in_(ids)).limit(1)) is not None


def ask_no_more(campaign: Campaign) -> None:
    """Nobody has to verify an address any more: what waited for that qualifies now, and the job settles it. The campaign must be held."""
    counts_at = clock.now() + timedelta(days=settings_of(campaign).referral_hold_days)
    sql.run(QUALIFY, (HOLD, time_text(counts_at), campaign.id))


def settle_before_end(campaign: Campaign) -> None:
    """Let everything count that was due, before the board is written down. The campaign must be held."""
    held_back = select(Referral.referee_id).where(Referral.campaign_id == campaign.id, _is_due())
    ids = list(db.session.scalars(held_back.order_by(Referral.counts_at, Referral.id)))
    ids += db.session.scalars(select(FailedReferral.referee_id).where(FailedReferral.campaign_id == campaign.id))
    for first in range(0, len(ids), BATCH):
        _settle_all(ids[first : first + BATCH])


def _is_due() -> ColumnElement[bool]:
    # What failed waits for its own time.
    failed = exists().where(FailedReferral.referee_id == Referral.referee_id)
    return and_(Referral.state == ReferralState.WAITING, Referral.counts_at <= clock.now(), ~failed)


def _can_settle() -> ColumnElement[bool]:
    has_begun = or_(Campaign.starts_at.is_(None), Campaign.starts_at <= clock.now())
    return or_(and_(Campaign.status == CampaignStatus.LIVE, has_begun), _is_over())


def _is_over() -> ColumnElement[bool]:
    return or_(Campaign.status == CampaignStatus.ENDED, Campaign.ends_at <= clock.now())


def _settle_all(referee_ids: Sequence[int]) -> None:
    # Who brought whom, and for which campaign, never changes.
    known = [db.session.get(FailedReferral, referee_id) or referral_of(referee_id) for referee_id in referee_ids]
    told = [(one.campaign_id, one.referrer_id, one.referee_id) for one in known if one is not None]
    campaigns = {campaign_id: keep_campaign(campaign_id) for campaign_id in sorted({one[0] for one in told})}
    people = hold_subscribers([subscriber_id for one in told for subscriber_id in one[1:]])
    for campaign_id, referrer_id, referee_id in told:
        settle(campaigns[campaign_id], people[referrer_id], people[referee_id])


def _set_aside(campaign_id: int, referrer_id: int, referee_id: int, error: Exception) -> None:
    failed = db.session.get(FailedReferral, referee_id)
    if failed is None:
        failed = FailedReferral(referee_id=referee_id, referrer_id=referrer_id, campaign_id=campaign_id, attempts=0)
        db.session.add(failed)
    failed.attempts += 1
    failed.next_attempt_at = clock.now() + WAITS[min(failed.attempts, len(WAITS)) - 1]
    failed.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
    db.session.flush()
    log.warning("referral set aside", referee_id=referee_id, attempts=failed.attempts, error=failed.error)
