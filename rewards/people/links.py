"""Links that are good for one thing, once: made, recognised, used. What ends somebody's sessions ends their links too."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.kit.tokens import hash_token, is_token_from, new_seed, token_from
from rewards.people.models import Link, Purpose, Status, User

# What is over stays so long that a late click is told why; then it is forgotten.
KEPT_FOR = timedelta(days=7)


def make_link(*, purpose: Purpose, user: User, email: str, lifetime: timedelta) -> Link:
    """A new link for somebody. One that would give them another address makes way for it: the first may have gone to a stranger."""
    now = clock.now()
    if purpose == Purpose.VERIFY:
        earlier = update(Link).where(Link.user_id == user.id, Link.purpose == purpose, Link.expires_at > now)
        db.session.execute(earlier.values(expires_at=now))
    return _stored(purpose, lifetime, user_id=user.id, email=email, stamp=user.stamp)


def make_set_up_link(lifetime: timedelta) -> Link:
    """A new link for whoever sets the installation up."""
    return _stored(Purpose.SET_UP, lifetime, user_id=None, email=None, stamp="")


def token_of(link: Link) -> str:
    """What stands in the link itself."""
    return token_from(link.purpose, link.seed)


def open_link(token: str, purpose: Purpose) -> tuple[Link, User] | None:
    """The link of a token and whose it is, if it is still good. In a write block both are held until commit."""
    link = db.session.scalar(_held(select(Link).where(Link.token_hash == hash_token(token), Link.purpose == purpose)))
    user = db.session.scalar(_held(select(User).where(User.id == link.user_id))) if link else None
    if link is None or user is None or not _is_good(link, user) or not is_token_from(token, purpose, link.seed):
        return None
    return link, user


def link_by_id(link_id: int) -> tuple[Link, User] | None:
    """The link and whose it is, if it is still good: for what sends it."""
    link = db.session.get(Link, link_id)
    user = db.session.get(User, link.user_id) if link else None
    return (link, user) if link and user and _is_good(link, user) else None


def use_link(token: str, purpose: Purpose) -> tuple[Link, User]:
    """The same for the one time that it is used. Raises Refused (`link_over`)."""
    found = open_link(token, purpose)
    if found is None:
        raise Refused("link_over", "This link is not good any more. Ask for a new one.")
    found[0].used_at = clock.now()
    return found


def forget_old_links() -> int:
    """Delete the links that have been over for a while; how many."""
    return len(db.session.execute(delete(Link).where(Link.expires_at < clock.now() - KEPT_FOR).returning(Link.id)).all())


def _is_good(link: Link, user: User) -> bool:
    return link.used_at is None and clock.now() < link.expires_at and link.stamp == user.stamp and user.status == Status.ACTIVE


def _held(question: Select[Any]) -> Select[Any]:
    return question.with_for_update().execution_options(populate_existing=True) if db.is_writing else question


def _stored(purpose: Purpose, lifetime: timedelta, *, user_id: int | None, email: str | None, stamp: str) -> Link:
    seed, now = new_seed(), clock.now()
    link = Link(
        purpose=purpose,
        user_id=user_id,
        email=email,
        stamp=stamp,
        seed=seed,
        token_hash=hash_token(token_from(purpose, seed)),
        created_at=now,
        expires_at=now + lifetime,
    )
    db.session.add(link)
    db.session.flush()
    return link
