"""Whether an event may be paid: caps by the person's own days and weeks, cooldown by the clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rewards.earning.compiling import CompiledActivity
from rewards.earning.occurring import Occurrence


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be paid in; or why there is none, and when there will be one."""

    # `inactive`, `cooldown`, `max_per_day`, `max_per_week`, or None: it is free.
    blocked: str | None = None
    # A short sentence for people.
    reason: str | None = None
    opens_at: datetime | None = None
    used: int = 0
    limit: int | None = None

    @property
    def capped(self) -> bool:
        """Whether a limit on how often blocked it."""
        return self.blocked in ("max_per_day", "max_per_week")


FREE = Slot()


def check_slot(
    *, activity: CompiledActivity | None, occurrence: Occurrence, paid_today: int, paid_this_week: int, paid_times: Sequence[datetime]
) -> Slot:
    """The slot of an event. What is not registered has no limits. `paid_times`: paid events of the activity around the moment."""
    if activity is None:
        return FREE
    if not activity.active:
        return Slot("inactive", "this activity is switched off")
    if activity.cooldown_hours and (too_close := _too_close(activity.cooldown_hours, occurrence.occurred_at, paid_times)):
        hours = activity.cooldown_hours
        reason = f"counts once every {hours} hours" if hours != 1 else "counts once an hour"
        return Slot("cooldown", reason, too_close + timedelta(hours=hours))
    if activity.max_per_day is not None and paid_today >= activity.max_per_day:
        reason = f"daily limit of {activity.max_per_day} reached"
        return Slot("max_per_day", reason, _midnight_after(occurrence, 1), paid_today, activity.max_per_day)
    if activity.max_per_week is not None and paid_this_week >= activity.max_per_week:
        reason = f"weekly limit of {activity.max_per_week} reached"
        days = 7 - occurrence.happened_on.weekday()
        return Slot("max_per_week", reason, _midnight_after(occurrence, days), paid_this_week, activity.max_per_week)
    if activity.max_per_day is not None:
        return Slot(used=paid_today, limit=activity.max_per_day)
    return Slot(used=paid_this_week, limit=activity.max_per_week) if activity.max_per_week is not None else FREE


def _too_close(hours: int, moment: datetime, paid_times: Sequence[datetime]) -> datetime | None:
    """The latest paid event that lies less than so many hours before or after."""
    reach = timedelta(hours=hours)
    return max((paid for paid in paid_times if abs(paid - moment) < reach), default=None)


def _midnight_after(occurrence: Occurrence, days: int) -> datetime:
    """When the person's own day begins, so many days on. A midnight that the clocks skip is the first moment after it."""
    return datetime.combine(occurrence.happened_on + timedelta(days=days), time(), occurrence.local_time.tzinfo)
