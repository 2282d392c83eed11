"""Claims runs before the work and records them after it, and keeps who leads. Each function is a write block of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rewards.kit import clock, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db

KEPT = timedelta(days=30)
OUTCOME_LENGTH_MAX = 1_000
# A clock that is so far from where it was last seen is either wrong, or right again, or the machine was off. Nobody can tell from here.
CLOCK_MOVED = timedelta(hours=24)

# A run that another leader left `running` was cut off, because there is one leader at a time: it is taken over and completed.
CLAIM = (
    "INSERT INTO job_runs (job, scheduled_for, started_at, state, leader) VALUES (?, ?, ?, 'running', ?)"
    " ON CONFLICT (job, scheduled_for) DO UPDATE SET started_at = excluded.started_at, leader = excluded.leader"
    " WHERE job_runs.state = 'running' AND job_runs.leader <> excluded.leader RETURNING id"
)
# Its time has passed and a later run does its work.
CLOSE_CUT_OFF = (
    "UPDATE job_runs SET state = 'failed', finished_at = ?, outcome = 'cut off; a later run took its place'"
    " WHERE job = ? AND state = 'running' AND leader <> ? AND scheduled_for < ?"
)
FINISH = "UPDATE job_runs SET state = ?, finished_at = ?, outcome = ? WHERE id = ? AND leader = ?"
# One row for each slot at most, so that something that fails every second cannot fill the table.
NOTE = (
    "INSERT INTO job_runs (job, scheduled_for, started_at, finished_at, state, leader, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (job, scheduled_for) DO NOTHING"
)
PRUNE = "DELETE FROM job_runs WHERE job = ? AND scheduled_for < ?"
LEAD = (
    "INSERT INTO job_leaders (id, leader, since, seen_at) VALUES (1, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET leader = excluded.leader, since = excluded.since"
)
SEEN = "UPDATE job_leaders SET seen_at = ?, clock_moved_at = ? WHERE id = 1 AND leader = ?"


@dataclass(frozen=True, slots=True)
class Clock:
    """What the leader's clock showed, and how far it had moved since it was last looked at."""

    jump: timedelta
    moved_at: datetime | None

    @property
    def has_jumped(self) -> bool:
        """Whether it moved just now."""
        return abs(self.jump) > CLOCK_MOVED


def take_lead(leader: str) -> None:
    """From now on the runs of this leader count."""
    now = time_text(clock.now())
    with db.write():
        sql.run(LEAD, (leader, now, now))


def look_at_clock(leader: str) -> Clock:
    """Say that the leader is there, and see whether the clock moved since it said so last."""
    now = clock.now()
    with db.write():
        found = sql.rows("SELECT seen_at, clock_moved_at FROM job_leaders WHERE id = 1")
        seen_at, moved = found[0] if found else (time_text(now), None)
        seen = Clock(now - time_from_text(seen_at), time_from_text(moved) if moved else None)
        if seen.has_jumped:
            seen = Clock(seen.jump, now)
        sql.run(SEEN, (time_text(now), time_text(seen.moved_at) if seen.moved_at else None, leader))
    return seen


def claim_run(*, job: str, scheduled_for: datetime, leader: str) -> int | None:
    """The id of the run, if it is ours to do: nobody has done it, or whoever began it was cut off."""
    slot, now = time_text(scheduled_for), clock.now()
    with db.write():
        sql.run(CLOSE_CUT_OFF, (time_text(now), job, leader, slot))
        sql.run(PRUNE, (job, time_text(now - KEPT)))
        claimed = sql.rows(CLAIM, (job, slot, time_text(now), leader))
    return int(claimed[0][0]) if claimed else None


def finish_run(run_id: int, *, leader: str, state: str, outcome: str) -> None:
    """Record what came of it, unless somebody took it over."""
    with db.write():
        sql.run(FINISH, (state, time_text(clock.now()), outcome[:OUTCOME_LENGTH_MAX], run_id, leader))


def note_run(*, job: str, scheduled_for: datetime, started_at: datetime, state: str, leader: str, outcome: str) -> bool:
    """Record a run that needed no claim; False where its slot has a record already."""
    now = clock.now()
    with db.write():
        sql.run(PRUNE, (job, time_text(now - KEPT)))
        values = (time_text(scheduled_for), time_text(started_at), time_text(now), state, leader, outcome[:OUTCOME_LENGTH_MAX])
        return sql.run(NOTE, (job, *values)) == 1
