"""Events of campaigns that failed: tried again later, each alone, and for the last time when their campaign ends."""

from sqlalchemy import select

from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import takes_part
from rewards.campaigns.scoring import attempt
from rewards.campaigns.scoring_models import CampaignEvent, EventState
from rewards.kit import clock
from rewards.kit.database import db

BATCH = 200


def retry_due() -> int:
    """Try what is due, each in a write block of its own; how many were tried."""
    with db.read() as session:
        due = CampaignEvent.state == EventState.RETRYING, CampaignEvent.next_attempt_at <= clock.now()
        ids = list(session.scalars(select(CampaignEvent.id).where(*due).order_by(CampaignEvent.id).limit(BATCH)))
    for event_id in ids:
        with db.write():
            retry(event_id=event_id)
    return len(ids)


def retry(*, event_id: int) -> bool:
    """Try an event that failed once more; whether it went well. One whose subscriber is flagged by now waits for the decision."""
    event = db.session.get_one(CampaignEvent, event_id)
    campaign = keep_campaign(event.campaign_id)
    subscriber = hold_subscribers([event.subscriber_id])[event.subscriber_id]
    db.session.refresh(event)
    if event.state not in (EventState.RETRYING, EventState.DEAD) or campaign.status == CampaignStatus.ENDED:
        return False
    if not takes_part(subscriber):
        event.state, event.next_attempt_at = EventState.HELD, None
        db.session.flush()
        return False
    return attempt(event, campaign, subscriber)


def close_open_events(campaign: Campaign) -> None:
    """Try everything once more before the board is written down; what still fails waits for somebody to look."""
    open_events = select(CampaignEvent).where(CampaignEvent.campaign_id == campaign.id, CampaignEvent.state == EventState.RETRYING)
    events = list(db.session.scalars(open_events.order_by(CampaignEvent.id)))
    people = hold_subscribers(event.subscriber_id for event in events)
    for event in events:
        db.session.refresh(event)
        subscriber = people[event.subscriber_id]
        if event.state == EventState.RETRYING and not (takes_part(subscriber) and attempt(event, campaign, subscriber)):
            event.state, event.next_attempt_at = EventState.DEAD, None
    db.session.flush()
