"""How often something happens, in UTC. Each time has its slot, so that a late run is still the run for that time."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, counted from the epoch: every process finds the same slots."""

    period: timedelta

    @property
    def is_frequent(self) -> bool:
        """Too often for a record of each run."""
        return self.period < MINUTE

    def latest(self, now: datetime) -> datetime:
        """The slot that `now` belongs to."""
        return EPOCH + (now - EPOCH) // self.period * self.period

    def trigger(self) -> IntervalTrigger:
        """What wakes the scheduler."""
        return IntervalTrigger(seconds=self.period.total_seconds(), start_date=EPOCH, timezone=UTC)

    def told(self) -> str:
        """In words."""
        seconds = int(self.period.total_seconds())
        for unit, size in (("hour", 3600), ("minute", 60)):
            if seconds % size == 0:
                return f"every {unit}" if seconds == size else f"every {seconds // size} {unit}s"
        return "every second" if seconds == 1 else f"every {seconds} seconds"


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day."""

    at: time

    @property
    def is_frequent(self) -> bool:
        """Never."""
        return False

    def latest(self, now: datetime) -> datetime:
        """The slot that `now` belongs to: today's, or yesterday's while today's is still to come."""
        today = datetime.combine(now.astimezone(UTC).date(), self.at, UTC)
        return today if today <= now else today - timedelta(days=1)

    def trigger(self) -> CronTrigger:
        """What wakes the scheduler."""
        return CronTrigger(hour=self.at.hour, minute=self.at.minute, timezone=UTC)

    def told(self) -> str:
        """In words."""
        return f"daily at {self.at:%H:%M} UTC"


Cadence = Every | Daily
