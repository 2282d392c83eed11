"""A new password for who forgot theirs, by a link to the address they have. Whether anybody has that address is never told."""

from datetime import timedelta

from sqlalchemy import func, select

from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.facts import PasswordChanged, PasswordOffered, ResetAsked
from rewards.people.joining import EMAIL_LENGTH_MAX, fold_email, new_stamp
from rewards.people.links import make_link, open_link, use_link
from rewards.people.models import Link, Purpose, User
from rewards.people.passwords import HashedPassword
from rewards.people.queries import is_storable, user_by_email

LIFETIME = timedelta(hours=1)
# Somebody who was given an account need not choose a password within the hour.
FIRST_LIFETIME = timedelta(days=7)
# More mails than these in an hour help nobody but who wants to annoy.
LINKS_PER_HOUR_MAX = 3


def ask_for_reset(*, email: str) -> None:
    """Write down that a new password is wanted. The same work for every address: who has it is asked when the mail is sent."""
    address = fold_email(email)
    if "@" in address and len(address) <= EMAIL_LENGTH_MAX and is_storable(address):
        announce([ResetAsked(address)])


def open_reset(email: str) -> Link | None:
    """The link to mail; None where nobody can use one, or where enough were made for them already."""
    user = user_by_email(email)
    if user is None or not user.is_active:
        return None
    recent = select(func.count()).select_from(Link).where(Link.user_id == user.id, Link.purpose == Purpose.RESET)
    if (db.session.scalar(recent.where(Link.created_at > clock.now() - timedelta(hours=1))) or 0) >= LINKS_PER_HOUR_MAX:
        return None
    return make_link(purpose=Purpose.RESET, user=user, email=user.email, lifetime=LIFETIME)


def offer_password(*, user_id: int, actor_id: int | None) -> None:
    """Mail somebody who has an account and no password a link to choose one. Raises NotFound, Refused (`has_password`, `disabled`)."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    if user.password_hash is not None:
        raise Refused("has_password", f"{user.name} has a password already.")
    if not user.is_active:
        raise Refused("disabled", f"{user.name} cannot sign in: the account is deactivated.")
    link = make_link(purpose=Purpose.RESET, user=user, email=user.email, lifetime=FIRST_LIFETIME)
    record_deed(Done("password_offered", "user", user.id), actor_id=actor_id)
    announce([PasswordOffered(link.id, user.email)])


def is_reset_open(token: str) -> bool:
    """Whether this link still lets somebody choose a password."""
    return open_link(token, Purpose.RESET) is not None


def reset_password(*, token: str, password: HashedPassword) -> User:
    """They sign in with this one from now on, and are signed out everywhere. Raises Refused (`link_over`)."""
    link, user = use_link(token, Purpose.RESET)
    user.password_hash, user.stamp = password.text, new_stamp()
    # Who could read this mail has the address.
    user.email_verified_at = user.email_verified_at or (clock.now() if link.email == user.email else None)
    record_deed(Done("password_reset", "user", user.id), actor_id=user.id)
    announce([PasswordChanged(user.id, user.email)])
    return user
