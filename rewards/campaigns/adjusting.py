"""Scores adjusted by hand, with a reason; rules about MANUAL decide beside what was given."""

from sqlalchemy import select

from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import ACTIVE, campaign_run_by, subscriber_run_by, takes_part
from rewards.campaigns.rule_documents import SCORE_STEP_MAX
from rewards.campaigns.scoring import settle_event
from rewards.campaigns.scoring_models import CampaignEvent, EventState, Happening
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.values import storable_text
from rewards.ledger.models import Owner
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

REASON_LENGTH_MAX = 500


def adjust(*, campaign_id: int, subscriber_id: int, points: int, reason: str, actor: User, idempotency_key: str) -> CampaignEvent:
    """Give somebody points, or take some; once per key, and a second time answers as the first.

    Raises NotFound, Invalid, Refused (`not_active`, `not_taking_part`, `key_reused`, `out_of_range`).
    """
    why = _check(points, reason)
    campaign_run_by(actor, campaign_id)
    subscriber_run_by(actor, subscriber_id)
    campaign = keep_campaign(campaign_id)
    subscriber = hold_subscribers([subscriber_id])[subscriber_id]
    key = f"manual:{campaign.id}:{idempotency_key}"
    known = db.session.scalar(select(CampaignEvent).where(CampaignEvent.idempotency_key == key))
    if known is not None:
        return _same(known, subscriber, points)
    _check_playing(campaign, subscriber)
    event = CampaignEvent(
        campaign_id=campaign.id,
        subscriber_id=subscriber.id,
        event=Happening.MANUAL,
        version_id=campaign.version_id,
        occurred_at=clock.now(),
        state=EventState.HELD,
        attempts=0,
        reason=why,
        actor_id=actor.id,
        idempotency_key=key,
    )
    db.session.add(event)
    db.session.flush()
    settle_event(event, campaign, subscriber, by_hand=points)
    given = {"campaign": campaign.key, "points": points}
    record_deed(Done("score_adjusted", "subscriber", subscriber.id, after=given, note=why), actor_id=actor.id)
    return event


def _check(points: int, reason: str) -> str:
    why = " ".join(reason.split())
    if not 0 < abs(points) <= SCORE_STEP_MAX:
        raise Invalid.single("points", f"a whole number other than 0, up to {SCORE_STEP_MAX:,} up or down", points)
    try:
        storable_text(why)
    except ValueError:
        raise Invalid.single("reason", "Some of these characters cannot be kept.", reason) from None
    if not 0 < len(why) <= REASON_LENGTH_MAX:
        raise Invalid.single("reason", f"Enter 1 to {REASON_LENGTH_MAX} characters: the subscriber reads it.", reason)
    return why


def _check_playing(campaign: Campaign, subscriber: Subscriber) -> None:
    if campaign.status not in ACTIVE:
        raise Refused("not_active", f"{campaign.name} is {campaign.status}: no score moves in it.")
    entered = "SELECT 1 FROM entrants WHERE campaign_id = ? AND subscriber_id = ?"
    if sql.value(entered, (campaign.id, subscriber.id)) is None:
        raise NotFound(f"subscriber {subscriber.id} in campaign {campaign.id}")
    if not takes_part(subscriber):
        raise Refused("not_taking_part", "Decide first whether they take part: nothing is paid until then.")


def _same(known: CampaignEvent, subscriber: Subscriber, points: int) -> CampaignEvent:
    transfer = "SELECT t.amount, c.owner_kind FROM transfers t JOIN accounts c ON c.id = t.credit_id WHERE t.idempotency_key = ?"
    amount, credited = sql.rows(transfer, (f"campaign_event:{known.id}:by_hand",))[0]
    if known.subscriber_id != subscriber.id or points != (amount if credited == Owner.SUBSCRIBER else -amount):
        raise Refused("key_reused", "This key was used for another adjustment.")
    return known
