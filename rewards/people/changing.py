"""Changes what somebody may do or prove. Each renews their stamp, which ends every session that was opened before it."""

from sqlalchemy import func, select

from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.joining import new_stamp
from rewards.people.models import Role, Status, User
from rewards.people.passwords import HashedPassword


def change_password(*, user_id: int, password: HashedPassword) -> User:
    """From now on they sign in with this one. Raises NotFound."""
    user = _renewed(user_id)
    user.password_hash = password.text
    return user


def change_role(*, user_id: int, role: str) -> User:
    """Make them client, coach or admin. Raises Invalid, NotFound, Refused (`has_clients`)."""
    if role not in list(Role):
        raise Invalid.single("role", f"Choose one of {', '.join(Role)}.", role)
    user = _renewed(user_id)
    clients = db.session.scalar(select(func.count()).select_from(User).where(User.coach_id == user.id)) or 0
    if clients and role != Role.COACH:
        raise Refused("has_clients", f"{user.name} coaches {clients} people; give them another coach first.", clients=clients)
    user.role = role
    user.coach_id = user.coach_id if role == Role.CLIENT else None
    return user


def disable_user(*, user_id: int) -> User:
    """They can no longer sign in or earn; what they have stays theirs. Raises NotFound."""
    user = _renewed(user_id)
    user.status = Status.DISABLED
    return user


def enable_user(*, user_id: int) -> User:
    """They may sign in and earn again. Raises NotFound."""
    user = _renewed(user_id)
    user.status = Status.ACTIVE
    return user


def _renewed(user_id: int) -> User:
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    user.stamp = new_stamp()
    return user
