"""The first admin of an installation, made by whoever can read what the server prints where it starts."""

from datetime import timedelta

from sqlalchemy import delete, select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.tokens import hash_token, is_token_from
from rewards.people.joining import add_user
from rewards.people.links import make_set_up_link, token_of
from rewards.people.models import Link, Purpose, Role, User
from rewards.people.passwords import HashedPassword

# Each start prints a new one beside the old ones: two servers may start together.
LIFETIME = timedelta(days=7)


def needs_set_up() -> bool:
    """Whether nobody administers this installation yet."""
    return db.session.scalar(select(User.id).where(User.role == Role.ADMIN).limit(1)) is None


def offer_set_up() -> str | None:
    """A token for the set-up page; None where there is an admin."""
    return token_of(make_set_up_link(LIFETIME)) if needs_set_up() else None


def is_set_up_token(token: str) -> bool:
    """Whether this token still opens the set-up."""
    link = db.session.scalar(select(Link).where(Link.token_hash == hash_token(token), Link.purpose == Purpose.SET_UP))
    return bool(link and clock.now() < link.expires_at and is_token_from(token, Purpose.SET_UP, link.seed) and needs_set_up())


def set_up_admin(*, token: str, email: str, name: str, password: HashedPassword, timezone: str, locale: str = "en") -> User:
    """Make the first admin, and the set-up is over: no token opens it again. Raises NotFound for a bad token, Invalid, Refused."""
    if not is_set_up_token(token):
        raise NotFound("set-up")
    # Of two that hold tokens, the second waits here for the first, and finds nothing left.
    if not db.session.execute(delete(Link).where(Link.purpose == Purpose.SET_UP).returning(Link.id)).all():
        raise NotFound("set-up")
    return add_user(email=email, name=name, role=Role.ADMIN, timezone=timezone, password=password, locale=locale, note="The first admin")
