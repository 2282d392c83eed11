"""What a coach decides about somebody: that they are who they seem to be, that they take no part, or that they do again."""

from sqlalchemy import select

from rewards.campaigns import boards, resolving
from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import ACTIVE, subscriber_run_by
from rewards.campaigns.referring import referral_of, reopen_referral, settle_referral, undo_referral
from rewards.campaigns.scoring import attempt
from rewards.campaigns.scoring_models import CampaignEvent, EventState
from rewards.campaigns.subscriber_models import FraudFlag, Referral, Subscriber, SubscriberStatus
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

DISQUALIFIED = "disqualified"


def accept(*, subscriber_id: int, actor: User | None) -> Subscriber:
    """They are who they seem to be: what waited for that is decided, in its order. Raises NotFound, Refused (`disqualified`)."""
    subscriber, referral, people = _held(subscriber_id, actor)
    if subscriber.status == SubscriberStatus.DISQUALIFIED:
        raise Refused("disqualified", "They were disqualified; include them again instead.")
    if _decide(subscriber, "accepted", actor):
        record_deed(Done("subscriber_accepted", "subscriber", subscriber.id), actor_id=_id(actor))
        _let_in(subscriber)
        if referral is not None:
            settle_referral(referral, people)
    return subscriber


def disqualify(*, subscriber_id: int, actor: User | None, reason: str = "") -> Subscriber:
    """They take no part any more: no place, no rewards, and whoever brought them loses the referral. Raises NotFound."""
    subscriber, referral, _ = _held(subscriber_id, actor)
    if subscriber.status == SubscriberStatus.DISQUALIFIED:
        return subscriber
    _decide(subscriber, DISQUALIFIED, actor)
    subscriber.status = SubscriberStatus.DISQUALIFIED
    db.session.flush()
    record_deed(Done("subscriber_disqualified", "subscriber", subscriber.id, note=reason.strip()), actor_id=_id(actor))
    for campaign in _campaigns(subscriber):
        boards.leave(campaign_id=campaign.id, subscriber_id=subscriber.id)
    if referral is not None:
        undo_referral(referral, DISQUALIFIED)
    # The rewards of what has ended come after the board that the referrer moves on, which may be that one's.
    resolving.withdraw_everywhere(subscriber_id=subscriber.id)
    return subscriber


def include_again(*, subscriber_id: int, actor: User | None) -> Subscriber:
    """They take part after all, with what they had, and whoever brought them has the referral back. Raises NotFound."""
    subscriber, referral, people = _held(subscriber_id, actor)
    if subscriber.status != SubscriberStatus.DISQUALIFIED:
        return subscriber
    subscriber.status = SubscriberStatus.ACTIVE
    db.session.flush()
    record_deed(Done("subscriber_included", "subscriber", subscriber.id), actor_id=_id(actor))
    for campaign in _campaigns(subscriber):
        boards.rejoin(campaign_id=campaign.id, subscriber_id=subscriber.id)
    _let_in(subscriber)
    if referral is not None and referral.reason == DISQUALIFIED:
        reopen_referral(referral, people)
    return subscriber


def _held(subscriber_id: int, actor: User | None) -> tuple[Subscriber, Referral | None, dict[int, Subscriber]]:
    known = subscriber_run_by(actor, subscriber_id)
    referral = referral_of(known.id)
    for campaign_id in _entered(known):
        keep_campaign(campaign_id)
    people = hold_subscribers([known.id, *([referral.referrer_id] if referral else [])])
    if people[known.id].status == SubscriberStatus.ERASED:
        raise NotFound(f"subscriber {subscriber_id}")
    if referral is not None:
        db.session.refresh(referral)
    return people[known.id], referral, people


def _campaigns(subscriber: Subscriber) -> list[Campaign]:
    """Those that still go on, in which they take part."""
    return list(db.session.scalars(select(Campaign).where(Campaign.id.in_(_entered(subscriber)), Campaign.status.in_(ACTIVE))))


def _entered(subscriber: Subscriber) -> list[int]:
    mine = "SELECT campaign_id FROM entrants WHERE subscriber_id = ? ORDER BY campaign_id"
    return [row[0] for row in sql.rows(mine, (subscriber.id,))]


def _decide(subscriber: Subscriber, decision: str, actor: User | None) -> bool:
    """Whether there was anything to decide."""
    undecided = select(FraudFlag).where(FraudFlag.subscriber_id == subscriber.id, FraudFlag.decided_at.is_(None))
    flags = list(db.session.scalars(undecided.with_for_update()))
    for flag in flags:
        flag.decided_at, flag.decided_by, flag.decision = clock.now(), _id(actor), decision
    db.session.flush()
    return bool(flags)


def _let_in(subscriber: Subscriber) -> None:
    """Decide what waited for them, in its order, and give what they have reached."""
    waiting = select(CampaignEvent).where(CampaignEvent.subscriber_id == subscriber.id, CampaignEvent.state == EventState.HELD)
    for event in list(db.session.scalars(waiting.order_by(CampaignEvent.id))):
        campaign = keep_campaign(event.campaign_id)
        if campaign.status == CampaignStatus.ENDED:
            event.state, event.error = EventState.UNDONE, "the campaign had ended when this was decided"
            db.session.flush()
        else:
            attempt(event, campaign, subscriber)
    resolving.resolve_everywhere(subscriber_id=subscriber.id)


def _id(actor: User | None) -> int | None:
    return actor.id if actor else None
