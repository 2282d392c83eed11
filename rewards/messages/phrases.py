"""What the texts of mails are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rewards.activities.registry import registry_in_force
from rewards.kit.installation import settings_in_force
from rewards.people.models import Role, User
from rewards.people.zones import zone_named

UNASKED = "If you did not ask for this, you need not do anything."


@dataclass(frozen=True, slots=True)
class Worded:
    """A mail in words. `about` is what is to be remembered for another try."""

    subject: str
    text: str
    about: Mapping[str, Any] = field(default_factory=dict)


def programme_name() -> str:
    """What the programme is called, on one line."""
    return line(registry_in_force().settings.name)


def line(text: str) -> str:
    """Whatever it says, on one line."""
    return " ".join(text.split())


def hello(name: str | None) -> str:
    """The first line."""
    return f"Hello {name}," if name else "Hello,"


def address(page: str, token: str) -> str:
    """A link that is somebody's own."""
    return f"{settings_in_force().base_url}/{page}/{token}"


def desk_of(reader: User) -> str:
    """Where somebody's own pages begin."""
    return f"{settings_in_force().base_url}/{reader.role}"


def unwanted(reader: User) -> str:
    """Where such mails are switched off."""
    settings = f"{desk_of(reader)}/{'account' if reader.role == Role.ADMIN else 'settings'}"
    return f"When such mails come, and whether, is yours to say in your settings: {settings}"


def day(moment: datetime, timezone: str) -> str:
    """A moment in a zone, and in which."""
    local = moment.astimezone(zone_named(timezone))
    return f"{local.day} {local:%B %Y, %H:%M} ({timezone})"


def text(*paragraphs: str) -> str:
    """A whole mail."""
    return "\n\n".join([*paragraphs, f"{programme_name()}\n{settings_in_force().base_url}"]) + "\n"
