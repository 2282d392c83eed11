"""Gives the slot of an event that was undone to the earliest blocked event that it now admits, decided under that event's own stamp.

Slots were given out in the order in which events were recorded, so that order is kept. A cooldown may have kept out two, one before and one
after it: whoever was kept out by it and fits now comes in.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog

from rewards.earning.compiled import CompiledActivity
from rewards.earning.in_force import programme_at
from rewards.earning.pipeline import Batch, Passage
from rewards.earning.reopening import carry_out, gather, reopened, settling_of
from rewards.earning.slots import MOVE_GUARD
from rewards.earning.unmaking import Made, Unmaking, events_made
from rewards.kit import documents, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_from_text, time_text
from rewards.streaks.running import monday_of

log = structlog.get_logger()

WEEK = timedelta(days=8)
BLOCKED = "e.state = 'processed' AND e.activity_id = ? AND e.paid = 0 AND e.occurred_at > ? AND e.occurred_at < ? AND e.cause_id IS NULL"


def readmit(unmaking: Unmaking, taken: Made) -> list[int]:
    """Let in what the event kept out, each decided anew; their ids. Its place must be free by now."""
    return [one.id for one in _kept_out(unmaking, taken) if _admit(unmaking, one, taken)] if taken.paid else []


def count_again(unmaking: Unmaking, taken: Made) -> list[int]:
    """Let counts take what the day's limit had kept out of them, paid or not; the ids of the events that they take now."""
    which = "e.state = 'processed' AND e.activity_id = ? AND e.happened_on = ? AND e.counted = 0"
    found = events_made(unmaking.person.id, which, (taken.activity_id, taken.day.isoformat())) if taken.counted else []
    return [one.id for one in found if _count(unmaking, one)]


def settle_again(unmaking: Unmaking, event_ids: list[int]) -> None:
    """Unlock what is newly true by these events."""
    for event_id in event_ids:
        settling = settling_of(unmaking, event_id)
        settling.unlock()
        carry_out(unmaking, settling)
        if settling.outcome.unlocked:
            _tell_what_followed(event_id, settling.outcome.bonuses, settling.outcome.unlocked)
            # It came with this undo, so a later undo of anything before that may take it back.
            sql.run("UPDATE unlocks SET found_no = ? WHERE user_id = ? AND event_id = ?", (unmaking.number, unmaking.person.id, event_id))


def _kept_out(unmaking: Unmaking, taken: Made) -> list[Made]:
    """The blocked events that may have been kept out by it, in the order in which they were recorded."""
    moment = time_from_text(taken.occurred_at)
    longest = _longest_cooldown(taken)
    reach = max(WEEK, timedelta(hours=longest))
    around = (time_text(moment - reach), time_text(moment + reach))
    found = events_made(unmaking.person.id, BLOCKED, (taken.activity_id, *around))
    return [one for one in found if _was_in_the_way(taken, one, moment)]


def _longest_cooldown(taken: Made) -> int:
    """The longest one that the activity ever had, in hours."""
    bodies = sql.rows("SELECT body FROM definitions WHERE kind = 'activity' AND key = ?", (taken.activity,))
    return max((documents.parse(body).get("cooldown_hours") or 0 for (body,) in bodies), default=0)


def _was_in_the_way(taken: Made, one: Made, moment: datetime) -> bool:
    activity = _activity(one)
    if activity is None or not activity.active:
        return False
    apart = abs(time_from_text(one.occurred_at) - moment)
    return bool(
        (activity.max_per_day and (one.day == taken.day or apart < MOVE_GUARD))
        or (activity.max_per_week and monday_of(one.day) == monday_of(taken.day))
        or (activity.cooldown_hours and apart < timedelta(hours=activity.cooldown_hours))
    )


def _activity(one: Made) -> CompiledActivity | None:
    return programme_at(one.version_id).activities.get(one.activity)


def _admit(unmaking: Unmaking, one: Made, taken: Made) -> bool:
    """Decide a blocked event anew, if there is a slot for it now."""
    event = reopened(one.id, unmaking.person)
    try:
        passage = _passage(unmaking, Batch([event]))
        if passage.slot.blocked:
            return False
        passage.decide()
    except Exception:
        # Whatever its rules stumble over, it stays as it was, and the slot goes to the next.
        log.warning("not admitted to a freed slot", event_id=one.id, exc_info=True)
        return False
    # What its day counts of it comes back with the new decision; amounts that somebody has corrected stay.
    unmaking.take_from_its_day(one, {})
    unmaking.retell()
    batch = Batch([event])
    # What it unlocks is looked at when all that is left is known.
    batch.automatic[one.version_id] = []
    passage = _passage(unmaking, batch)
    passage.decide()
    passage.settle()
    _keep_first_answer(one.id)
    gather(unmaking, batch.writes)
    batch.flush()
    _tell_what_freed_it(one, taken)
    announce(batch.facts)
    return True


def _passage(unmaking: Unmaking, batch: Batch) -> Passage:
    batch.books[unmaking.person.id].holdings = unmaking.holdings
    return Passage(batch, batch.events[0])


def _count(unmaking: Unmaking, one: Made) -> bool:
    activity = _activity(one)
    if activity is None or not activity.active:
        return False
    place = (unmaking.person.id, one.day.isoformat(), one.activity_id)
    counted = int(sql.value("SELECT counted FROM daily_activity WHERE user_id = ? AND day = ? AND activity_id = ?", place))
    if activity.max_per_day is not None and counted >= activity.max_per_day:
        return False
    sql.run("UPDATE events SET counted = 1 WHERE id = ?", (one.id,))
    sql.run("UPDATE daily_activity SET counted = counted + 1 WHERE user_id = ? AND day = ? AND activity_id = ?", place)
    unmaking.touched.add(one.activity_id)
    return True


def _keep_first_answer(event_id: int) -> None:
    """Its key is answered for ever as it was the first time, though it is worth something now."""
    sql.run(
        "UPDATE events SET first_result = result WHERE id = ? AND first_result IS NULL AND first_answer = 'processed'",
        (event_id,),
    )


def _tell_what_freed_it(one: Made, taken: Made) -> None:
    # It keeps its place in the order of decisions: it is the undo that is new.
    trace = documents.parse(sql.value("SELECT trace FROM events WHERE id = ?", (one.id,))) | {"freed_by": taken.id}
    sql.run("UPDATE events SET trace = ?, decided_no = ? WHERE id = ?", (documents.compact(trace), one.decided_no, one.id))


def _tell_what_followed(event_id: int, bonuses: list[dict[str, Any]], unlocked: list[str]) -> None:
    """Into the event's result, beside what it told before."""
    _keep_first_answer(event_id)
    result = documents.parse(sql.value("SELECT result FROM events WHERE id = ?", (event_id,)))
    result["bonuses"] = [*result.get("bonuses", ()), *bonuses]
    result["unlocked"] = [*result.get("unlocked", ()), *unlocked]
    sql.run("UPDATE events SET result = ? WHERE id = ?", (documents.compact(result), event_id))
