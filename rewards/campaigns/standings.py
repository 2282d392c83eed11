"""Where somebody on a waitlist stands, for systems that know lists and campaigns by their keys."""

from dataclasses import dataclass

from sqlalchemy import select

from rewards.campaigns.board_models import Entrant
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.places import place_of
from rewards.campaigns.queries import active_campaign, subscriber_run_by
from rewards.campaigns.subscriber_models import FailedReferral, Referral, ReferralState, Subscriber, SubscriberStatus
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.values import KEY
from rewards.ledger.accounts import score_holdings
from rewards.ledger.models import SCORE_OF

# Nobody brought them; somebody did, and the campaign did not count it when it was confirmed.
NOBODY = "none"
COUNTED = "counted"
UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody on a waitlist, in the campaign that it plays for or played for last."""

    subscriber: Subscriber
    campaign: Campaign | None
    # None: no place, for they are disqualified or there is no campaign.
    place: int | None
    score: int
    # How many confirmed referrals of theirs count.
    referrals: int
    # What became of the referral that brought them.
    referral: str


def waitlist_named(key: str) -> Waitlist:
    """The waitlist with this key. Raises NotFound."""
    found = db.session.scalar(select(Waitlist).where(Waitlist.key == key)) if KEY.fullmatch(key) else None
    if found is None:
        raise NotFound(f"waitlist {key[:80]}")
    return found


def campaign_named(key: str) -> Campaign:
    """The campaign with this key. Raises NotFound."""
    found = db.session.scalar(select(Campaign).where(Campaign.key == key)) if KEY.fullmatch(key) else None
    if found is None:
        raise NotFound(f"campaign {key[:80]}")
    return found


def campaign_to_show(waitlist_id: int) -> Campaign | None:
    """What a waitlist plays for, or played for last."""
    ended = select(Campaign).where(Campaign.waitlist_id == waitlist_id, Campaign.status == CampaignStatus.ENDED)
    return active_campaign(waitlist_id) or db.session.scalar(ended.order_by(Campaign.ended_at.desc(), Campaign.id.desc()).limit(1))


def subscriber_on(waitlist_id: int, subscriber_id: int) -> Subscriber:
    """Somebody on this waitlist whose data are here. Raises NotFound."""
    found = subscriber_run_by(None, subscriber_id)
    if found.waitlist_id != waitlist_id or found.status == SubscriberStatus.ERASED:
        raise NotFound(f"subscriber {subscriber_id}")
    return found


def standing_of(subscriber: Subscriber) -> Standing:
    """Where they stand now."""
    campaign = campaign_to_show(subscriber.waitlist_id)
    if campaign is None:
        return Standing(subscriber, None, None, 0, 0, _referral(subscriber.id))
    held = score_holdings([subscriber.id], f"{SCORE_OF}{campaign.id}").get(subscriber.id)
    entrant = db.session.get(Entrant, (campaign.id, subscriber.id))
    return Standing(
        subscriber,
        campaign,
        place_of(campaign.id, subscriber.id),
        held.balance if held else 0,
        entrant.referrals if entrant else 0,
        _referral(subscriber.id),
    )


def _referral(subscriber_id: int) -> str:
    found = db.session.scalar(select(Referral).where(Referral.referee_id == subscriber_id))
    if found is None:
        # What failed is tried again.
        return NOBODY if db.session.get(FailedReferral, subscriber_id) is None else ReferralState.WAITING
    if found.state != ReferralState.CONFIRMED:
        return found.state
    return COUNTED if found.scored else UNCOUNTED
