"""Events of campaigns that failed: tried again later, each alone, and for the last time when their campaign ends."""

from sqlalchemy import select

from rewards.campaigns.holding import hold_subscribers, keep_campaign
from rewards.campaigns.models import Campaign, CampaignStatus
from rewards.campaigns.queries import ID_MAX, campaign_run_by, takes_part
from rewards.campaigns.scoring import attempt
from rewards.campaigns.scoring_models import HAS_FAILED, CampaignEvent, EventState
from rewards.campaigns.settling import settle_failed
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.models import User

BATCH = 200
FAILED = (EventState.RETRYING, EventState.DEAD)
THOSE = f"SELECT id FROM campaign_events WHERE campaign_id = ? AND {HAS_FAILED} ORDER BY id LIMIT ?"


def retry_due() -> int:
    """Try what is due, each in a write block of its own; how many were tried."""
    with db.read() as session:
        due = CampaignEvent.state == EventState.RETRYING, CampaignEvent.next_attempt_at <= clock.now()
        ids = list(session.scalars(select(CampaignEvent.id).where(*due).order_by(CampaignEvent.id).limit(BATCH)))
    for event_id in ids:
        with db.write():
            retry(event_id=event_id)
    return len(ids)


def retry(*, event_id: int, by_rules_in_force: bool = False) -> bool:
    """Try an event that failed once more; whether it went well. One whose subscriber is flagged by now waits for the decision."""
    event = db.session.get_one(CampaignEvent, event_id)
    campaign = keep_campaign(event.campaign_id)
    subscriber = hold_subscribers([event.subscriber_id])[event.subscriber_id]
    db.session.refresh(event)
    if event.state not in FAILED or campaign.status == CampaignStatus.ENDED:
        return False
    if by_rules_in_force and campaign.version_id is not None:
        event.version_id = campaign.version_id
    if not takes_part(subscriber):
        event.state, event.next_attempt_at = EventState.HELD, None
        db.session.flush()
        return False
    return attempt(event, campaign, subscriber)


def try_again(*, campaign_id: int, event_id: int, actor: User) -> EventState:
    """Try one that failed, by the rules that are in force by now; what became of it. Raises NotFound, Refused (`ended`)."""
    campaign, _ = campaign_run_by(actor, campaign_id)
    event = db.session.get(CampaignEvent, event_id) if 0 < event_id < ID_MAX else None
    if event is None or event.campaign_id != campaign_id:
        raise NotFound(f"event {event_id}")
    if campaign.status == CampaignStatus.ENDED:
        raise Refused("ended", f"{campaign.name} has ended: nothing is scored in it any more.")
    retry(event_id=event_id, by_rules_in_force=True)
    return EventState(event.state)


def try_all_again(*, campaign_id: int, actor: User) -> list[EventState]:
    """The same for all of a campaign's, its referrals too, so many at a time, each in a write block of its own; what became of them."""
    with db.read():
        failed = sql.rows(THOSE, (campaign_id, BATCH))
    found = []
    for (event_id,) in failed:
        with db.write():
            found.append(try_again(campaign_id=campaign_id, event_id=event_id, actor=actor))
    with db.read():
        campaign_run_by(actor, campaign_id)
    return [*found, EventState.RETRYING] if settle_failed(campaign_id) else found


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
