"""Things that happen to a subscriber in a campaign: recorded, decided, posted. What fails is kept, and tried again."""

from datetime import datetime, timedelta

import structlog

from rewards.campaigns.deciding import Stance, Verdict, stance_of, verdict_on
from rewards.campaigns.facts import ReferralConfirmed
from rewards.campaigns.models import Campaign
from rewards.campaigns.posting import Amount, count_referral, follow, post_amounts
from rewards.campaigns.queries import takes_part
from rewards.campaigns.scoring_models import CampaignEvent, EventState, Happening, Milestone
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Unavailable
from rewards.ledger.models import Owner

log = structlog.get_logger()

# After so long it is tried again; after the last one it waits for somebody to look.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
ERROR_LENGTH_MAX = 2_000


def record(
    *,
    campaign: Campaign,
    subscriber: Subscriber,
    event: Happening,
    key: str,
    referral_id: int | None = None,
    occurred_at: datetime | None = None,
) -> CampaignEvent:
    """Let the campaign's rules decide on this, at once or when nothing waits to be decided about the subscriber, who must be held."""
    happened = CampaignEvent(
        campaign_id=campaign.id,
        subscriber_id=subscriber.id,
        event=event,
        referral_id=referral_id,
        version_id=campaign.version_id,
        occurred_at=occurred_at or clock.now(),
        state=EventState.HELD,
        attempts=0,
        reason="",
        idempotency_key=key,
    )
    db.session.add(happened)
    db.session.flush()
    if takes_part(subscriber):
        attempt(happened, campaign, subscriber)
    return happened


def attempt(event: CampaignEvent, campaign: Campaign, subscriber: Subscriber) -> bool:
    """Decide it; whether that went well. What goes wrong is undone alone, and kept for another try."""
    try:
        with sql.nested():
            settle_event(event, campaign, subscriber)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest stands
        _set_aside(event, error)
        return False
    return True


def settle_event(event: CampaignEvent, campaign: Campaign, subscriber: Subscriber, *, by_hand: int = 0) -> None:
    """Decide it and post what it is worth, all or nothing; `by_hand` comes on top. Raises whatever goes wrong."""
    stance = stance_of(campaign.id, subscriber.id)
    verdict = verdict_on(event, subscriber, stance)
    if event.event == Happening.REFERRAL_CONFIRMED:
        count_referral(event, stance, +1)
    given = [Amount(by_hand, event.reason, part="by_hand", counterpart=Owner.ADJUSTED)] if by_hand else []
    event.points = sum(amount.points for amount in given) + _post(event, verdict, stance, given)
    event.state, event.reason, event.trace = EventState.PROCESSED, verdict.reason, verdict.trace
    event.error = event.next_attempt_at = None
    db.session.flush()
    follow(campaign, subscriber.id, stance)
    if event.referral_id is not None:
        announce([ReferralConfirmed(event.referral_id, event.id, subscriber.id)])


def _post(event: CampaignEvent, verdict: Verdict, stance: Stance, given: list[Amount]) -> int:
    """Post what was given and what the rules pay; how much the rules pay. Each rule that pays once has a transfer to itself."""
    each_time = tuple(rule.key for rule in verdict.rules if rule.threshold is None)
    once = [rule for rule in verdict.once if rule.points]
    paid = [Amount(verdict.points, verdict.reason, each_time)] if verdict.points else []
    paid += [Amount(rule.points, verdict.reason, (rule.key,), part=f"rule:{rule.key}") for rule in once]
    ids = post_amounts(event, stance, [*given, *paid])
    key = {"campaign_id": event.campaign_id, "subscriber_id": event.subscriber_id}
    for rule, transfer_id in zip(once, ids[len(ids) - len(once) :], strict=True):
        db.session.add(Milestone(**key, rule=rule.key, threshold=rule.threshold, transfer_id=transfer_id))
    return sum(amount.points for amount in paid)


def _set_aside(event: CampaignEvent, error: Exception) -> None:
    event.attempts += 1
    is_last = event.attempts > len(WAITS)
    event.state = EventState.DEAD if is_last else EventState.RETRYING
    event.next_attempt_at = None if is_last else clock.now() + WAITS[event.attempts - 1]
    event.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
    db.session.flush()
    log.warning("campaign event set aside", event_id=event.id, state=event.state, attempts=event.attempts, error=event.error)
