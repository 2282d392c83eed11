"""For which list a client brings others, what it plays for, and who they are on it."""

from typing import NamedTuple

from sqlalchemy import and_, func, select

from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.queries import ACTIVE
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db
from rewards.people.models import User


class Bringing(NamedTuple):
    """A waitlist with its campaign, and the client on it; None where they have no link yet."""

    waitlist: Waitlist
    campaign: Campaign
    subscriber: Subscriber | None


def bringing_of(user: User) -> Bringing | None:
    """The list that their coach plays for, or the installation's own, with all that a page shows of it; None where nothing is played."""
    mine = and_(Subscriber.waitlist_id == Waitlist.id, Subscriber.user_id == user.id)
    question = select(Waitlist, Campaign, Subscriber).join(Campaign, Campaign.waitlist_id == Waitlist.id).outerjoin(Subscriber, mine)
    played = question.where(Campaign.status.in_(ACTIVE), (Waitlist.coach_id == user.coach_id) | Waitlist.coach_id.is_(None))
    own_first = played.order_by(func.coalesce(Waitlist.coach_id, 0).desc(), Campaign.published_at.desc(), Campaign.id.desc())
    found = db.session.execute(own_first.limit(1)).first()
    return Bringing(*found) if found else None
