"""The timetable: every job works on an empty desk, and does what its line says."""

from datetime import timedelta

import pytest

from rewards.jobs import TIMETABLE
from rewards.kit import clock, sql
from rewards.kit.working import run_now, work_on
from rewards.people.models import WebSession
from tests.cast import gather
from tests.programmes import NOON, define, did, play, workout

JOBS = {job.name: job for job in TIMETABLE}


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_nothing_to_do_on_an_empty_desk(database, name):
    worked = work_on(JOBS[name])
    assert (worked.state, worked.count) == ("done", 0) or name == "wal_checkpoint"


def test_names_are_unique_because_runs_are_claimed_by_them():
    assert len(JOBS) == len(TIMETABLE)


def test_the_nightly_proof_fails_and_names_the_difference(database):
    define(activities=[workout()])
    with database.write():
        ada = gather().ada
    play(did(ada))
    assert work_on(JOBS["verify"]).state == "done"
    with database.write():
        sql.run("UPDATE daily_activity SET xp = xp + 1")
    worked = run_now(JOBS["verify"], "command")
    assert worked.state == "failed"
    assert f"user {ada}" in worked.outcome


def test_sessions_that_are_over_are_forgotten(database):
    with clock.frozen_at(NOON), database.write():
        ada = gather().ada
        for age_days in (1, 40):
            begun = NOON - timedelta(days=age_days)
            expires_at = begun + timedelta(days=30)
            session = WebSession(
                user_id=ada, token_hash=str(age_days), stamp="ada", created_at=begun, last_seen_at=begun, expires_at=expires_at
            )
            database.session.add(session)
    with clock.frozen_at(NOON):
        assert work_on(JOBS["sessions"]).count == 1
