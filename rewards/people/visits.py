"""Remembers when sessions were last used, because reading a page must not write; a job stores it from time to time."""

import threading
from datetime import datetime, timedelta

# Nobody needs to know more exactly, and a busy browser costs nothing.
PRECISION = timedelta(minutes=1)

_gate = threading.Lock()
# By the hash of the session's token: an id could mean another session in another database.
_seen: dict[str, datetime] = {}


def note(token_hash: str, moment: datetime) -> None:
    """This session was used just now."""
    before = _seen.get(token_hash)
    if before is None or moment - before >= PRECISION:
        with _gate:
            _seen[token_hash] = moment


def last_seen(token_hash: str, stored: datetime) -> datetime:
    """When it was last used, as far as this process knows."""
    return max(stored, _seen.get(token_hash, stored))


def take() -> dict[str, datetime]:
    """All that was remembered, which is forgotten here."""
    with _gate:
        taken = dict(_seen)
        _seen.clear()
    return taken
