"""Puts a rehearsed draft in force: from now on only; or also for the days that were rehearsed, by correcting transfers, person by person.

What is decided after the cut-off was decided under the draft already. An achievement that the draft would not have given stays, and so does
the record of a level: only what they were worth is taken back.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from rewards.activities.definitions import current_version
from rewards.earning.correcting import Correcting, Missing, Worth
from rewards.earning.histories import Happened, History, Thing, history_of
from rewards.earning.replaying import Replayed
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Refused, Unavailable
from rewards.people.auditing import Done, record_deed
from rewards.programme.changing import change_programme
from rewards.programme.comparing import add
from rewards.programme.document import ProgrammeDocument
from rewards.programme.rehearsals import Kept, Pace, give_up, rehearsal, work_on_rehearsal
from rewards.programme.rehearsing import Stage, count_people, people_since, staged

Mode = Literal["forward", "top_up", "restate"]
# So many events are corrected in one write block, which then holds the lock for some 20 ms.
CHUNK = 40
# How much is done in one go by the timetable.
SLICE_SECONDS = 2.0
STARTED = (
    "UPDATE rehearsals SET state = ?, mode = ?, version_id = ?, cut_off = ?, people = ?, people_done = 0, last_user_id = 0, settled_at = ?"
    " WHERE id = ? AND state = 'rehearsed'"
)
TOLD = "UPDATE rehearsals SET totals = ? WHERE id = ?"
AT_WORK = "SELECT id, state FROM rehearsals WHERE state IN ('asked', 'applying') ORDER BY id LIMIT 1"


def put_in_force(*, rehearsal_id: int, mode: Mode, actor_id: int | None) -> Kept:
    """Let the draft hold from now on, and freeze what is to be corrected. In the surrounding write block; a second time changes nothing.

    Raises NotFound, Invalid, Refused (`not_rehearsed`, `stale`, `another_mode`).
    """
    kept = _locked(rehearsal_id)
    if kept.mode is not None:
        if kept.mode != mode:
            raise Refused("another_mode", "This has been put in force already, in another way.")
        return kept
    if kept.state != "rehearsed":
        raise Refused("not_rehearsed", "It is still being rehearsed. Wait for the report first.")
    if kept.version_id != current_version():
        raise Refused("stale", "The programme has changed since this was rehearsed. Rehearse it again first.")
    change = change_programme(document=kept.draft, actor_id=actor_id, note=kept.subject)
    is_done = mode == "forward"
    now = time_text(clock.now())
    cut_off = sql.take_ids("events", 1)[0]
    people = 0 if is_done else count_people(kept.first_day)
    state = "applied" if is_done else "applying"
    sql.run(STARTED, (state, mode, change.version or kept.version_id, cut_off, people, now if is_done else None, rehearsal_id))
    deed = Done(
        "rehearsal_applied", "rehearsal", rehearsal_id, after={"mode": mode, "since": kept.first_day.isoformat()}, note=kept.subject
    )
    record_deed(deed, actor_id=actor_id)
    return rehearsal(rehearsal_id)


def work_on_application(rehearsal_id: int, pace: Pace) -> bool:
    """Correct people for a while, from where it was left; whether all are done. What is corrected already is not corrected again."""
    with db.read():
        kept = rehearsal(rehearsal_id)
    if kept.state != "applying":
        return True
    with staged(ProgrammeDocument(), kept.first_day) as stage:
        # The programme may have changed again; what was rehearsed is what is made up for.
        stage.draft = kept.version_id
        for user_id in people_since(kept.first_day, kept.last_user_id):
            _correct(kept, stage, user_id)
            if not pace.goes_on():
                return False
    with db.write():
        kept = _locked(rehearsal_id)
        if kept.state == "applying":
            sql.run("UPDATE rehearsals SET state = 'applied', settled_at = ? WHERE id = ?", (time_text(clock.now()), rehearsal_id))
            told = Done("rehearsal_settled", "rehearsal", rehearsal_id, after=dict(kept.totals), note=kept.subject)
            record_deed(told, actor_id=kept.actor_id)
    return True


def work_on_rehearsals() -> int:
    """Go on with the first that is not done, for a little while; how many were worked on."""
    with db.read():
        found = sql.rows(AT_WORK)
    for rehearsal_id, state in found:
        pace = Pace(SLICE_SECONDS, is_gentle=True)
        if state == "asked":
            _rehearse(rehearsal_id, pace)
        else:
            work_on_application(rehearsal_id, pace)
    return len(found)


def _rehearse(rehearsal_id: int, pace: Pace) -> None:
    try:
        work_on_rehearsal(rehearsal_id, pace)
    except Unavailable:
        raise
    except DomainError as error:
        give_up(rehearsal_id, str(error))
    except Exception as error:
        # The next one must not wait for it for ever.
        give_up(rehearsal_id, type(error).__name__)
        raise


def _locked(rehearsal_id: int) -> Kept:
    sql.rows(f"SELECT id FROM rehearsals WHERE id = ?{sql.lock_clause()}", (rehearsal_id,))
    return rehearsal(rehearsal_id)


def _correct(kept: Kept, stage: Stage, user_id: int) -> None:
    with db.read():
        history = history_of(user_id)
    cut_off = kept.cut_off or 0
    wanted = stage.desired(history, cut_off)
    for worths in _chunks(_worths(history, wanted, stage, cut_off)):
        with db.write():
            correcting = _correcting(kept, user_id)
            correcting.correct(worths)
            _tell(kept.id, correcting)
    with db.write():
        correcting = _correcting(kept, user_id)
        correcting.award(wanted.unlocked)
        for missing in _missing(history, wanted, stage):
            correcting.pay(missing)
        _tell(kept.id, correcting)
        done = "UPDATE rehearsals SET last_user_id = ?, people_done = people_done + 1 WHERE id = ? AND last_user_id < ?"
        sql.run(done, (user_id, kept.id, user_id))


def _correcting(kept: Kept, user_id: int) -> Correcting:
    return Correcting(user_id, kept.id, kept.version_id, kept.actor_id, takes=kept.mode == "restate")


def _worths(history: History, wanted: Replayed, stage: Stage, cut_off: int) -> list[Worth]:
    """What the events of these days should be worth: those of the person's own, and the bonuses that are there."""
    things: dict[Thing, Happened] = {}
    for event in history.events:
        if stage.is_rehearsed(event) and _was_decided(event, cut_off):
            things[event.thing] = event
    return [
        Worth(event.id, dict(wanted.amounts.get(thing, {})))
        for thing, event in things.items()
        # What could not be decided again stays as it is.
        if thing[0] != "event" or thing in wanted.amounts
    ]


def _was_decided(event: Happened, cut_off: int) -> bool:
    if event.thing[0] == "event":
        return not event.is_by_hand and event.number is not None and event.number <= cut_off
    # Ids and numbers come from one source.
    return event.id <= cut_off


def _missing(history: History, wanted: Replayed, stage: Stage) -> Iterator[Missing]:
    """Bonuses for runs that the draft would have paid and nobody has."""
    there = {event.thing for event in history.events}
    for thing, amounts in wanted.amounts.items():
        worth = {asset: amount for asset, amount in amounts.items() if amount}
        event = wanted.happened[thing]
        if thing[0] == "streak" and thing not in there and worth and stage.is_rehearsed(event):
            yield Missing(thing, worth, time_from_text(event.occurred_at), wanted.causes[thing])


def _chunks(worths: Sequence[Worth]) -> Iterator[Sequence[Worth]]:
    for first in range(0, len(worths), CHUNK):
        yield worths[first : first + CHUNK]


def _tell(rehearsal_id: int, correcting: Correcting) -> None:
    """Add what was done to what is kept of it, in the same write block."""
    done = correcting.done
    if not (done.corrections or done.unlocks or done.given or done.short):
        return
    totals = dict(_locked(rehearsal_id).totals)
    for name, amounts in (("given", done.given), ("taken", done.taken), ("short", done.short)):
        known = dict(totals.get(name, {}))
        add(known, amounts)
        totals[name] = known
    for name, number in (("corrections", done.corrections), ("unlocks", done.unlocks)):
        totals[name] = totals.get(name, 0) + number
    sql.run(TOLD, (documents.canonical(totals), rehearsal_id))
