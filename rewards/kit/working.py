"""Does the work of a job: the run that is due now, once, whoever was interrupted before."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from rewards.kit import clock
from rewards.kit.cadences import MINUTE, Cadence, Every
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Unavailable
from rewards.kit.recording_runs import CLOCK_MOVED, claim_run, finish_run, look_at_clock, note_run

log = structlog.get_logger()

MINUTELY = Every(MINUTE)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable. The work may be done twice without harm: a run that was cut off is done again."""

    name: str
    cadence: Cadence
    # Answers how many of what it counts it dealt with.
    work: Callable[[], int]
    counts: str
    # What removes things by their age must not believe a clock that has just moved by days.
    waits_when_clock_moved: bool = False


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a run."""

    state: str
    outcome: str
    count: int = 0
    seconds: float = 0.0
    error: Exception | None = None


class JobFailed(DomainError):
    """The job did its work and found what must not be."""


def writing(work: Callable[[], int]) -> Callable[[], int]:
    """The same work in one write block."""

    def work_in_a_write_block() -> int:
        with db.write():
            return work()

    return work_in_a_write_block


def each_alone(works: Iterable[Callable[[], int]]) -> int:
    """Do them all, whatever becomes of one; how much was dealt with. Raises Unavailable at once, JobFailed at the end where one failed."""
    count, failed = 0, list[str]()
    for work in works:
        try:
            count += work()
        except Unavailable:
            raise
        except Exception as error:
            # The others are nobody's fault, and wait for this one for as long as it fails.
            log.exception("part of a job failed")
            failed.append(f"{type(error).__name__}: {error}")
    if failed:
        raise JobFailed("; ".join(failed))
    return count


def run_due(job: Job, leader: str) -> None:
    """Do the run that is due, unless it has been done. Raises Unavailable where it could not even be claimed."""
    if job.cadence.is_frequent:
        _run_unclaimed(job, leader)
        return
    slot = job.cadence.latest(clock.now())
    run_id = claim_run(job=job.name, scheduled_for=slot, leader=leader)
    if run_id is None:
        return
    worked = _waiting(job, leader) or work_on(job)
    finish_run(run_id, leader=leader, state=worked.state, outcome=worked.outcome)
    _tell(job, worked)


def run_now(job: Job, leader: str) -> Worked:
    """Do the work because somebody asked for it, and record that. Nobody takes such a run over: who asked sees that it was cut off."""
    started_at = clock.now()
    worked = work_on(job)
    note_run(job=job.name, scheduled_for=started_at, started_at=started_at, state=worked.state, leader=leader, outcome=worked.outcome)
    return worked


def work_on(job: Job) -> Worked:
    """Do the work and say what came of it; an error is an outcome too."""
    started = time.monotonic()
    try:
        count = job.work()
    except DomainError as error:
        return Worked("failed", str(error), error=error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and told
        return Worked("failed", f"{type(error).__name__}: {error}", error=error)
    return Worked("done", f"{count} {job.counts}", count, time.monotonic() - started)


def _run_unclaimed(job: Job, leader: str) -> None:
    """A claim for each second would write more than the work does, so such a job claims its own rows. Here only failures leave a trace."""
    started_at = clock.now()
    worked = work_on(job)
    if worked.state == "done":
        _tell(job, worked)
        return
    slot = MINUTELY.latest(started_at)
    if note_run(job=job.name, scheduled_for=slot, started_at=started_at, state=worked.state, leader=leader, outcome=worked.outcome):
        _tell(job, worked)


def _tell(job: Job, worked: Worked) -> None:
    if worked.error is not None:
        # A refusal explains itself; of anything else one wants to see where it came from.
        trace = None if isinstance(worked.error, DomainError) else worked.error
        log.error("job failed", job=job.name, reason=worked.outcome, exc_info=trace)
    elif worked.count:
        level = log.debug if job.cadence.is_frequent else log.info
        level("job done", job=job.name, outcome=worked.outcome, seconds=round(worked.seconds, 3))


def _waiting(job: Job, leader: str) -> Worked | None:
    if not job.waits_when_clock_moved:
        return None
    moved_at = look_at_clock(leader).moved_at
    if moved_at is None or clock.now() - moved_at > CLOCK_MOVED:
        return None
    log.warning("job waits", job=job.name, reason="the clock moved by more than a day", clock_moved_at=_told(moved_at))
    return Worked("failed", f"refused: the clock moved by more than a day at {_told(moved_at)}; tried again a day after that")


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
