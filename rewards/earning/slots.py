"""Whether an event may be paid: caps by the person's own days and weeks, cooldown by the clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from rewards.earning.compiled import CompiledActivity
from rewards.earning.occurring import Occurrence

CAPS = ("max_per_day", "max_per_week")
# After somebody moves to another zone, one day must not become two: paid events so close count to the same day.
MOVE_GUARD = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be paid in; or why there is none, and when there will be one."""

    # `inactive`, `cooldown`, `max_per_day`, `max_per_week`, or None: it is free.
    blocked: str | None = None
    # A short sentence for people.
    reason: str | None = None
    # In UTC; None where nobody knows.
    opens_at: datetime | None = None
    # Of the limit that blocked it, or else of the first one there is.
    used: int = 0
    limit: int | None = None

    @property
    def capped(self) -> bool:
        """Whether a limit on how often blocked it."""
        return self.blocked in CAPS


FREE = Slot()
INACTIVE = Slot("inactive", "this activity is switched off")


def check_slot(
    *,
    activity: CompiledActivity | None,
    occurrence: Occurrence,
    paid_today: int,
    paid_this_week: int,
    paid_times: Sequence[datetime],
    paid_across_a_move: Sequence[tuple[datetime, date]] = (),
) -> Slot:
    """The slot of an event. What is not registered has no limits.

    `paid_times`: paid events of the activity around the moment. `paid_across_a_move`: those in another zone that a move has put so close
    that they count to the same day, each with the day it was there.
    """
    if activity is None:
        return FREE
    if not activity.active:
        return INACTIVE
    checks = (
        _cooldown(activity.cooldown_hours, occurrence.occurred_at, paid_times),
        _daily_cap(activity.max_per_day, paid_today, paid_across_a_move, occurrence),
        _weekly_cap(activity.max_per_week, paid_this_week, occurrence),
    )
    closed = [slot for slot in checks if slot]
    if closed:
        # The first gives the reason, but a slot opens only when nothing blocks it any more.
        return replace(closed[0], opens_at=max(slot.opens_at for slot in closed if slot.opens_at))
    if activity.max_per_day is not None:
        return Slot(used=paid_today + len(_apart(paid_across_a_move, occurrence)), limit=activity.max_per_day)
    return Slot(used=paid_this_week, limit=activity.max_per_week) if activity.max_per_week is not None else FREE


def _cooldown(hours: int | None, moment: datetime, paid_times: Sequence[datetime]) -> Slot | None:
    if hours is None or not paid_times:
        return None
    reach = timedelta(hours=hours)
    # In UTC: the difference of two times in one zone would be that of their clock faces, an hour wrong across a change of the clocks.
    moment = moment.astimezone(UTC)
    near = [paid for paid in (paid.astimezone(UTC) for paid in paid_times) if abs(paid - moment) < reach]
    reason = "counts once every hour" if hours == 1 else f"counts once every {hours} hours"
    return Slot("cooldown", reason, max(near) + reach) if near else None


def _apart(moved: Sequence[tuple[datetime, date]], occurrence: Occurrence) -> list[datetime]:
    """Those that were on another day there; the others are among what today has paid."""
    return [moment for moment, day in moved if day != occurrence.happened_on]


def _daily_cap(limit: int | None, paid_today: int, moved: Sequence[tuple[datetime, date]], occurrence: Occurrence) -> Slot | None:
    used = paid_today + len(_apart(moved, occurrence))
    if limit is None or used < limit:
        return None
    return Slot("max_per_day", f"daily limit of {limit} reached", _day_opens(limit, paid_today, moved, occurrence), used, limit)


def _weekly_cap(limit: int | None, used: int, occurrence: Occurrence) -> Slot | None:
    if limit is None or used < limit:
        return None
    opens_at = _day_begins(occurrence, 7 - occurrence.happened_on.weekday())
    return Slot("max_per_week", f"weekly limit of {limit} reached", opens_at, used, limit)


def _day_opens(limit: int, paid_today: int, moved: Sequence[tuple[datetime, date]], occurrence: Occurrence) -> datetime:
    midnight = _day_begins(occurrence, 1)
    # Around a move, a day may open before its midnight or only after it. The last of these moments is far enough from everything.
    moments = sorted({midnight, *((paid + MOVE_GUARD).astimezone(UTC) for paid, _ in moved)})
    for moment in moments[:-1]:
        is_today = moment < midnight
        near = _apart(moved, occurrence) if is_today else [paid for paid, _ in moved]
        used = (paid_today if is_today else 0) + sum(abs(paid - moment) < MOVE_GUARD for paid in near)
        if moment > occurrence.occurred_at and used < limit:
            return moment
    return moments[-1]


def _day_begins(occurrence: Occurrence, days: int) -> datetime:
    """When the person's own day begins, so many days on. Where the clocks skip its midnight, that is the first moment after it."""
    return datetime.combine(occurrence.happened_on + timedelta(days=days), time(), occurrence.local_time.tzinfo).astimezone(UTC)
