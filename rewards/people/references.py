"""How other systems name clients: by our id (`17`) or by theirs (`ext:abc`). They see every client of the installation, and no staff."""

from collections.abc import Iterable

from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.values import storable_text
from rewards.people.models import Role, User
from rewards.people.queries import EXTERNAL, ID, resolve_user


def client_named(reference: str) -> User:
    """The client that a reference stands for. Raises NotFound."""
    user = resolve_user(reference) if _is_storable(reference) else None
    if user is None or user.role != Role.CLIENT:
        raise NotFound(f"user {reference}")
    return user


def client_id_named(reference: str) -> int:
    """The same, where nothing else of them is wanted. Raises NotFound."""
    found = client_ids([reference]).get(reference)
    if found is None:
        raise NotFound(f"user {reference}")
    return found


def client_ids(references: Iterable[str]) -> dict[str, int]:
    """The ids of the clients among these references; in a write block they are held until commit, in the order of their ids."""
    wanted = {reference for reference in references if _is_storable(reference)}
    ids = [int(reference) for reference in wanted if ID.fullmatch(reference)]
    theirs = [reference.removeprefix(EXTERNAL) for reference in wanted if reference.startswith(EXTERNAL)]
    conditions = [f"{column} IN ({sql.marks(values)})" for column, values in (("id", ids), ("external_id", theirs)) if values]
    if not conditions:
        return {}
    lock = sql.lock_clause() if db.is_writing else ""
    question = f"SELECT id, external_id FROM users WHERE ({' OR '.join(conditions)}) AND role = ? ORDER BY id{lock}"
    rows = sql.rows(question, (*ids, *theirs, Role.CLIENT))
    named = {str(user_id): user_id for user_id, _ in rows} | {EXTERNAL + theirs: user_id for user_id, theirs in rows if theirs is not None}
    return {reference: named[reference] for reference in wanted if reference in named}


def _is_storable(reference: str) -> bool:
    """Whether a database can be asked for it at all."""
    try:
        storable_text(reference)
    except ValueError:
        return False
    return True
