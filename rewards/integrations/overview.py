"""What an admin sees of other systems: how they are, and the keys they were given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from rewards.integrations.models import ApiKey, Service
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import User

HEALTHY_FOR = timedelta(minutes=5)
LATE_FOR = timedelta(hours=1)
# A key that nobody used for so long may be forgotten somewhere.
IDLE_AFTER = timedelta(days=90)


class Health(StrEnum):
    """How long ago a service was heard of."""

    HEALTHY = "Healthy"
    LATE = "Late"
    DOWN = "Down"
    NEW = "New"


@dataclass(frozen=True, slots=True)
class ListedService:
    """A service and how many of its keys are good."""

    service: Service
    health: Health
    keys: int


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key, whose it is and who made it."""

    key: ApiKey
    service: Service
    made_by: str | None
    state: str
    is_idle: bool


def health_of(service: Service, now: datetime) -> Health:
    """From when it was last seen; one that was never seen is new, not down."""
    if service.last_seen_at is None:
        return Health.NEW
    silent = now - service.last_seen_at
    return Health.HEALTHY if silent < HEALTHY_FOR else Health.LATE if silent < LATE_FOR else Health.DOWN


def all_services(now: datetime) -> list[ListedService]:
    """Every service, by name."""
    is_good = ApiKey.revoked_at.is_(None) & (ApiKey.expires_at.is_(None) | (ApiKey.expires_at > now))
    counted = db.session.execute(select(ApiKey.service_id, func.count().label("keys")).where(is_good).group_by(ApiKey.service_id))
    good = {row.service_id: row.keys for row in counted}
    services = db.session.scalars(select(Service).order_by(Service.name, Service.id))
    return [ListedService(service, health_of(service, now), good.get(service.id, 0)) for service in services]


def all_keys(now: datetime) -> list[ListedKey]:
    """Every key: the good ones first, the newest of them first."""
    question = (
        select(ApiKey, Service, User.name)
        .join(Service, Service.id == ApiKey.service_id)
        .outerjoin(User, User.id == ApiKey.created_by)
        .order_by(ApiKey.id.desc())
    )
    listed = [_listed(key, service, made_by, now) for key, service, made_by in db.session.execute(question)]
    return sorted(listed, key=lambda one: one.state != "Active")


def key_of(key_id: int, now: datetime) -> ListedKey:
    """One key. Raises NotFound."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"key {key_id}")
    service = db.session.get_one(Service, key.service_id)
    made_by = db.session.get(User, key.created_by) if key.created_by else None
    return _listed(key, service, made_by.name if made_by else None, now)


def _listed(key: ApiKey, service: Service, made_by: str | None, now: datetime) -> ListedKey:
    state = "Revoked" if key.revoked_at else "Active" if key.is_good(now) else "Expired"
    is_idle = state == "Active" and now - (key.last_used_at or key.created_at) >= IDLE_AFTER
    return ListedKey(key, service, made_by, state, is_idle)
