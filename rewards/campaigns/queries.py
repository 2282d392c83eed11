"""What others ask about waitlists, their campaigns and who is on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, select

from rewards.campaigns.documents import CampaignSettings
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.subscriber_models import FraudFlag, Referral, ReferralState, Subscriber, SubscriberStatus
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import Role, User

ID_MAX = 10**18
ACTIVE = (CampaignStatus.LIVE, CampaignStatus.PAUSED)


def run_by(actor: User) -> ColumnElement[bool]:
    """The condition that somebody runs a waitlist: a coach their own, an admin all, a client none."""
    if actor.role == Role.ADMIN:
        return Waitlist.id.is_not(None)
    return Waitlist.coach_id == actor.id if actor.role == Role.COACH else false()


def waitlist_run_by(actor: User | None, waitlist_id: int) -> Waitlist:
    """A waitlist of theirs; None stands for the system, which runs all. In a write block it is held until commit. Raises NotFound."""
    found = db.session.get(Waitlist, waitlist_id, with_for_update=_held(), populate_existing=True) if _is_id(waitlist_id) else None
    if found is None or not (actor is None or actor.role == Role.ADMIN or (actor.role == Role.COACH and found.coach_id == actor.id)):
        raise NotFound(f"waitlist {waitlist_id}")
    return found


def campaign_run_by(actor: User | None, campaign_id: int) -> tuple[Campaign, Waitlist]:
    """A campaign of theirs and its waitlist, held like that. Raises NotFound."""
    known = db.session.get(Campaign, campaign_id, populate_existing=not db.is_writing) if _is_id(campaign_id) else None
    if known is None:
        raise NotFound(f"campaign {campaign_id}")
    waitlist = waitlist_run_by(actor, known.waitlist_id)
    if db.is_writing:
        # Held only after its waitlist, and read as it is by then.
        db.session.refresh(known, with_for_update=_held())
    return known, waitlist


def subscriber_run_by(actor: User | None, subscriber_id: int) -> Subscriber:
    """Somebody on a waitlist of theirs; held by nobody. Raises NotFound."""
    found = db.session.get(Subscriber, subscriber_id) if _is_id(subscriber_id) else None
    waitlist = db.session.get(Waitlist, found.waitlist_id) if found else None
    if found is None or waitlist is None:
        raise NotFound(f"subscriber {subscriber_id}")
    if actor is not None and actor.role != Role.ADMIN and (actor.role != Role.COACH or waitlist.coach_id != actor.id):
        raise NotFound(f"subscriber {subscriber_id}")
    return found


def active_campaign(waitlist_id: int) -> Campaign | None:
    """The one that a waitlist plays for now, running or paused."""
    return db.session.scalar(select(Campaign).where(Campaign.waitlist_id == waitlist_id, Campaign.status.in_(ACTIVE)))


def is_playing(campaign: Campaign, now: datetime) -> bool:
    """Whether what happens at this moment is scored."""
    begun = campaign.starts_at is None or campaign.starts_at <= now
    return campaign.status == CampaignStatus.LIVE and begun and not is_over(campaign, now)


def is_over(campaign: Campaign, now: datetime) -> bool:
    """Whether nothing is scored in it any more."""
    return campaign.status == CampaignStatus.ENDED or (campaign.ends_at is not None and campaign.ends_at <= now)


def settings_of(campaign: Campaign) -> CampaignSettings:
    """How it plays."""
    return CampaignSettings.model_validate(campaign.settings)


def subscriber_by_code(code: str) -> Subscriber | None:
    """Whose code this is."""
    return db.session.scalar(select(Subscriber).where(Subscriber.code == code))


def is_flagged(subscriber_id: int) -> bool:
    """Whether somebody waits for the coach's decision."""
    return sql.value("SELECT 1 FROM fraud_flags WHERE subscriber_id = ? AND decided_at IS NULL LIMIT 1", (subscriber_id,)) is not None


def takes_part(subscriber: Subscriber) -> bool:
    """Whether something can be scored for them now: they are in, and nothing waits to be decided."""
    return subscriber.status == SubscriberStatus.ACTIVE and not is_flagged(subscriber.id)


def erased_among(subscriber_ids: Iterable[int | None]) -> set[int]:
    """Those whose data is gone: no page shows them."""
    asked = {one for one in subscriber_ids if one is not None}
    gone = select(Subscriber.id).where(Subscriber.id.in_(asked), Subscriber.status == SubscriberStatus.ERASED)
    return set(db.session.scalars(gone)) if asked else set()


def flags_of(subscriber_id: int) -> list[FraudFlag]:
    """Why somebody is or was flagged, the earliest first."""
    return list(db.session.scalars(select(FraudFlag).where(FraudFlag.subscriber_id == subscriber_id).order_by(FraudFlag.id)))


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """Somebody that a subscriber brought, and why it does not count where it does not."""

    referral: Referral
    referee: Subscriber

    @property
    def counts(self) -> bool:
        """Whether the campaign counts it."""
        return self.referral.state == ReferralState.CONFIRMED and self.referral.scored


def referrals_of(subscriber_id: int, *, before_id: int = ID_MAX, limit: int = 100) -> list[ReferralLine]:
    """Whom a subscriber brought, the latest first."""
    question = select(Referral, Subscriber).join(Subscriber, Subscriber.id == Referral.referee_id)
    mine = question.where(Referral.referrer_id == subscriber_id, Referral.id < before_id).order_by(Referral.id.desc()).limit(limit)
    return [ReferralLine(referral, referee) for referral, referee in db.session.execute(mine)]


def _held() -> Any:
    # As in holding: new rows may still point at it.
    return {"key_share": True} if db.is_writing else None


def _is_id(number: int) -> bool:
    return 0 < number < ID_MAX
