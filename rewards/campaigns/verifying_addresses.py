"""Addresses of subscribers: shown to be theirs by a link that only their owner can read; then a referral counts."""

from rewards.campaigns import resolving
from rewards.campaigns.facts import JoinedAgain
from rewards.campaigns.holding import hold_subscribers, keep_active_campaign, keep_campaign
from rewards.campaigns.queries import is_playing, subscriber_run_by
from rewards.campaigns.referring import referral_of
from rewards.campaigns.scoring import record
from rewards.campaigns.scoring_models import Happening
from rewards.campaigns.settling import settle
from rewards.campaigns.stepping import count_verified
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import NotFound


def verify_address(*, subscriber_id: int) -> Subscriber:
    """The link was read by its owner. A second time nothing happens. Raises NotFound."""
    known = subscriber_run_by(None, subscriber_id)
    referral = referral_of(known.id)
    campaign = keep_active_campaign(known.waitlist_id)
    # The one that the referral was made for may be another, and is kept before anybody is held, too.
    counting = keep_campaign(referral.campaign_id) if referral else None
    people = hold_subscribers([known.id, *([referral.referrer_id] if referral else [])])
    subscriber = people[known.id]
    if subscriber.status == SubscriberStatus.ERASED:
        raise NotFound(f"subscriber {subscriber_id}")
    if subscriber.verified_at is not None:
        return subscriber
    subscriber.verified_at = clock.now()
    db.session.flush()
    count_verified(subscriber.id)
    if campaign is not None and is_playing(campaign, clock.now()):
        key = f"verified:{campaign.id}:{subscriber.id}"
        record(campaign=campaign, subscriber=subscriber, event=Happening.EMAIL_VERIFIED, key=key)
    if referral is not None and counting is not None:
        settle(counting, people[referral.referrer_id], subscriber)
    resolving.resolve_everywhere(subscriber_id=subscriber.id)
    return subscriber


def resend(*, subscriber_id: int) -> None:
    """Mail them their links once more. Raises NotFound."""
    subscriber = subscriber_run_by(None, subscriber_id)
    if subscriber.status == SubscriberStatus.ERASED:
        raise NotFound(f"subscriber {subscriber_id}")
    announce([JoinedAgain(subscriber.id)])
