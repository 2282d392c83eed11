"""A week without a gap is rewarded once, when it is over where the person lives, however late anybody notices."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.week_streaks import record_all_weeks, record_recent_weeks, record_weeks_of
from rewards.kit import clock, sql
from rewards.people.models import Role
from rewards.people.zones import change_timezone
from tests.cast import gather, user
from tests.programmes import define, did, play

CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
WEEK = {"key": "week_streak", "category": "consistency", "xp": 25, "points": 25, "max_per_week": 1, "recorded_by": ["system"]}
MONDAY = datetime(2026, 3, 2, 11, tzinfo=UTC)
# In Berlin, where Ada lives, the week ends at 23:00 UTC.
SUNDAY_EVENING = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)


@pytest.fixture
def cast(database, clock):
    with database.write():
        return gather()


@pytest.fixture
def programme(database, cast):
    with clock.frozen_at(MONDAY - timedelta(days=100)):
        define(activities=[CHECKIN, WEEK])


def check_in(user_id, *days):
    play(*(did(user_id, "daily_checkin", at=MONDAY + timedelta(days=day)) for day in days))


def recorded(database):
    with database.read():
        question = "SELECT user_id, happened_on, idempotency_key FROM events WHERE object_type = 'week' ORDER BY id"
        return sql.rows(question)


def test_a_whole_week_is_recorded_when_it_is_over_where_the_person_lives(database, cast, programme):
    check_in(cast.ada, *range(7))
    with clock.frozen_at(SUNDAY_EVENING):
        assert record_recent_weeks() == 0
    with clock.frozen_at(NEXT_MONDAY):
        assert record_recent_weeks() == 1
        assert record_recent_weeks() == 0
        assert record_all_weeks() == 0
    assert recorded(database) == [(cast.ada, "2026-03-08", f"week_streak:{cast.ada}:2026-03-02")]


def test_each_zone_has_its_own_midnight(database, cast, programme):
    with database.write():
        kiritimati = user("kiri", Role.CLIENT, timezone="Pacific/Kiritimati")
        honolulu = user("hono", Role.CLIENT, timezone="Pacific/Honolulu")
    for person in (kiritimati, honolulu):
        check_in(person, *range(-1, 8))
    with clock.frozen_at(SUNDAY_EVENING):
        record_recent_weeks()
    assert [user_id for user_id, _, _ in recorded(database)] == [kiritimati]
    with clock.frozen_at(NEXT_MONDAY + timedelta(hours=11)):
        record_recent_weeks()
    assert [user_id for user_id, _, _ in recorded(database)] == [kiritimati, honolulu]


def test_a_week_with_a_gap_is_none_however_long_the_run_across_two_weeks(database, cast, programme):
    check_in(cast.ada, *range(1, 13))
    with clock.frozen_at(MONDAY + timedelta(days=20)):
        assert record_all_weeks() == 0


def test_a_late_job_loses_nothing(database, cast, programme):
    check_in(cast.ada, *range(14))
    with clock.frozen_at(MONDAY + timedelta(days=200)):
        assert record_recent_weeks() == 0
        assert record_all_weeks() == 2
    assert [day for _, day, _ in recorded(database)] == ["2026-03-08", "2026-03-15"]


def test_a_day_that_was_logged_late_completes_its_week(database, cast, programme):
    check_in(cast.ada, 0, 1, 2, 4, 5, 6)
    with clock.frozen_at(NEXT_MONDAY):
        assert record_recent_weeks() == 0
        check_in(cast.ada, 3)
        assert record_recent_weeks() == 1


def test_weeks_before_the_activity_was_switched_on_are_not_paid(database, cast):
    with clock.frozen_at(MONDAY - timedelta(days=100)):
        define(activities=[CHECKIN, WEEK])
    with clock.frozen_at(MONDAY - timedelta(days=50)):
        define(activities=[WEEK | {"active": False}])
    with clock.frozen_at(MONDAY + timedelta(days=9)):
        define(activities=[WEEK | {"xp": 30}])
        check_in(cast.ada, *range(9))
    with clock.frozen_at(MONDAY + timedelta(days=14)):
        check_in(cast.ada, *range(9, 14))
        assert record_all_weeks() == 1
    assert [day for _, day, _ in recorded(database)] == ["2026-03-15"]


def test_an_import_brings_its_whole_weeks_with_it(database, cast):
    with clock.frozen_at(MONDAY + timedelta(days=50)):
        define(activities=[CHECKIN, WEEK])
        check_in(cast.ada, *range(14))
        check_in(cast.cy, *range(7))
        assert record_all_weeks() == 0
        assert record_weeks_of([cast.ada]) == 2
        assert record_weeks_of([cast.ada]) == 0


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_move_on_its_last_day_leaves_a_week_in_its_place_and_the_next_one_too(database, cast, programme, zone):
    check_in(cast.ada, *range(14))
    with clock.frozen_at(datetime(2026, 3, 8, 15, tzinfo=UTC)), database.write():
        change_timezone(user_id=cast.ada, timezone=zone)
    with clock.frozen_at(datetime(2026, 3, 16, 12, tzinfo=UTC)):
        assert record_recent_weeks() == 2
        assert record_recent_weeks() == 0
    assert [day for _, day, _ in recorded(database)] == ["2026-03-08", "2026-03-15"]


def test_a_week_that_another_system_recorded_is_not_recorded_again(database, cast, programme):
    check_in(cast.ada, *range(7))
    play(did(cast.ada, "week_streak", at=MONDAY + timedelta(days=6)))
    with clock.frozen_at(NEXT_MONDAY):
        assert record_recent_weeks() == 0


def test_a_programme_without_the_activity_records_nothing(database, cast):
    define(activities=[CHECKIN, WEEK | {"active": False}])
    check_in(cast.ada, *range(7))
    with clock.frozen_at(NEXT_MONDAY):
        assert record_recent_weeks() == record_all_weeks() == record_weeks_of([cast.ada]) == 0
