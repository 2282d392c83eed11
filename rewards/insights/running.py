"""How the house itself is doing: whether somebody keeps the timetable, what waits, what failed, and which systems fell silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rewards.integrations.overview import LATE_FOR
from rewards.kit import sql
from rewards.kit.columns import time_from_text, time_text

# The leader says every minute that it is there.
LEADER_SILENT_AFTER = timedelta(minutes=3)
# What waits is worked on every second; what waits longer than this does not move.
WAITING_TOO_LONG = timedelta(minutes=1)
# An index that leaves out what is done is used only where its own condition is repeated.
QUESTION = (
    "SELECT (SELECT seen_at FROM job_leaders WHERE id = 1),"
    " (SELECT count(*) FROM events WHERE state IN ('queued', 'retrying') AND state <> 'processed'),"
    " (SELECT min(received_at) FROM events WHERE state IN ('queued', 'retrying') AND state <> 'processed'),"
    " (SELECT count(*) FROM events WHERE state = 'dead' AND state <> 'processed'),"
    " (SELECT count(*) FROM mails WHERE state = 'dead'),"
    " (SELECT count(*) FROM services WHERE last_seen_at < ?)"
)


@dataclass(frozen=True, slots=True)
class Running:
    """The house at one moment."""

    at: datetime
    leader_seen_at: datetime | None
    waiting: int
    oldest_at: datetime | None
    dead_events: int
    dead_mails: int
    silent_services: int

    @property
    def has_leader(self) -> bool:
        """Whether some process runs the timetable."""
        return self.leader_seen_at is not None and self.at - self.leader_seen_at < LEADER_SILENT_AFTER

    @property
    def is_stuck(self) -> bool:
        """Whether something waits longer than it should."""
        return self.oldest_at is not None and self.at - self.oldest_at > WAITING_TOO_LONG

    @property
    def is_well(self) -> bool:
        """Whether nobody need look at anything."""
        return self.has_leader and not (self.is_stuck or self.dead_events or self.dead_mails or self.silent_services)


def running_at(now: datetime) -> Running:
    """How things are; one question."""
    seen_at, waiting, oldest_at, *counts = sql.rows(QUESTION, (time_text(now - LATE_FOR),))[0]
    seen, oldest = (time_from_text(at) if at else None for at in (seen_at, oldest_at))
    return Running(now, seen, int(waiting), oldest, *map(int, counts))
