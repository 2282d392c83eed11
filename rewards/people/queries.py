"""What others ask about people. Every question starts from who asks."""

import re

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.values import storable_text
from rewards.people.joining import fold_email
from rewards.people.models import Role, User

ID = re.compile(r"[1-9][0-9]{0,17}")
EXTERNAL = "ext:"
PAGE_ROWS = 25


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


def clients_of(person: User, *, after: int | None = None, limit: int = PAGE_ROWS) -> list[User]:
    """The clients a person may see, by name: an admin all, a coach their own, a client none. `after`: the last one of the page before."""
    question = _visible_to(person).order_by(User.name, User.id).limit(limit)
    if after is not None:
        last = select(User.name, User.id).where(User.id == after).subquery()
        question = question.where(tuple_(User.name, User.id) > tuple_(last.c.name, last.c.id))
    return list(db.session.scalars(question))


def count_clients_of(person: User) -> int:
    """How many clients a person may see."""
    return db.session.scalar(_visible_to(person).with_only_columns(func.count())) or 0


def is_storable(text: str) -> bool:
    """Whether a database can be asked for it at all: some do not even look for what they cannot hold."""
    try:
        storable_text(text)
    except ValueError:
        return False
    return True


def _whose(condition: ColumnElement[bool]) -> User | None:
    return db.session.scalar(select(User).where(condition))


def _visible_to(person: User) -> Select[User]:
    clients = select(User).where(User.role == Role.CLIENT)
    return clients if person.role == Role.ADMIN else clients.where(User.coach_id == person.id)
