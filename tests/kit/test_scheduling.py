"""Jobs: late is fine, twice is not; what was cut off is completed once; one process leads."""

import signal
import subprocess
import sys
import threading
import time as seconds
from datetime import UTC, datetime, time, timedelta

import pytest

from rewards.kit import clock, sql
from rewards.kit.cadences import Daily, Every
from rewards.kit.leading import leadership
from rewards.kit.recording_runs import claim_run, look_at_clock, take_lead
from rewards.kit.scheduling import Timekeeper
from rewards.kit.working import Job, JobFailed, run_due, run_now

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NIGHTLY = Daily(time(3, 10))
SECONDLY = Every(timedelta(seconds=1))


class Counted:
    """A job's work that counts how often it was done."""

    def __init__(self, error=None):
        self.times = 0
        self._error = error

    def __call__(self):
        self.times += 1
        if self._error:
            raise self._error
        return self.times


def nightly(work, **more):
    return Job("prove", NIGHTLY, work, "proofs", **more)


def runs(database):
    with database.read():
        return sql.rows("SELECT job, scheduled_for, state, outcome FROM job_runs ORDER BY id")


def until(condition, patience=15.0):
    deadline = seconds.monotonic() + patience
    while not (found := condition()):
        assert seconds.monotonic() < deadline, "it did not happen"
        seconds.sleep(0.02)
    return found


def test_a_run_that_is_due_is_done_once(database):
    work = Counted()
    with clock.frozen_at(NOON):
        for leader in ("first", "first", "second"):
            run_due(nightly(work), leader)
    assert work.times == 1
    assert runs(database) == [("prove", "2027-03-01T03:10:00.000000Z", "done", "1 proofs")]


def test_of_many_that_claim_a_run_one_gets_it(database):
    claimed = []

    def claim():
        claimed.append(claim_run(job="prove", scheduled_for=NOON, leader="first"))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([run for run in claimed if run is not None]) == 1


def test_a_run_that_was_missed_is_done_late_and_once(database):
    work = Counted()
    with clock.frozen_at(NOON - timedelta(days=10)):
        run_due(nightly(work), "first")
    with clock.frozen_at(NOON):
        run_due(nightly(work), "second")
        run_due(nightly(work), "second")
    assert [scheduled_for[:10] for _, scheduled_for, _, _ in runs(database)] == ["2027-02-19", "2027-03-01"]


def test_a_clock_set_back_runs_nothing_twice(database):
    work = Counted()
    for days in (0, 1, 0):
        with clock.frozen_at(NOON + timedelta(days=days)):
            run_due(nightly(work), "first")
    assert work.times == 2


def test_a_run_that_was_cut_off_is_completed_once_by_the_next_leader(database):
    work = Counted()
    with clock.frozen_at(NOON):
        assert claim_run(job="prove", scheduled_for=NIGHTLY.latest(NOON), leader="killed")
        for _ in range(3):
            run_due(nightly(work), "next")
    assert work.times == 1
    assert [state for _, _, state, _ in runs(database)] == ["done"]


def test_a_run_that_was_cut_off_long_ago_is_closed_by_the_next_one(database):
    with clock.frozen_at(NOON - timedelta(days=3)):
        claim_run(job="prove", scheduled_for=NIGHTLY.latest(clock.now()), leader="killed")
    with clock.frozen_at(NOON):
        run_due(nightly(Counted()), "next")
    assert [(state, outcome) for _, _, state, outcome in runs(database)] == [
        ("failed", "cut off; a later run took its place"),
        ("done", "1 proofs"),
    ]


def test_a_job_that_fails_says_why_and_comes_again_at_its_next_time(database):
    broken, mended = Counted(JobFailed("3 differences")), Counted()
    with clock.frozen_at(NOON):
        run_due(nightly(broken), "first")
        run_due(nightly(mended), "first")
    assert (broken.times, mended.times) == (1, 0)
    with clock.frozen_at(NOON + timedelta(days=1)):
        run_due(nightly(mended), "first")
    assert [(state, outcome) for _, _, state, outcome in runs(database)] == [("failed", "3 differences"), ("done", "1 proofs")]


def test_a_frequent_job_leaves_no_rows_while_it_succeeds_and_one_a_minute_while_it_fails(database):
    work, broken = Counted(), Counted(ValueError("broken"))
    for second in range(61):
        with clock.frozen_at(NOON + timedelta(seconds=second)):
            run_due(Job("queue", SECONDLY, work, "events"), "first")
            run_due(Job("mail", SECONDLY, broken, "mails"), "first")
    assert (work.times, broken.times) == (61, 61)
    assert [(job, state, outcome) for job, _, state, outcome in runs(database)] == [("mail", "failed", "ValueError: broken")] * 2


def test_old_runs_are_forgotten(database):
    for days in (0, 20, 40):
        with clock.frozen_at(NOON + timedelta(days=days)):
            run_due(nightly(Counted()), "first")
    assert [scheduled_for[:10] for _, scheduled_for, _, _ in runs(database)] == ["2027-03-21", "2027-04-10"]


def test_a_run_that_somebody_asked_for_is_recorded_and_takes_no_slot(database):
    work = Counted()
    with clock.frozen_at(NOON):
        assert run_now(nightly(work), "command").outcome == "1 proofs"
        run_due(nightly(work), "first")
    assert work.times == 2
    assert [state for _, _, state, _ in runs(database)] == ["done", "done"]


def test_what_expires_by_age_waits_a_day_when_the_clock_has_moved(database):
    work = Counted()
    job = nightly(work, waits_when_clock_moved=True)
    with clock.frozen_at(NOON):
        take_lead("first")
        assert not look_at_clock("first").has_jumped
    a_year_ahead = NOON + timedelta(days=365)
    with clock.frozen_at(a_year_ahead):
        run_due(job, "first")
        run_due(nightly(Counted()), "first")
    assert work.times == 0
    assert "the clock moved by more than a day" in runs(database)[0][3]
    for hours in range(1, 25):
        with clock.frozen_at(a_year_ahead + timedelta(hours=hours, minutes=1)):
            look_at_clock("first")
    with clock.frozen_at(a_year_ahead + timedelta(hours=25)):
        run_due(job, "first")
    assert work.times == 1


def test_one_leads_and_another_follows_when_the_lead_is_free(database):
    work = Counted()
    timetable = [Job("queue", SECONDLY, work, "events")]
    first, second = (Timekeeper(timetable, leadership(), check_seconds=0.05) for _ in range(2))
    first.start()
    until(lambda: first.is_leading)
    second.start()
    seconds.sleep(0.3)
    assert not second.is_leading
    first.stop()
    until(lambda: second.is_leading)
    second.stop()
    assert not first.is_leading
    assert not second.is_leading


def test_what_was_missed_is_caught_up_soon_after_the_start(database):
    work = Counted()
    keeper = Timekeeper([nightly(work)], leadership(), check_seconds=0.05, catch_up_seconds=0)
    keeper.start()
    until(lambda: runs(database) and runs(database)[0][2] == "done")
    keeper.stop()
    assert work.times == 1


@pytest.mark.postgresql
def test_who_loses_the_connection_that_holds_the_lead_stops_leading(database):
    if database.dialect != "postgresql":
        return
    keeper = Timekeeper([nightly(Counted())], leadership(), check_seconds=0.05)
    keeper.start()
    until(lambda: keeper.is_leading)
    with database.read():
        assert sql.value("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'") == 1
    until(lambda: not keeper.is_leading)
    keeper.stop()


PROCESS = """
import sys, time
from rewards.kit.cadences import Daily
from rewards.kit.database import db
from rewards.kit.leading import leadership
from rewards.kit.scheduling import Timekeeper
from rewards.kit.working import Job

url, diary, patience = sys.argv[1:]

def work():
    with open(diary, "a") as file:
        print("begun", file=file, flush=True)
        time.sleep(float(patience))
        print("completed", file=file, flush=True)
    return 1

db.open(url)
import datetime
Timekeeper([Job("prove", Daily(datetime.time(0, 0)), work, "proofs")], leadership(), check_seconds=0.05, catch_up_seconds=0).keep()
"""


def test_a_process_killed_in_the_middle_of_a_job_leaves_it_to_the_next_which_completes_it_once(database, database_url, tmp_path):
    diary = tmp_path / "diary"

    def started(patience):
        return subprocess.Popen([sys.executable, "-c", PROCESS, database_url, str(diary), patience])

    def written():
        return diary.read_text().split() if diary.exists() else []

    killed = started("60")
    until(lambda: written() == ["begun"])
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    successor = started("0")
    until(lambda: [state for _, _, state, _ in runs(database)] == ["done"])
    successor.kill()
    successor.wait()
    third = started("0")
    with database.read():
        second_leader = sql.value("SELECT leader FROM job_leaders")

    def third_leads():
        with database.read():
            return sql.value("SELECT leader FROM job_leaders") != second_leader

    until(third_leads)
    seconds.sleep(0.5)
    third.kill()
    third.wait()
    assert written() == ["begun", "begun", "completed"]
