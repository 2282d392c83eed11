"""What people agree to: the texts, each with its version, and the record of who agreed to which and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem
from rewards.people.models import Consent


@dataclass(frozen=True, slots=True)
class ConsentText:
    """Something to agree to. Another wording is another version."""

    key: str
    version: str
    text: str
    # Nobody can join without it.
    is_required: bool = False


TEXTS = (
    ConsentText("records", "1", "What I log here is kept, and seen by my coach, so that it can be counted and rewarded.", is_required=True),
    ConsentText("news", "1", "I may be told about new rewards and campaigns by e-mail."),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said last about one text: yes, no, or nothing yet."""

    text: ConsentText
    is_given: bool
    # The version they spoke of; another than the text's own asks to be read again.
    version: str | None
    at: datetime | None


def check_consents(given: Iterable[str]) -> None:
    """Raise Invalid where a required text is not among those agreed to."""
    agreed = set(given)
    missing = [
        Problem(f"consent_{text.key}", "This one is needed to join.") for text in TEXTS if text.is_required and text.key not in agreed
    ]
    if missing:
        raise Invalid(missing)


def record_consents(*, user_id: int, given: Iterable[str]) -> None:
    """They agree to these texts as they stand, and to no other; what did not change is not said again."""
    agreed, now = set(given), clock.now()
    for said in consents_of(user_id):
        wanted = said.text.key in agreed
        if wanted != said.is_given or (wanted and said.version != said.text.version):
            db.session.add(Consent(user_id=user_id, key=said.text.key, version=said.text.version, given=wanted, at=now))
    db.session.flush()


def consents_of(user_id: int) -> list[Said]:
    """What somebody said last, text by text."""
    rows = db.session.scalars(select(Consent).where(Consent.user_id == user_id).order_by(Consent.id))
    last = {row.key: row for row in rows}
    return [
        Said(text, found.given, found.version, found.at) if (found := last.get(text.key)) else Said(text, False, None, None)
        for text in TEXTS
    ]
