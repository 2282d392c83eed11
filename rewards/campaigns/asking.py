"""What somebody asks to join a waitlist with, read and checked; of where they come from no more than marks."""

from dataclasses import dataclass
from datetime import datetime

from rewards.campaigns.mailboxes import mailbox_of
from rewards.campaigns.origins import device_mark, network_mark
from rewards.kit import clock
from rewards.kit.errors import Invalid
from rewards.kit.values import storable_text
from rewards.people.joining import check_email, check_name

SOURCE_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is about to join."""

    # As it was written, to write to; folded, to know it again; and the mailbox behind it.
    email: str
    address: str
    mailbox: str
    name: str
    source: str
    network: str
    device: str
    # What they agreed to; empty where nothing was asked.
    consent: str
    joined_at: datetime
    # Whoever asks vouches for the address.
    trusted: bool


def read_asked(
    email: str, *, name: str, source: str, network: str, device: str, consent: str, joined_at: datetime | None, trusted: bool
) -> Asked:
    """Somebody from what was sent. Raises Invalid."""
    address = check_email(email)
    return Asked(
        email=email.strip(),
        address=address,
        mailbox=mailbox_of(address),
        name=check_name(name) if name.strip() else "",
        source=_source(source),
        network=network_mark(network),
        device=device_mark(device),
        consent=consent,
        joined_at=_moment(joined_at),
        trusted=trusted,
    )


def _moment(joined_at: datetime | None) -> datetime:
    now = clock.now()
    if joined_at is not None and joined_at > now:
        raise Invalid.single("joined_at", "a moment that is not in the future is expected", joined_at.isoformat())
    return joined_at or now


def _source(source: str) -> str:
    """A name to count by; what cannot be one is as good as none."""
    try:
        return storable_text(" ".join(source.split()))[:SOURCE_LENGTH_MAX]
    except ValueError:
        return ""
