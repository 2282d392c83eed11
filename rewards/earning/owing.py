"""Streak bonuses after a day is gone: what its run is owed now, and what of that it has been paid.

A run that grows takes nothing back, and neither does one that merges with another. A run that an undo shortens or parts is owed less:
the bonuses that no run owes any more fall, the latest first, and those that belonged to the missing day itself. Where a part
that is left is owed one that was paid on the missing day, it is paid anew on that part's last day, so that every run has what it is owed,
exactly as if the missing day had never been.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from rewards.activities.identities import activity_ids
from rewards.earning.in_force import programme_at
from rewards.earning.reopening import carry_out, settling_of
from rewards.earning.settling import STREAK_BONUSES
from rewards.earning.unmaking import Made, Unmaking, events_made
from rewards.earning.writing import Bonus
from rewards.kit import sql
from rewards.streaks.running import DAY, Span

# Paid in a row that the day belonged to, by the activity whose row it was.
PAID_FOR = (
    "e.state = 'processed' AND e.activity_id = ? AND e.happened_on BETWEEN ? AND ?"
    " AND EXISTS (SELECT 1 FROM events c WHERE c.id = e.cause_id AND c.activity_id = ?)"
)


def span_around(day: date, days: AbstractSet[date]) -> tuple[date, date]:
    """The first and the last day of the run that the day belongs to, or would join."""
    first = last = day
    while first - DAY in days:
        first -= DAY
    while last + DAY in days:
        last += DAY
    return first, last


def runs_in(first: date, last: date, days: AbstractSet[date]) -> Iterator[tuple[date, date]]:
    """The runs that are left between two days."""
    day = first
    while day <= last:
        if day in days:
            _, end = span_around(day, days)
            yield day, end
            day = end
        day += DAY


def withdraw_streak_bonuses(unmaking: Unmaking, event: Made, span: tuple[date, date], days: AbstractSet[date]) -> None:
    """Take back what no run between these days owes any more. `days`: those that are left."""
    for key, length in STREAK_BONUSES:
        bonus_id = activity_ids([key])[key]
        paid = events_made(unmaking.person.id, PAID_FOR, (bonus_id, span[0].isoformat(), span[1].isoformat(), event.activity_id))
        kept: set[int] = set()
        for first, last in runs_in(*span, days):
            inside = sorted((one for one in paid if first <= one.day <= last), key=lambda one: (one.day, one.id))
            kept |= {one.id for one in inside[: ((last - first).days + 1) // length]}
        for one in paid:
            if one.id not in kept:
                unmaking.withdraw(one, frees_its_key=True)


def pay_missing_streak_bonuses(unmaking: Unmaking, event: Made, span: tuple[date, date], days: AbstractSet[date]) -> None:
    """Pay what a part that is left is owed, under the stamp of its last day."""
    for first, last in runs_in(*span, days):
        which = "e.state = 'processed' AND e.activity_id = ? AND e.happened_on = ?"
        last_event = events_made(unmaking.person.id, which, (event.activity_id, last.isoformat()))[0]
        settings = programme_at(last_event.version_id).settings
        if settings.streak_activity == event.activity:
            _pay(unmaking, last_event, Span(first, last, grew=True, joined=True))


def _pay(unmaking: Unmaking, last_event: Made, span: Span) -> None:
    activities = programme_at(last_event.version_id).activities
    for key, length in STREAK_BONUSES:
        activity, owed = activities.get(key), span.days // length
        if activity is None or not activity.active or not owed:
            continue
        bonus_id = activity_ids([key])[key]
        question = "SELECT coalesce(sum(paid), 0) FROM daily_activity WHERE user_id = ? AND activity_id = ? AND day BETWEEN ? AND ?"
        paid = int(sql.value(question, (unmaking.person.id, bonus_id, span.first.isoformat(), span.last.isoformat())))
        for ordinal in range(paid + 1, owed + 1):
            settling = settling_of(unmaking, last_event.id)
            why = {"run_began_on": span.first.isoformat(), "days": ordinal * length}
            named = f"{key}:{last_event.id}:{ordinal}:after:{unmaking.event_id}"
            settling.pay_bonus(Bonus(bonus_id, key, named, activity.base, why), "streak", {"activity": key})
            carry_out(unmaking, settling)
