"""Undoes an event and everything that came of it, by reversing transfers; what came later keeps its amounts, and redemptions stand.

What was booked by hand, and bonuses, are not undone here: the first are reversed in the ledger, the others go with what they follow from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from rewards.activities.definitions import current_version
from rewards.activities.listing import EventLine, event_seen_by
from rewards.activities.models import State
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, RESERVED
from rewards.earning.facts import EventUndone
from rewards.earning.in_force import programme_at
from rewards.earning.numbering import take_turn
from rewards.earning.owing import pay_missing_streak_bonuses, span_around, withdraw_streak_bonuses
from rewards.earning.readmitting import count_again, readmit, settle_again
from rewards.earning.refinding import withdraw_lost_unlocks
from rewards.earning.unmaking import Made, Unmaking, events_made
from rewards.earning.week_streaks import WholeWeek
from rewards.kit import clock, documents, sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import lock_people
from rewards.people.models import Role, User
from rewards.streaks.running import monday_of

# So long a client may undo what they logged themselves.
WINDOW = timedelta(minutes=10)
REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo came to: by how much each balance changed in all, and what else changed with it."""

    event_id: int
    user_id: int
    changes: Mapping[str, int]
    # The keys of the achievements that it took back.
    withdrawn: tuple[str, ...]
    # The events that came into the slot it freed.
    admitted: tuple[int, ...]
    # What had been spent already, and was made up for from what the house has written off.
    made_up: Mapping[str, int]


def undo_event(*, event_id: int, actor: User, reason: str = "") -> Undone:
    """Undo an event, once; a second time answers as the first. In the surrounding write block.

    A client undoes what they logged in the last ten minutes, if nothing of it is spent; staff undo with a reason, whatever is spent.
    Raises NotFound, Invalid, Refused (`too_late`, `not_by_you`, `spent` with the gap, `by_hand`, `follows`).
    """
    event = event_seen_by(actor, event_id)
    lock_people([event.user_id])
    by_staff = actor.role != Role.CLIENT
    if sql.value("SELECT state FROM events WHERE id = ?", (event_id,)) != State.UNDONE:
        _check(event, actor, reason.strip())
    return take_back(event_id=event_id, actor_id=actor.id, by_staff=by_staff, reason=reason.strip())


class Undoable(Protocol):
    """As much of an event as tells whether somebody may undo it."""

    @property
    def activity(self) -> str:
        """Its activity's key."""

    @property
    def actor_id(self) -> int | None:
        """Who recorded it."""

    @property
    def cause_id(self) -> int | None:
        """What it follows from."""

    @property
    def received_at(self) -> datetime:
        """When it came in."""


def why_not_by(event: Undoable, actor: User) -> Refused | None:
    """Why somebody cannot undo an event, whatever its amounts; None where they can try."""
    if event.activity in RESERVED:
        if event.activity == ACHIEVEMENT_UNLOCKED.key:
            way_out = "undo the event that unlocked it, or reverse its transfers in the ledger."
            return Refused("follows", f"It came with an achievement: {way_out}")
        return Refused("by_hand", "It was booked by hand: reverse its transfers in the ledger instead.")
    if event.cause_id is not None:
        return Refused("follows", f"It follows from event {event.cause_id}: undo that one, or reverse its transfers in the ledger.")
    if actor.role == Role.CLIENT:
        if event.actor_id != actor.id:
            return Refused("not_by_you", "You did not log this yourself. Your coach can undo it.")
        if clock.now() - event.received_at > WINDOW:
            return Refused("too_late", "This could be undone for 10 minutes. Your coach can still undo it.")
    return None


def foresee_undo(*, event_id: int, actor_id: int) -> Undone:
    """What an undo by staff would come to: it is done, and given up again. Takes a write block of its own. Raises NotFound."""
    foreseen: list[Undone] = []
    try:
        with db.write():
            foreseen.append(take_back(event_id=event_id, actor_id=actor_id, by_staff=True, reason=""))
            raise _Enough
    except _Enough:
        pass
    return foreseen[0]


class _Enough(Exception):
    """What is known by now need not stay."""


def take_back(*, event_id: int, actor_id: int | None, by_staff: bool, reason: str) -> Undone:
    """The undoing itself, whoever may ask for it. Raises NotFound, Refused (`spent`, only where it is not `by_staff`)."""
    user_id = sql.value("SELECT user_id FROM events WHERE id = ?", (event_id,))
    people = lock_people([user_id] if user_id is not None else [])
    if not people:
        raise NotFound(f"event {event_id}")
    [event] = events_made(user_id, "e.id = ?", (event_id,))
    if event.state == State.UNDONE:
        return _as_the_first_time(event_id, user_id)
    number = take_turn(user_id=user_id, kind="undo", event_id=event_id, version_id=current_version(), actor_id=actor_id)
    unmaking = Unmaking(people[user_id], actor_id, reason, event_id, number)
    if event.state == State.PROCESSED:
        _unmake(unmaking, event)
    else:
        unmaking.withdraw(event)
    made_up = unmaking.post(by_staff=by_staff)
    return _conclude(unmaking, event, made_up)


def _unmake(unmaking: Unmaking, event: Made) -> None:
    received_at = sql.value("SELECT received_at FROM events WHERE id = ?", (event.id,))
    span = span_around(event.day, _days(unmaking, event))
    unmaking.withdraw(event)
    days = _days(unmaking, event)
    if event.day not in days:
        for week in _lost_weeks(unmaking, event):
            # The week may become whole again; then it is recorded and paid again.
            unmaking.withdraw(week, frees_its_key=True)
        withdraw_streak_bonuses(unmaking, event, span, days)
        unmaking.retell()
        pay_missing_streak_bonuses(unmaking, event, span, days)
    unmaking.retell()
    unmaking.admitted += readmit(unmaking, event)
    counted = count_again(unmaking, event)
    unmaking.retell()
    withdraw_lost_unlocks(unmaking, event, received_at)
    unmaking.retell()
    settle_again(unmaking, sorted({*unmaking.admitted, *counted}))


def _days(unmaking: Unmaking, event: Made) -> set[date]:
    question = "SELECT day FROM daily_activity WHERE user_id = ? AND activity_id = ? AND events > 0"
    return {date.fromisoformat(day) for (day,) in sql.rows(question, (unmaking.person.id, event.activity_id))}


def _lost_weeks(unmaking: Unmaking, event: Made) -> list[Made]:
    """The whole week that is none any more, where one was recorded for the streak of this activity."""
    key = WholeWeek(unmaking.person.id, monday_of(event.day)).key
    found = events_made(unmaking.person.id, "e.state = 'processed' AND e.source = 'system' AND e.idempotency_key = ?", (key,))
    return [week for week in found if programme_at(week.version_id).settings.streak_activity == event.activity]


def _conclude(unmaking: Unmaking, event: Made, made_up: Mapping[str, int]) -> Undone:
    user_id = unmaking.person.id
    undone = Undone(event.id, user_id, unmaking.changes, tuple(unmaking.withdrawn), tuple(unmaking.admitted), made_up)
    after: dict[str, Any] = {
        "changes": dict(undone.changes),
        "withdrawn": list(undone.withdrawn),
        "admitted": list(undone.admitted),
        "made_up": dict(made_up),
    }
    sql.run("UPDATE events SET undoing = ? WHERE id = ?", (documents.compact({"reason": unmaking.reason, **after}), event.id))
    actor_id, reason, before = unmaking.actor_id, unmaking.reason, {"state": event.state, "user_id": user_id}
    record_deed(Done("event_undone", "event", event.id, before, {"state": State.UNDONE, **after}, reason), actor_id=actor_id)
    announce([EventUndone(event.id, user_id, event.activity, event.day, undone.changes, undone.withdrawn, actor_id, reason)])
    return undone


def _as_the_first_time(event_id: int, user_id: int) -> Undone:
    told = documents.parse(sql.value("SELECT undoing FROM events WHERE id = ?", (event_id,)))
    withdrawn, admitted = tuple(told.get("withdrawn", ())), tuple(told.get("admitted", ()))
    return Undone(event_id, user_id, told.get("changes", {}), withdrawn, admitted, told.get("made_up", {}))


def _check(event: EventLine, actor: User, reason: str) -> None:
    if why_not := why_not_by(event, actor):
        raise why_not
    needs_reason = actor.role != Role.CLIENT
    if (needs_reason and not reason) or len(reason) > REASON_LENGTH_MAX:
        raise Invalid.single("reason", f"1 to {REASON_LENGTH_MAX} characters that say why", reason)
