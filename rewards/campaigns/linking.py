"""Subscribers who are clients: invited to become one, known to be one, and put on their coach's list to bring others."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select

from rewards.campaigns.bringing import bringing_of
from rewards.campaigns.joining import join
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.queries import ACTIVE, subscriber_run_by
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.campaigns.verifying_addresses import verify_address
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.facts import InvitationAccepted
from rewards.people.inviting import invite
from rewards.people.models import Invitation, Role, User

SOURCE = "client"


def become_client(*, subscriber_id: int, actor: User) -> Invitation:
    """Invite them to be a client of the waitlist's coach; they keep what they have here. Raises NotFound, Refused."""
    subscriber = subscriber_run_by(actor, subscriber_id)
    if subscriber.status != SubscriberStatus.ACTIVE:
        raise Refused("not_taking_part", "They take no part in this list.")
    if subscriber.user_id is not None:
        raise Refused("is_a_client", "They have an account already.")
    coach_id = db.session.get_one(Waitlist, subscriber.waitlist_id).coach_id
    return invite(email=subscriber.address, role=Role.CLIENT, actor_id=actor.id, name=subscriber.name or None, coach_id=coach_id)


def link_joined(facts: Sequence[InvitationAccepted]) -> None:
    """Whoever accepts an invitation has read mail at that address, so what is on any list under it is theirs, and verified."""
    for fact in facts:
        mine = select(Subscriber.id).where(Subscriber.address == fact.email, Subscriber.user_id.is_(None))
        for subscriber_id in list(db.session.scalars(mine.where(Subscriber.status != SubscriberStatus.ERASED).order_by(Subscriber.id))):
            verify_address(subscriber_id=subscriber_id).user_id = fact.user_id
            db.session.flush()


def count_lists_for(coach_id: SQLColumnExpression[int | None]) -> ScalarSelect[int]:
    """How many lists there are to bring others to for who has this coach, as a part of a question that has the coach in this column."""
    played = select(func.count()).select_from(Waitlist).join(Campaign, Campaign.waitlist_id == Waitlist.id)
    own = (Waitlist.coach_id == coach_id) | Waitlist.coach_id.is_(None)
    return played.where(Campaign.status.in_(ACTIVE), own).scalar_subquery()


def link_client(*, user: User) -> Subscriber:
    """Who a client is on the list for which they bring others; put there if need be. Raises NotFound where nothing is played, Refused."""
    found = bringing_of(user)
    if found is None or user.role != Role.CLIENT:
        raise NotFound("a campaign")
    if found.subscriber is not None:
        return found.subscriber
    # Their account vouches for the address, whether or not it is on the list already.
    joined = join(waitlist_id=found.waitlist.id, email=user.email, name=user.name, source=SOURCE, trusted=True)
    subscriber = verify_address(subscriber_id=joined.subscriber_id)
    # On PostgreSQL the same client may have come twice at once.
    if subscriber.user_id not in (None, user.id):
        raise Refused("is_another", "Somebody else is on the list with this address.")
    subscriber.user_id = user.id
    db.session.flush()
    return subscriber
