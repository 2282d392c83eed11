"""The fixed cast: ada earns, bo coaches Ada, cy is a stranger, dee administers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from rewards.kit.database import db
from rewards.people.models import Role, User


@dataclass(frozen=True)
class Cast:
    """Their ids."""

    ada: int
    bo: int
    cy: int
    dee: int


def user(name: str, role: Role, *, coach_id: int | None = None, timezone: str = "Europe/Berlin", joined_on: date = date(2026, 1, 1)) -> int:
    """A person without a password; their id. Inside a write block."""
    person = User(
        email=f"{name}@example.com",
        name=name.title(),
        role=role,
        coach_id=coach_id,
        timezone=timezone,
        joined_on=joined_on,
        stamp=name,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        tags=[],
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def gather() -> Cast:
    """Everybody, in a database that has none of them. Inside a write block."""
    bo = user("bo", Role.COACH)
    return Cast(ada=user("ada", Role.CLIENT, coach_id=bo), bo=bo, cy=user("cy", Role.CLIENT), dee=user("dee", Role.ADMIN))
