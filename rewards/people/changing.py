"""Changes what somebody may do or prove. Each of these renews their stamp, which ends every session and link from before it."""

from typing import Any

from sqlalchemy import func, select

from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.facts import PasswordChanged
from rewards.people.joining import new_stamp
from rewards.people.models import Role, Status, User
from rewards.people.passwords import HashedPassword


def change_password(*, user_id: int, password: HashedPassword, actor_id: int | None = None) -> User:
    """From now on they sign in with this one; they are signed out everywhere. Raises NotFound."""
    user = held_user(user_id)
    user.password_hash, user.stamp = password.text, new_stamp()
    record_deed(Done("password_changed", "user", user.id), actor_id=actor_id)
    announce([PasswordChanged(user.id, user.email)])
    return user


def change_role(*, user_id: int, role: str, actor_id: int | None = None, note: str = "") -> User:
    """Make them client, coach or admin. Raises Invalid, NotFound, Refused (`has_clients`, `last_admin`)."""
    if role not in list(Role):
        raise Invalid.single("role", f"Choose one of {', '.join(Role)}.", role)
    if role != Role.ADMIN:
        _keep_an_admin(user_id)
    user = held_user(user_id)
    clients = db.session.scalar(select(func.count()).select_from(User).where(User.coach_id == user.id)) or 0
    if clients and role != Role.COACH:
        raise Refused("has_clients", f"{user.name} coaches {clients} people; give them another coach first.", clients=clients)
    before = _place(user)
    user.role = role
    user.coach_id = user.coach_id if role == Role.CLIENT else None
    return _renewed(user, Done("role_changed", "user", user.id, before, _place(user), note), actor_id)


def disable_user(*, user_id: int, actor_id: int | None = None, note: str = "") -> User:
    """They can no longer sign in or earn; what they have stays theirs. Raises NotFound, Refused (`last_admin`)."""
    _keep_an_admin(user_id)
    user = held_user(user_id)
    before, user.status = user.status, Status.DISABLED
    return _renewed(user, Done("user_disabled", "user", user.id, {"status": before}, {"status": user.status}, note), actor_id)


def enable_user(*, user_id: int, actor_id: int | None = None, note: str = "") -> User:
    """They may sign in and earn again. Raises NotFound."""
    user = held_user(user_id)
    before, user.status = user.status, Status.ACTIVE
    return _renewed(user, Done("user_enabled", "user", user.id, {"status": before}, {"status": user.status}, note), actor_id)


def held_user(user_id: int) -> User:
    """Somebody, as they are now and until commit. Raises NotFound."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    return user


def _renewed(user: User, done: Done, actor_id: int | None) -> User:
    user.stamp = new_stamp()
    record_deed(done, actor_id=actor_id)
    return user


def _place(user: User) -> dict[str, Any]:
    return {"role": user.role, "coach_id": user.coach_id}


def _keep_an_admin(user_id: int) -> None:
    """Nobody could make another one from a page. Admins are held together, in order, so that the last two cannot leave at once."""
    admins = db.session.scalars(
        select(User).where(User.role == Role.ADMIN, User.status == Status.ACTIVE).order_by(User.id).with_for_update()
    ).all()
    if [admin.id for admin in admins] == [user_id]:
        raise Refused("last_admin", f"{admins[0].name} is the only admin; make somebody else one first.")
