"""Daily facts follow the person's own day: days of 23 and 25 hours, days that no calendar had, leap days, and clocks that jump."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from rewards.activities.recording import record_event
from rewards.earning.logins import record_daily_logins
from rewards.earning.queueing import run_queue
from rewards.earning.week_streaks import record_all_weeks, record_recent_weeks
from rewards.kit import sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.ledger.queries import balances_of
from rewards.people.facts import SignedIn
from rewards.people.models import Role
from rewards.people.zones import change_timezone, zone_named
from rewards.programme.verifying import verify
from rewards.streaks.queries import streak_of
from tests.cast import user
from tests.programmes import define, did, play, workout

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
SYSTEM = {"category": "consistency", "recorded_by": ["system"]}
CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10, "max_per_day": 1}
LOGIN = {"key": "daily_login", "category": "participation", "xp": 5, "points": 5, "max_per_day": 1, "recorded_by": ["system"]}
WEEK = {"key": "week_streak", "xp": 25, "points": 25, "max_per_week": 1, **SYSTEM}
BONUSES = [{"key": "streak_7_day", "xp": 50, "points": 50, **SYSTEM}, {"key": "streak_30_day", "xp": 200, "points": 200, **SYSTEM}]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The zone, a day there, when it begins and when the next one does, and which one that is.
DAYS = [
    pytest.param("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00", "2026-03-30", id="Berlin, 23 hours"),
    pytest.param("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-26", id="Berlin, 25 hours"),
    pytest.param("America/New_York", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00", "2026-03-09", id="New York, 23 hours"),
    pytest.param("America/New_York", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00", "2026-11-02", id="New York, 25 hours"),
    pytest.param("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", "2018-11-05T02:00", "2018-11-05", id="Sao Paulo, no midnight"),
    pytest.param("America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00", "2018-11-04T03:00", "2018-11-04", id="Sao Paulo, before that"),
    pytest.param("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", "2018-02-18T03:00", "2018-02-18", id="Sao Paulo, 25 hours"),
    pytest.param("America/Sao_Paulo", "2026-03-04", "2026-03-04T03:00", "2026-03-05T03:00", "2026-03-05", id="Sao Paulo"),
    pytest.param("Asia/Kathmandu", "2026-03-04", "2026-03-03T18:15", "2026-03-04T18:15", "2026-03-05", id="Kathmandu"),
    pytest.param("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", "2026-10-04T13:00", "2026-10-05", id="Lord Howe, 23.5 hours"),
    pytest.param("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", "2026-04-05T13:30", "2026-04-06", id="Lord Howe, 24.5 hours"),
    pytest.param("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", "2011-12-30T10:00", "2011-12-31", id="Apia, before no day"),
    pytest.param("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", "2011-12-31T10:00", "2012-01-01", id="Apia, after no day"),
    pytest.param("Europe/Berlin", "2028-02-29", "2028-02-28T23:00", "2028-02-29T23:00", "2028-03-01", id="leap day"),
    pytest.param("Asia/Kathmandu", "2028-02-28", "2028-02-27T18:15", "2028-02-28T18:15", "2028-02-29", id="before a leap day"),
    pytest.param("America/New_York", "2026-12-31", "2026-12-31T05:00", "2027-01-01T05:00", "2027-01-01", id="year end"),
]


# Where the days fall is a matter of the calendar and of no database.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def somebody(zone: str) -> int:
    with db.write():
        return user(f"traveller{sql.value('SELECT count(*) FROM users')}", Role.CLIENT, timezone=zone, joined_on=date(2011, 1, 1))


def now(clock, person: int, at: datetime, activity: str = "workout_logged") -> dict:
    """They do it at that moment, and the clock says so too."""
    clock.set_to(at)
    [answer] = play(replace(did(person, activity), occurred_at=None))
    return answer


def days_of(answers: list[dict]) -> list[str]:
    with db.read():
        return [sql.value("SELECT happened_on FROM events WHERE id = ?", (answer["event_id"],)) for answer in answers]


def in_order() -> None:
    with db.read():
        assert verify() == []


@on_one_database
@pytest.mark.parametrize(("zone", "day", "begins", "ends", "following"), DAYS)
def test_a_daily_limit_holds_from_a_days_first_moment_to_its_last_and_tells_when_the_next_begins(
    database, clock, zone, day, begins, ends, following
):
    define(activities=[workout(max_per_day=1)])
    person = somebody(zone)
    moments = [utc(begins) - TICK, utc(begins), utc(ends) - TICK, utc(ends)]
    answers = [now(clock, person, moment) for moment in moments]
    assert days_of(answers)[1:] == [day, day, following]
    assert days_of(answers)[0] < day
    assert [answer["points_awarded"] for answer in answers] == [20, 20, 0, 20]
    assert answers[2]["opens_at"] == time_text(utc(ends))
    in_order()


# Weeks in which clocks change somewhere, a month of 28 days ends, a leap day comes, or a year ends.
WEEKS = ["2017-10-12", "2018-02-14", "2018-10-31", "2026-02-25", "2026-03-05", "2026-03-26", "2026-04-02", "2026-10-01", "2026-10-22",
         "2026-10-29", "2026-12-28", "2028-02-25"]  # fmt: skip


@on_one_database
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_a_run_goes_on_over_every_change_of_the_clocks(database, clock, zone):
    """At the very beginning of a day and at the very end of the next, in turn: never two on one day, and never none."""
    define(activities=[CHECKIN, *BONUSES])
    for first in WEEKS:
        person = somebody(zone)
        days = [date.fromisoformat(first) + number * DAY for number in range(7)]
        begins = [datetime.combine(day, time(), zone_named(zone)).astimezone(UTC) for day in [*days, days[-1] + DAY]]
        moments = [begins[number + 1] - TICK if number % 2 else begins[number] for number in range(7)]
        answers = [now(clock, person, moment, "daily_checkin") for moment in moments]
        assert days_of(answers) == [day.isoformat() for day in days]
        assert [answer["points_awarded"] for answer in answers] == [10] * 7
        assert [len(answer["bonuses"]) for answer in answers] == [0] * 6 + [1]
    in_order()


@on_one_database
def test_a_day_that_no_calendar_had_counts_as_missed(database, clock):
    """Apia went from the 29th of December 2011 straight to the 31st. A run is one of dates, so it ends there and another begins."""
    define(activities=[CHECKIN, *BONUSES])
    person = somebody("Pacific/Apia")
    noon = utc("2011-12-26T22:00")  # On the 26th, as it was ten hours behind.
    answers = [now(clock, person, noon + number * DAY, "daily_checkin") for number in range(7)]
    assert days_of(answers) == [f"2011-12-{day}" for day in (26, 27, 28, 29, 31)] + ["2012-01-01", "2012-01-02"]
    assert [answer["points_awarded"] for answer in answers] == [10] * 7
    assert [answer["bonuses"] for answer in answers] == [[]] * 7
    with db.read():
        streak = streak_of(person, "daily_checkin", date(2012, 1, 2))
    assert (streak.current, streak.best) == (3, 4)
    in_order()


def test_the_day_is_decided_when_the_event_comes_in_and_not_when_it_is_paid(database, clock):
    define(activities=[workout(max_per_day=1)])
    person = somebody("Europe/Berlin")
    clock.set_to(utc("2026-03-04T22:59"))
    with db.write():
        recorded = record_event(user_id=person, action="logged", object_type="workout", source="test")
    clock.set_to(utc("2026-03-05T09:00"))
    with db.write():
        change_timezone(user_id=person, timezone="Pacific/Kiritimati")
    assert run_queue() == 1
    assert days_of([{"event_id": recorded.event_id}]) == ["2026-03-04"]
    in_order()


@pytest.mark.parametrize("jump", [-DAY, timedelta(days=365)], ids=["a day back", "a year ahead"])
def test_a_clock_that_jumps_and_comes_back_pays_nothing_a_second_time(database, clock, jump):
    noon = utc("2026-03-02T12:00")  # A Monday.
    clock.set_to(noon)
    define(activities=[workout(max_per_day=1), CHECKIN, LOGIN, WEEK, *BONUSES])
    person = somebody("Europe/Berlin")
    for number in range(7):
        at = noon + number * DAY
        now(clock, person, at, "daily_checkin")
        now(clock, person, at)
        sign_in(person, at)
    clock.set_to(noon + 7 * DAY)
    assert record_recent_weeks() == 1
    with db.read():
        before = balances_of(person)
    assert before["points"] == 7 * (10 + 20 + 5) + 50 + 25

    first, last = noon, noon + 6 * DAY
    for at in (last + jump, last, first, last):
        # Nothing is paid for a day that has been paid, whatever the clock says now.
        again = [now(clock, person, at, activity) for activity in ("daily_checkin", "workout_logged")]
        sign_in(person, at)
        if at.date() <= last.date():
            assert [(answer["points_awarded"], answer["bonuses"]) for answer in again] == [(0, [])] * 2
        assert record_recent_weeks() == record_all_weeks() == 0
    with db.read():
        after = balances_of(person)["points"] - before["points"]
    # A year ahead is a day of its own, and only that.
    assert after == (10 + 20 + 5 if jump > DAY else 0)
    in_order()


def sign_in(person: int, at: datetime) -> None:
    with db.write():
        record_daily_logins([SignedIn(person, 0, at)])
