"""Signing in is an event once a day, where the programme counts it, and never fails for it."""

from datetime import UTC, datetime

import pytest

from rewards.earning.logins import record_daily_logins
from rewards.kit import clock, sql
from rewards.people.facts import SignedIn
from tests.cast import gather
from tests.programmes import define

LOGIN = {"key": "daily_login", "category": "participation", "xp": 5, "points": 5, "max_per_day": 1, "recorded_by": ["system"]}
# Late in the evening in Berlin, where Ada lives.
EVENING = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.fixture
def cast(database):
    with database.write():
        return gather()


def sign_in(database, user_id, *moments):
    for moment in moments:
        with clock.frozen_at(moment), database.write():
            record_daily_logins([SignedIn(user_id, 1, moment)])


def logins(database):
    with database.read():
        return sql.rows("SELECT user_id, happened_on, state, paid FROM events ORDER BY id")


def test_the_first_sign_in_of_a_day_is_an_event_and_the_next_is_none(database, cast):
    define(activities=[LOGIN])
    sign_in(database, cast.ada, EVENING, EVENING.replace(minute=45))
    assert logins(database) == [(cast.ada, "2026-03-04", "processed", 1)]


def test_the_day_is_the_persons_own(database, cast):
    define(activities=[LOGIN])
    sign_in(database, cast.ada, EVENING, AFTER_MIDNIGHT)
    assert [day for _, day, _, _ in logins(database)] == ["2026-03-04", "2026-03-05"]


@pytest.mark.parametrize("activities", [[], [LOGIN | {"active": False}]])
def test_a_programme_that_does_not_count_sign_ins_records_none(database, cast, activities):
    define(activities=activities)
    sign_in(database, cast.ada, EVENING)
    assert logins(database) == []


def test_staff_earn_nothing_by_signing_in(database, cast):
    define(activities=[LOGIN])
    sign_in(database, cast.bo, EVENING)
    assert logins(database) == []


def test_several_sign_ins_at_once_are_one_event_for_each_person(database, cast):
    define(activities=[LOGIN])
    with clock.frozen_at(EVENING), database.write():
        record_daily_logins([SignedIn(user_id, number, EVENING) for number, user_id in enumerate([cast.ada, cast.cy, cast.ada])])
    assert sorted(user_id for user_id, _, _, _ in logins(database)) == [cast.ada, cast.cy]
