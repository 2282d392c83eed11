"""Who brought whom: checked, noted at joining, confirmed when the new one is known to be somebody, and undone when they are not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from rewards.campaigns.codes import folded_code
from rewards.campaigns.holding import keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.naming import shown_name
from rewards.campaigns.queries import active_campaign, flags_of, is_over, is_playing, settings_of, subscriber_by_code
from rewards.campaigns.scoring import record
from rewards.campaigns.scoring_models import CampaignEvent, EventState, Happening
from rewards.campaigns.subscriber_models import Referral, ReferralState, Subscriber, SubscriberStatus
from rewards.campaigns.undoing import undo_event
from rewards.kit import clock
from rewards.kit.database import db

# Every reason for which a code brings nobody anything; none of them keeps anybody from joining.
NO_CAMPAIGN = "no_campaign"
SWITCHED_OFF = "referrals_off"
UNKNOWN = "unknown_code"
ELSEWHERE = "other_waitlist"
OUT = "referrer_is_out"
OVER = "campaign_over"
# Why one that has all it takes does not count yet.
HOLD = "hold_period"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """Whether a code would count for somebody who joined with it now; if not, why. The name is what its owner shows."""

    valid: bool
    reason: str
    referrer_id: int | None = None
    referrer_name: str = ""


def check_code(*, waitlist_id: int, code: str) -> CodeCheck:
    """Look at a code and change nothing."""
    campaign = active_campaign(waitlist_id)
    if campaign is None:
        return CodeCheck(valid=False, reason=NO_CAMPAIGN)
    if not settings_of(campaign).referrals_enabled:
        return CodeCheck(valid=False, reason=SWITCHED_OFF)
    if is_over(campaign, clock.now()):
        return CodeCheck(valid=False, reason=OVER)
    referrer = subscriber_by_code(folded_code(code))
    if referrer is None:
        return CodeCheck(valid=False, reason=UNKNOWN)
    if referrer.waitlist_id != waitlist_id:
        return CodeCheck(valid=False, reason=ELSEWHERE)
    if referrer.status != SubscriberStatus.ACTIVE:
        return CodeCheck(valid=False, reason=OUT)
    return CodeCheck(valid=True, reason="", referrer_id=referrer.id, referrer_name=shown_name(referrer))


def note_referral(*, campaign: Campaign, referrer: Subscriber, referee: Subscriber) -> Referral:
    """Remember who brought whom, once; it counts when it is confirmed. Both must be held."""
    referral = Referral(
        waitlist_id=campaign.waitlist_id,
        campaign_id=campaign.id,
        referrer_id=referrer.id,
        referee_id=referee.id,
        state=ReferralState.WAITING,
        scored=False,
        made_at=clock.now(),
    )
    db.session.add(referral)
    db.session.flush()
    return referral


def referral_of(referee_id: int) -> Referral | None:
    """Who brought somebody, which never changes, and how far it has come by now."""
    question = select(Referral).where(Referral.referee_id == referee_id)
    return db.session.scalar(question.execution_options(populate_existing=True))


def settle_referral(referral: Referral, people: dict[int, Subscriber]) -> Referral:
    """Confirm it, or say what it waits for. Both must be held, and the campaign kept."""
    referee, referrer = people[referral.referee_id], people[referral.referrer_id]
    campaign = keep_campaign(referral.campaign_id)
    if referral.state in (ReferralState.CONFIRMED, ReferralState.UNDONE):
        return referral
    if referee.status != SubscriberStatus.ACTIVE:
        # Whoever is out or gone before it counts is brought by nobody.
        referral.state, referral.reason = ReferralState.UNDONE, referee.status
    elif flags := [flag for flag in flags_of(referee.id) if flag.decided_at is None]:
        referral.state, referral.reason = ReferralState.HELD, flags[0].suspicion
    elif settings_of(campaign).require_email_verification and referee.verified_at is None:
        # Whatever it had before: its hold period begins when it has all it takes, and until then it stands in nobody's way.
        referral.state, referral.reason, referral.counts_at = ReferralState.WAITING, "", None
    elif _stands_by(referral, campaign):
        referral.state, referral.reason = ReferralState.WAITING, HOLD
    else:
        _confirm(referral, campaign, referrer)
    db.session.flush()
    return referral


def undo_referral(referral: Referral, reason: str) -> None:
    """It counts no more, and what it brought is taken back. Both must be held."""
    if referral.state == ReferralState.UNDONE:
        return
    referral.state, referral.reason = ReferralState.UNDONE, reason
    db.session.flush()
    standing = select(CampaignEvent).where(CampaignEvent.referral_id == referral.id, CampaignEvent.state != EventState.UNDONE)
    for event in list(db.session.scalars(standing)):
        undo_event(event, reason)


def reopen_referral(referral: Referral, people: dict[int, Subscriber]) -> None:
    """What was undone is to be counted after all. Both must be held."""
    if referral.state == ReferralState.UNDONE:
        referral.state, referral.reason, referral.confirmed_at = ReferralState.WAITING, "", None
        settle_referral(referral, people)


def _stands_by(referral: Referral, campaign: Campaign) -> bool:
    """Whether it has qualified and waits for the end of its hold period, which begins once, or for the campaign's beginning.

    A pause keeps waiting what waits already; the end does not.
    """
    days, now = settings_of(campaign).referral_hold_days, clock.now()
    is_early = campaign.status == CampaignStatus.LIVE and campaign.starts_at is not None and campaign.starts_at > now
    if referral.counts_at is None and (is_early or (days and is_playing(campaign, now))):
        referral.counts_at = now + timedelta(days=days)
    if referral.counts_at is None or is_over(campaign, _due(referral, campaign)):
        return False
    return referral.counts_at > now or not is_playing(campaign, _due(referral, campaign))


def _due(referral: Referral, campaign: Campaign) -> datetime:
    """The moment that decides whether the campaign counts it: one that was due before the end is not late because a job was."""
    now = clock.now()
    return min(max(referral.counts_at, campaign.starts_at or referral.counts_at), now) if referral.counts_at else now


def _confirm(referral: Referral, campaign: Campaign, referrer: Subscriber) -> None:
    due = _due(referral, campaign)
    referral.state, referral.confirmed_at = ReferralState.CONFIRMED, clock.now()
    # Confirmed stays confirmed, whether or not the campaign still counts it.
    referral.reason = "" if is_playing(campaign, due) else OVER if is_over(campaign, due) else "campaign_paused"
    db.session.flush()
    if is_playing(campaign, due):
        times = db.session.scalar(select(func.count()).where(CampaignEvent.referral_id == referral.id)) or 0
        key = f"referral:{referral.id}:{times + 1}"
        record(campaign=campaign, subscriber=referrer, event=Happening.REFERRAL_CONFIRMED, key=key, referral_id=referral.id)
