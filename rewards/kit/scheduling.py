"""Wakes the jobs of a timetable in time, in one process at a time."""

import secrets
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from rewards.kit.errors import Unavailable
from rewards.kit.leading import Leadership
from rewards.kit.recording_runs import look_at_clock, take_lead
from rewards.kit.working import Job, run_due

log = structlog.get_logger()

# A long job must not keep the queue waiting.
THREADS = 3
# How soon a leader notices that it lost the lead, and another that the lead is free.
CHECK_SECONDS = 5.0
CLOCK_CHECKS = 12
# What was missed while nothing ran is done soon after the start, and not in its first busy moments.
CATCH_UP_SECONDS = 20.0
RETRY_SECONDS = 60.0


class Timekeeper:
    """Tries to lead; while it leads, runs the timetable. Never part of making the application: commands and tests make it too."""

    def __init__(
        self,
        timetable: Sequence[Job],
        lead: Leadership,
        *,
        check_seconds: float = CHECK_SECONDS,
        catch_up_seconds: float = CATCH_UP_SECONDS,
    ) -> None:
        self._timetable = timetable
        self._lead = lead
        self._check_seconds = check_seconds
        self._catch_up_seconds = catch_up_seconds
        self._scheduler: BackgroundScheduler | None = None
        self._leader = ""
        self._checks = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_leading(self) -> bool:
        """Whether this process runs the timetable now."""
        return self._scheduler is not None

    def start(self) -> None:
        """Keep time beside whatever else the process does."""
        self._thread = threading.Thread(target=self.keep, name="timekeeper", daemon=True)
        self._thread.start()

    def keep(self) -> None:
        """Keep time until somebody calls stop()."""
        while not self._stopping.is_set():
            try:
                self._check()
            except Exception:
                # A database that is away for a while must not end the timetable for ever.
                log.exception("the timetable could not be kept")
            self._stopping.wait(self._check_seconds)
        self._rest()

    def stop(self, *, patience_seconds: float = 10.0) -> None:
        """Begin nothing new, and wait so long for what is running. What is not done then is cut off, and done again by the next leader."""
        self._stopping.set()
        if self._thread:
            self._thread.join(patience_seconds)

    def _check(self) -> None:
        if self._scheduler is None:
            if self._lead.try_acquire():
                self._begin()
        elif not self._lead.is_held():
            log.error("this process no longer leads; its timetable rests", leader=self._leader)
            self._rest(wait=False)
        else:
            self._checks += 1
            if self._checks % CLOCK_CHECKS == 0:
                self._look_at_clock()

    def _begin(self) -> None:
        try:
            self._leader = secrets.token_hex(8)
            take_lead(self._leader)
            self._look_at_clock()
        except BaseException:
            self._lead.release()
            raise
        # In memory: what is due follows from the timetable and the recorded runs, not from what a scheduler remembers.
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(THREADS)},
            # Late is fine, however late, and many times late is once: each run finds out itself for which time it is.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self._timetable:
            scheduler.add_job(self._run, job.cadence.trigger(), args=[job], id=job.name)
            if not job.cadence.is_frequent:
                self._run_in(scheduler, job, self._catch_up_seconds)
        scheduler.start()
        self._scheduler = scheduler
        log.info("this process runs the timetable", leader=self._leader, jobs=len(self._timetable))

    def _rest(self, *, wait: bool = True) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=wait)
            self._scheduler = None
            self._lead.release()

    def _run(self, job: Job) -> None:
        scheduler = self._scheduler
        try:
            run_due(job, self._leader)
        except Unavailable as error:
            log.warning("job could not begin", job=job.name, reason=str(error))
            if scheduler is not None and not job.cadence.is_frequent:
                self._run_in(scheduler, job, RETRY_SECONDS)
        except Exception:
            # What a job itself raises is on its record; this kept the record, and the next time of the timetable comes all the same.
            log.exception("job could not be recorded", job=job.name)

    def _run_in(self, scheduler: BackgroundScheduler, job: Job, seconds: float) -> None:
        scheduler.add_job(
            self._run,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=seconds),
            args=[job],
            id=f"{job.name}, late",
            replace_existing=True,
        )

    def _look_at_clock(self) -> None:
        seen = look_at_clock(self._leader)
        if seen.has_jumped:
            hours = round(seen.jump.total_seconds() / 3600)
            log.warning("the clock is far from where it was last seen; what expires by age waits a day", hours=hours)
