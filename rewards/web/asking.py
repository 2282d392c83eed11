"""What the address of a list asks for: whose, and from when until when. What cannot be understood is said."""

from collections.abc import Mapping
from datetime import date

from rewards.kit.errors import NotFound
from rewards.people.models import User
from rewards.people.queries import resolve_user, user_by_email

NOBODY = "Nobody is known by this. Enter an e-mail address, an id, or ext: and the other system's id."


def person_asked_for(text: str, problems: dict[str, str]) -> User | None:
    """Whose: by address, by id, or by another system's id."""
    text = text.strip()
    if not text:
        return None
    try:
        found = user_by_email(text) if "@" in text and not text.startswith("ext:") else resolve_user(text)
    except NotFound:
        found = None
    if found is None:
        problems["person"] = NOBODY
    return found


def day_asked_for(asked: Mapping[str, str], name: str, problems: dict[str, str]) -> date | None:
    """A day written 2026-03-14; None where nothing is asked."""
    try:
        return date.fromisoformat(asked[name]) if asked.get(name) else None
    except ValueError:
        problems[name] = "Enter a day such as 2026-03-14."
        return None
