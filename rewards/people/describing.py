"""Changes how somebody is called, spoken to and looked after. Nothing here ends a session."""

from collections.abc import Iterable

from sqlalchemy import select

from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.people.auditing import Done, record_deed, record_deeds
from rewards.people.changing import held_user
from rewards.people.joining import check_locale, check_name, check_place
from rewards.people.models import User


def change_profile(*, user_id: int, name: str | None = None, locale: str | None = None, actor_id: int | None) -> User:
    """Another name or language; None leaves it as it is. Raises NotFound, Invalid."""
    user = held_user(user_id)
    wanted = {"name": check_name(name) if name is not None else user.name, "locale": check_locale(locale) if locale else user.locale}
    changed = [column for column, value in wanted.items() if getattr(user, column) != value]
    user.name, user.locale = wanted["name"], wanted["locale"]
    if changed:
        db.session.flush()
        record_deed(Done("profile_changed", "user", user.id, after={"changed": changed}), actor_id=actor_id)
    return user


def reassign_coach(*, user_id: int, coach_id: int | None, actor_id: int | None, note: str = "") -> User:
    """Another coach, or none, looks after this client. Raises NotFound, Invalid."""
    user = held_user(user_id)
    if problems := check_place(user.role, coach_id):
        raise Invalid(problems)
    if coach_id != user.coach_id:
        before, user.coach_id = user.coach_id, coach_id
        db.session.flush()
        record_deed(Done("coach_changed", "user", user.id, {"coach_id": before}, {"coach_id": coach_id}, note), actor_id=actor_id)
    return user


def hand_over_clients(*, coach_id: int, new_coach_id: int | None, actor_id: int | None, note: str = "") -> int:
    """Everybody whom one coach looks after goes to another, or to none; how many. Raises Invalid."""
    if problems := check_place("client", new_coach_id):
        raise Invalid(problems)
    if new_coach_id == coach_id:
        raise Invalid.single("coach", "Choose somebody else.", new_coach_id)
    clients = db.session.scalars(select(User).where(User.coach_id == coach_id).order_by(User.id).with_for_update()).all()
    for client in clients:
        client.coach_id = new_coach_id
    db.session.flush()
    record_deeds(_handed_over(clients, coach_id, new_coach_id, note), actor_id=actor_id)
    return len(clients)


def _handed_over(clients: Iterable[User], before: int, after: int | None, note: str) -> list[Done]:
    return [Done("coach_changed", "user", client.id, {"coach_id": before}, {"coach_id": after}, note) for client in clients]
