"""The timetable can be looked at, and each of its jobs asked for."""

from rewards.jobs import TIMETABLE
from rewards.kit import sql
from tests.cast import gather
from tests.programmes import define, did, play, workout


def test_the_list_names_every_job_its_cadence_and_its_latest_run(laurel):
    laurel("jobs", "run", "verify")
    listed = laurel("jobs", "list").out
    for job in TIMETABLE:
        assert job.name in listed
        assert job.cadence.told() in listed
    assert "done: 0 differences" in listed


def test_a_job_runs_now_and_says_what_it_did(laurel):
    assert laurel("jobs", "run", "loyalty").lines == ["0 events worked on"]


def test_a_job_that_fails_says_why(laurel, desk):
    database = desk()
    define(activities=[workout()])
    with database.write():
        ada = gather().ada
    play(did(ada))
    with database.write():
        sql.run("UPDATE streaks SET best = best + 1")
    done = laurel("jobs", "run", "verify", code=1)
    assert "1 differences" in done.err.splitlines()[-1]


def test_a_job_that_nobody_knows_is_wrong_use(laurel):
    assert "loyalty" in laurel("jobs", "run", "holidays", code=2).err
