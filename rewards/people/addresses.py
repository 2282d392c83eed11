"""E-mail addresses of people who are here: shown to reach them, and changed, both by a link that only their owner can read."""

from datetime import timedelta

from sqlalchemy import select

from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.auditing import Done, masked, record_deed
from rewards.people.facts import AddressClaimed, EmailChanged
from rewards.people.joining import check_email, new_stamp
from rewards.people.links import make_link, open_link, use_link
from rewards.people.models import Purpose, User

LIFETIME = timedelta(days=1)


def ask_to_verify(*, user_id: int, email: str | None = None) -> str:
    """Mail a link to their address, or to another that is to become theirs; the address. It changes when the link is used, not before.

    An address that somebody else has gets a link like any other: here nobody learns who has an account. Raises NotFound, Invalid.
    """
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    address = check_email(email) if email is not None else user.email
    link = make_link(purpose=Purpose.VERIFY, user=user, email=address, lifetime=LIFETIME)
    announce([AddressClaimed(link.id, address)])
    return address


def address_to_verify(token: str) -> str | None:
    """The address that this link would verify; None if it is not good any more."""
    found = open_link(token, Purpose.VERIFY)
    return found[0].email if found else None


def verify_email(*, token: str) -> User:
    """The link was read by its owner. A new address is theirs from now on, and ends every session.

    Raises Refused (`link_over`, `email_taken`).
    """
    link, user = use_link(token, Purpose.VERIFY)
    address = link.email or user.email
    if address != user.email:
        _move(user, address)
    user.email_verified_at = clock.now()
    record_deed(Done("email_verified", "user", user.id), actor_id=user.id)
    return user


def _move(user: User, address: str) -> None:
    if db.session.scalar(select(User.id).where(User.email == address)):
        raise Refused("email_taken", "This address belongs to another account.")
    before, user.email, user.stamp = user.email, address, new_stamp()
    db.session.flush()
    record_deed(Done("email_changed", "user", user.id, masked(before), masked(address)), actor_id=user.id)
    announce([EmailChanged(user.id, before, address)])
