"""When services and their keys were last seen: remembered in memory, stored now and then, because reading must not write."""

import threading
from datetime import datetime, timedelta

from rewards.kit import clock, sql
from rewards.kit.columns import time_text

# Whether a service is well is told in minutes; storing it more often would cost every call a write.
EVERY = timedelta(minutes=1)

KEY = "UPDATE api_keys SET last_used_at = ? WHERE key_hash = ? AND (last_used_at IS NULL OR last_used_at < ?)"
SERVICE = (
    "UPDATE services SET last_seen_at = ? WHERE id = (SELECT service_id FROM api_keys WHERE key_hash = ?)"
    " AND (last_seen_at IS NULL OR last_seen_at < ?)"
)


class Sightings:
    """What one process has noticed and not stored yet. By the hash of the key: an id could mean another key in another database."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._seen: dict[str, datetime] = {}
        self._stored_at: datetime | None = None

    def note(self, key_hash: str) -> None:
        """This key is used just now."""
        with self._gate:
            self._seen[key_hash] = clock.now()

    def store(self) -> int:
        """Write down what was noted, in the surrounding write block; how many keys have been seen since."""
        with self._gate:
            seen, self._seen, self._stored_at = self._seen, {}, clock.now()
        # In one order everywhere: two processes then cannot wait for each other in a circle.
        rows = [(time_text(at), key_hash, time_text(at)) for key_hash, at in sorted(seen.items())]
        sql.run_many(SERVICE, rows)
        return sql.run_many(KEY, rows)

    def store_if_due(self) -> None:
        """The same, at most once a minute, for whoever writes anyway."""
        if self._stored_at is None or not timedelta() <= clock.now() - self._stored_at < EVERY:
            self.store()


sightings = Sightings()
