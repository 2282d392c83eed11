"""The `loyalty` queue: events that wait for their award, claimed before they are worked on, so that none is lost and none is paid twice."""

import secrets
from contextlib import suppress
from datetime import timedelta

from rewards.activities.models import State
from rewards.activities.registry import current_version
from rewards.earning.processing import ATTEMPTS_MAX, pending_events, process, set_aside
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused, Unavailable, Undone
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import lock_people

# How long a claim is good for; who has not finished by then is taken for dead.
LEASE = timedelta(seconds=60)
# Small enough that one batch holds the write lock for some 50 ms at most.
BATCH = 250

CLAIM = (
    "UPDATE events SET claim_token = ?, leased_until = ?, attempts = attempts + 1 WHERE id IN ("
    " SELECT id FROM events WHERE state IN ('queued', 'retrying') AND next_attempt_at <= ? AND claim_token IS NULL"
    " ORDER BY id LIMIT ?{skip})"
)
# One at a time: it may be the very event that killed the process which held it.
RECLAIM = (
    "UPDATE events SET claim_token = ?, leased_until = ?, attempts = attempts + 1 WHERE id IN ("
    " SELECT id FROM events WHERE state IN ('queued', 'retrying') AND leased_until < ? ORDER BY id LIMIT 1{skip})"
)

GIVE_BACK = "UPDATE events SET claim_token = NULL, leased_until = NULL, attempts = attempts - 1 WHERE claim_token = ?"


def run_queue(*, batches_max: int = 40) -> int:
    """Work on what waits, batch by batch, each in its own transaction; how many events were worked on."""
    done = 0
    for _ in range(batches_max):
        worked_on = _work(CLAIM, BATCH) or _work(RECLAIM, None)
        if not worked_on:
            break
        done += worked_on
    return done


def _work(claim: str, limit: int | None) -> int:
    token = secrets.token_hex(8)
    if not _has_work(claim):
        return 0
    with db.write():
        now = clock.now()
        skip = " FOR UPDATE SKIP LOCKED" if db.dialect == "postgresql" else ""
        params = (token, time_text(now + LEASE), time_text(now), *([limit] if limit else []))
        claimed = sql.run(claim.format(skip=skip), params)
    if claimed:
        # Attempts are counted and committed by now: an event that kills the process cannot do so for ever.
        try:
            with db.write():
                _process_claimed(token)
        except Undone:
            # It was one of these. Their claim runs out, and each is tried alone.
            raise
        except Unavailable:
            _give_back(token)
            raise
    return claimed


def _give_back(token: str) -> None:
    """That the database failed says nothing of the events: it was no try of theirs, and they need not wait for the lease to run out."""
    with suppress(Unavailable), db.write():
        sql.run(GIVE_BACK, (token,))


def _has_work(claim: str) -> bool:
    """A look that takes no lock, so that an idle queue disturbs nobody."""
    column = "next_attempt_at <= ? AND claim_token IS NULL" if claim is CLAIM else "leased_until < ?"
    with db.read():
        question = f"SELECT 1 FROM events WHERE state IN ('queued', 'retrying') AND {column} LIMIT 1"
        return sql.value(question, (time_text(clock.now()),)) is not None


def _process_claimed(token: str) -> None:
    events = pending_events("claim_token = ?", (token,))
    given_up = "SELECT id FROM events WHERE claim_token = ? AND attempts > ?"
    tired = {row[0] for row in sql.rows(given_up, (token, ATTEMPTS_MAX))}
    for event in events:
        if event.id in tired:
            set_aside(event, RuntimeError("the process died each time this event was worked on"))
    process([event for event in events if event.id not in tired])


def replay_event(*, event_id: int, actor_id: int | None = None) -> dict[str, object]:
    """Decide a waiting or dead event under the programme in force now. Raises NotFound, Refused (`already_processed`)."""
    user_id = sql.value("SELECT user_id FROM events WHERE id = ?", (event_id,))
    if user_id is None:
        raise NotFound(f"event {event_id}")
    # People come first, as everywhere: the queue holds them while it works, and would wait for an event that waits for it.
    lock_people([user_id])
    state, version = sql.rows(f"SELECT state, version_id FROM events WHERE id = ?{sql.lock_clause()}", (event_id,))[0]
    if state not in (State.QUEUED, State.RETRYING, State.DEAD):
        raise Refused("already_processed", f"Event {event_id} is {state}; there is nothing to replay.")
    now = current_version()
    sql.run(
        "UPDATE events SET state = 'retrying', version_id = ?, attempts = 1, next_attempt_at = ?, claim_token = NULL, leased_until = NULL"
        " WHERE id = ?",
        (now, time_text(clock.now()), event_id),
    )
    results = process(pending_events("id = ?", (event_id,)))
    before, after = {"state": state, "version": version}, {"version": now, "processed": event_id in results}
    record_deed(Done("event_replayed", "event", event_id, before, after), actor_id=actor_id)
    return {"event_id": event_id, "version_before": version, "version": now, "processed": event_id in results}
