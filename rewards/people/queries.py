"""What others ask about people. Every question starts from who asks."""

import re
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.values import storable_text
from rewards.people.joining import fold_email
from rewards.people.models import Role, Status, User, WebSession

ID = re.compile(r"[1-9][0-9]{0,17}")
# No database has such an id, and none could be asked for a larger one.
ID_MAX = 10**18
EXTERNAL = "ext:"


def user_by_id(user_id: int) -> User | None:
    """Whoever has this id."""
    return db.session.get(User, user_id)


def user_by_email(email: str) -> User | None:
    """Whoever has this address, in whatever case it is written."""
    return _whose(User.email == fold_email(email)) if is_storable(email) else None


def user_by_external_id(external_id: str) -> User | None:
    """Whoever another system knows by this id."""
    return _whose(User.external_id == external_id) if is_storable(external_id) else None


def resolve_user(reference: str) -> User:
    """The person that `17` or `ext:abc` stands for. Raises NotFound."""
    if reference.startswith(EXTERNAL):
        found = user_by_external_id(reference.removeprefix(EXTERNAL))
    else:
        found = user_by_id(int(reference)) if ID.fullmatch(reference) else None
    if found is None:
        raise NotFound(f"user {reference}")
    return found


def clients_of(viewer: User) -> ColumnElement[bool]:
    """The condition that somebody is a client whom the viewer looks after: an admin all, a coach their own, a client none."""
    everybody = User.role == Role.CLIENT
    return everybody if viewer.role == Role.ADMIN else and_(everybody, User.coach_id == viewer.id)


def coaches() -> list[User]:
    """Everybody who coaches now, by name."""
    question = select(User).where(User.role == Role.COACH, User.status == Status.ACTIVE).order_by(User.name, User.id)
    return list(db.session.scalars(question))


def client_of(viewer: User, user_id: int) -> User:
    """One client whom the viewer looks after. Raises NotFound for another's, as for nobody."""
    found = db.session.scalar(select(User).where(User.id == user_id, clients_of(viewer))) if 0 < user_id < ID_MAX else None
    if found is None:
        raise NotFound(f"client {user_id}")
    return found


def client_seen(viewer: User, user_id: int) -> tuple[User, datetime | None]:
    """The same, with when they last used a page, as far as it is stored; None where they never did, or signed out since."""
    last_seen = select(func.max(WebSession.last_seen_at)).where(WebSession.user_id == User.id).correlate(User).scalar_subquery()
    question = select(User, last_seen).where(User.id == user_id, clients_of(viewer))
    found = db.session.execute(question).one_or_none() if 0 < user_id < ID_MAX else None
    if found is None:
        raise NotFound(f"client {user_id}")
    return found[0], found[1]


def is_storable(text: str) -> bool:
    """Whether a database can be asked for it at all: some do not even look for what they cannot hold."""
    try:
        storable_text(text)
    except ValueError:
        return False
    return True


def _whose(condition: ColumnElement[bool]) -> User | None:
    return db.session.scalar(select(User).where(condition))
