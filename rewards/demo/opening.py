"""Opens the demonstration's desk: its programme and its people, as they stood on the first day of the story."""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from pathlib import Path

from rewards.demo.people import ADMIN, CLIENTS, COACHES, Staff
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.people.joining import add_user
from rewards.people.models import Role
from rewards.people.passwords import HashedPassword, hash_password
from rewards.people.queries import user_by_email
from rewards.people.zones import zone_named
from rewards.programme.changing import change_programme
from rewards.programme.kits import KITS, choose_kits
from rewards.programme.reading import read_programme

PROGRAMME = Path(__file__).with_name("programme.yaml")
DAYS = 90
WORDS = (
    *("amber", "birch", "cedar", "copper", "coral", "ember", "falcon", "fern", "garnet", "harbor", "hazel", "island", "jasper", "juniper"),
    *("lagoon", "lantern", "maple", "marble", "meadow", "morning", "nectar", "ocean", "olive", "orchard", "otter", "pebble", "quartz"),
    *("raven", "river", "saffron", "silver", "sparrow", "spruce", "summit", "thistle", "timber", "tulip", "velvet", "walnut", "willow"),
)


def demo_password(secret: str) -> str:
    """Four words that are the same at every run of one installation and at no other: a known password would open whatever is reachable."""
    digest = hmac.digest(secret.encode(), b"the password of the demonstration", hashlib.sha256)
    return "-".join(WORDS[number % len(WORDS)] for number in digest[:4])


def is_somebody_elses() -> bool:
    """Whether people work here for whom this is no demonstration."""
    with db.read():
        is_used = sql.value("SELECT 1 FROM users WHERE role = 'client' LIMIT 1") or sql.value("SELECT 1 FROM events LIMIT 1")
        return bool(is_used) and user_by_email(COACHES[0].email) is None


def open_desk(password: str) -> int:
    """Make the programme and the people, unless they are there; how many people were added. Who administers already goes on alone."""
    with db.read():
        if user_by_email(COACHES[0].email):
            return 0
    # Everybody has the same one, and hashing it is slow on purpose.
    hashed = hash_password(password)
    first_day = clock.now() - timedelta(days=DAYS)
    with db.write():
        # Where somebody set the desk up before, its programme has a history that goes on from there.
        is_set_up = bool(sql.value("SELECT 1 FROM users WHERE role = 'admin' LIMIT 1"))
        with nullcontext() if is_set_up else clock.imagined_at(first_day):
            choose_kits(names=KITS, actor_id=None)
            document = read_programme(PROGRAMME.read_bytes(), name=PROGRAMME.name)
            change_programme(document=document, actor_id=None, note="The demonstration")
        with clock.imagined_at(first_day):
            return _add_people(COACHES if is_set_up else (ADMIN, *COACHES), hashed, first_day)


def first_day() -> date:
    """The first day of the story that is told here."""
    with db.read():
        coach = user_by_email(COACHES[0].email)
        return coach.joined_on if coach else clock.now().date()


def client_ids() -> dict[str, int]:
    """The clients of the story, by their addresses."""
    emails = [client.email for client in CLIENTS]
    return dict(sql.rows(f"SELECT email, id FROM users WHERE email IN ({sql.marks(emails)})", emails))


def _add_people(staff: Sequence[Staff], hashed: HashedPassword, begun_at: datetime) -> int:
    day = begun_at.date()
    coaches = {}
    for person in staff:
        user = add_user(email=person.email, name=person.name, role=person.role, timezone=person.timezone, joined_on=day, password=hashed)
        coaches[person.email] = user.id
    for client in CLIENTS:
        joined_on = day + timedelta(days=client.joins)
        with clock.imagined_at(min(datetime.combine(joined_on, time(6), zone_named(client.timezone)), begun_at + timedelta(days=DAYS))):
            add_user(
                email=client.email,
                name=client.name,
                role=Role.CLIENT,
                timezone=client.timezone,
                joined_on=joined_on,
                coach_id=coaches[client.coach],
                password=hashed,
            )
    return len(coaches) + len(CLIENTS)
