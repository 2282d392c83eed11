"""Writes one mail a day about everything that waits, for those who chose that over a mail each time."""

from collections.abc import Iterator
from datetime import time

from sqlalchemy import select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.messages.wording import Kind
from rewards.messages.writing import write_mail
from rewards.people.models import Role, Status, User
from rewards.people.preferences import preferences_of
from rewards.people.zones import zone_named
from rewards.shop.queries import waiting_for

# Theirs: a mail at night is read in the morning at the earliest.
MORNING = time(7)


def write_digests() -> int:
    """For each reader whose morning has come and for whom something waits, the mail of their day; how many are new."""
    written = 0
    for reader in _readers():
        local = clock.now().astimezone(zone_named(reader.timezone))
        if local.time() >= MORNING and waiting_for(reader):
            key = f"digest-{reader.id}-{local.date()}"
            written += write_mail(kind=Kind.DIGEST, recipient=reader.email, about={"reader_id": reader.id}, key=key)
    return written


def _readers() -> Iterator[User]:
    staff = select(User).where(User.role != Role.CLIENT, User.status == Status.ACTIVE, User.preferences.is_not(None)).order_by(User.id)
    return (person for person in db.session.scalars(staff) if preferences_of(person).redemption_mail == "daily")
