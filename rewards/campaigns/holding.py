"""Takes subscribers one at a time: whoever changes what somebody has here holds them until commit.

The order, so that nobody waits in a circle: waitlist, campaigns, users, subscribers, boards, rewards; of several campaigns what goes on
comes before what has ended, and every board before the rewards of what has ended. Rows that others point at are held so that a new row
may still point at them: PostgreSQL looks at what a row points at whenever it is written, in no order of ours.
"""

from collections.abc import Iterable

from sqlalchemy import select

from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import ACTIVE
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import sql
from rewards.kit.database import db
from rewards.people.locking import lock_people


def hold_subscribers(subscriber_ids: Iterable[int]) -> dict[int, Subscriber]:
    """Hold these, and the clients they are, until commit; what a referral brings a client is theirs to be held for."""
    ids = sorted(set(subscriber_ids))
    if not ids:
        return {}
    clients = f"SELECT user_id FROM subscribers WHERE id IN ({sql.marks(ids)}) AND user_id IS NOT NULL"
    lock_people(row[0] for row in sql.rows(clients, ids))
    question = select(Subscriber).where(Subscriber.id.in_(ids)).order_by(Subscriber.id).with_for_update(key_share=True)
    return {one.id: one for one in db.session.scalars(question.execution_options(populate_existing=True))}


def keep_campaign(campaign_id: int) -> Campaign:
    """A campaign that nobody ends, pauses or changes until commit."""
    return db.session.get_one(Campaign, campaign_id, with_for_update={"read": True}, populate_existing=True)


def keep_active_campaign(waitlist_id: int) -> Campaign | None:
    """The one that a waitlist plays for now, kept like that."""
    question = select(Campaign).where(Campaign.waitlist_id == waitlist_id, Campaign.status.in_(ACTIVE))
    return db.session.scalar(question.with_for_update(read=True).execution_options(populate_existing=True))
