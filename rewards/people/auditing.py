"""Keeps the record of who changed what: one entry beside each change, in its own transaction, so that neither stands without the other.

Names and addresses of people stay out of it: an entry is kept for ever, and people may ask to be forgotten.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.surroundings import surroundings

ENTRY = (
    "INSERT INTO audit_entries (at, actor_id, action, object_kind, object_id, before, after, note, place, caller, request_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Done(NamedTuple):
    """Something that was done to one thing. `before` is None for what is new, `after` for what is gone; a mere deed has neither."""

    action: str
    object_kind: str
    object_id: object
    before: Any = None
    after: Any = None
    note: str = ""


def record_deed(done: Done, *, actor_id: int | None) -> None:
    """Keep one entry. The place, the system that asked and the request come from what surrounds us."""
    record_deeds([done], actor_id=actor_id)


def record_deeds(deeds: Iterable[Done], *, actor_id: int | None) -> None:
    """Keep an entry for each deed of one change."""
    here, now = surroundings(), time_text(clock.now())
    origin = (here.place, here.caller, here.request_id)
    sql.run_many(
        ENTRY,
        [
            (now, actor_id, done.action, done.object_kind, str(done.object_id), _text(done.before), _text(done.after), done.note, *origin)
            for done in deeds
        ],
    )


def masked(email: str) -> str:
    """So much of an address that its owner recognises it: `a…@example.com`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def _text(document: Any) -> str | None:
    return None if document is None else documents.canonical(document)
