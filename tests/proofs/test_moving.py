"""Nobody earns a second day by moving to another zone, whatever they do when, and in batches of whatever size it is told."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.columns import time_text
from rewards.kit.database import Database, db
from rewards.people.locking import lock_people
from rewards.people.models import Role
from rewards.people.zones import change_timezone
from rewards.programme.verifying import verify
from tests.cast import user
from tests.programmes import define, did, play, play_one_by_one, workout

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
START = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZONES = ["Pacific/Kiritimati", "Pacific/Auckland", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"]
MOVE_HOURS = 20


def settle(zone: str) -> int:
    with db.write():
        return user(f"mover{sql.value('SELECT count(*) FROM users')}", Role.CLIENT, timezone=zone)


def move(person: int, zone: str, at: datetime) -> None:
    with the_clock.frozen_at(at), db.write():
        change_timezone(user_id=person, timezone=zone)


@pytest.mark.parametrize("together", [play, play_one_by_one])
@pytest.mark.parametrize("limits", [{}, {"cooldown_hours": 1}])
def test_a_move_makes_no_second_day_in_one_batch_or_in_many(database, clock, together, limits):
    define(activities=[workout(max_per_day=1, **limits)])
    person = settle("Europe/Berlin")
    move(person, "Pacific/Auckland", START)
    answers = together(*(did(person, at=START + hours * HOUR) for hours in (-1, *range(1, 11), 20)))
    assert [answer["points_awarded"] for answer in answers] == [20, *[0] * 10, 20]


@pytest.mark.parametrize("together", [play, play_one_by_one])
def test_what_was_paid_long_before_the_move_takes_nothing_from_the_first_day_after_it(database, clock, together):
    define(activities=[workout(max_per_day=1, cooldown_hours=1)])
    person = settle("Europe/Berlin")
    move(person, "Pacific/Auckland", START)
    answers = together(*(did(person, at=START + hours * HOUR) for hours in (-240, -21, 1)))
    assert [answer["points_awarded"] for answer in answers] == [20, 20, 20]


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        # Past one at night of the next day: it opens in its evening, and not at its end.
        ("Europe/Berlin", "Pacific/Auckland", 1),
        # Noon of the day before: the same.
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", 1),
        # The evening of the same day: midnight is five hours off, and too early.
        ("Europe/Berlin", "Asia/Kathmandu", 1),
        # Past that midnight.
        ("Europe/Berlin", "Asia/Kathmandu", 7),
    ],
)
def test_who_is_blocked_after_a_move_is_told_when_the_day_opens(database, clock, before, after, asked):
    define(activities=[workout(max_per_day=1)])
    person = settle(before)
    move(person, after, START)
    play(did(person, at=START - HOUR))
    opens_at = START + (MOVE_HOURS - 1) * HOUR
    [blocked] = play(did(person, at=START + asked * HOUR))
    assert (blocked["capped"], blocked["opens_at"]) == (True, time_text(opens_at))
    early, late = play(did(person, at=opens_at - SECOND), did(person, at=opens_at))
    assert (early["points_awarded"], late["points_awarded"]) == (0, 20)


ACTIVITIES = [workout(max_per_day=1), workout(key="stretching_done", max_per_day=1, cooldown_hours=1)]
moments = st.lists(st.integers(0, 6 * 24 * 2).map(lambda halves: START + halves * HOUR / 2), min_size=1, max_size=25)
moves = st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 6 * 24)), min_size=1, max_size=3, unique_by=lambda move: move[1])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=moments, moves=moves, activity=st.sampled_from([one["key"] for one in ACTIVITIES]), order=st.sampled_from([sorted, list]))
@example(moments=[START + 11 * HOUR, START + 13 * HOUR], moves=[("Pacific/Auckland", 12)], activity="workout_logged", order=sorted)
def test_paid_days_are_days_of_one_zone_or_twenty_hours_apart(
    database: Database, clock: object, moments: list[datetime], moves: list[tuple[str, int]], activity: str, order: Any
) -> None:
    define(activities=ACTIVITIES)
    told = order(moments)
    outcomes = []
    for together in (play, play_one_by_one):
        person = settle("Europe/Berlin")
        for zone, hours in sorted(moves, key=lambda move: move[1]):
            move(person, zone, START + hours * HOUR)
        answers = together(*(did(person, activity, at=moment) for moment in told))
        paid = [moment for moment, answer in zip(told, answers, strict=True) if answer["points_awarded"]]
        with db.write():
            places = {moment: lock_people([person])[person].zone_at(moment) for moment in paid}
        for first, second in combinations(sorted(paid), 2):
            is_one_day = first.astimezone(places[first]).date() == second.astimezone(places[second]).date()
            is_close_across_a_move = places[first] != places[second] and second - first < MOVE_HOURS * HOUR
            assert not is_one_day, (first, second)
            assert not is_close_across_a_move, (first, second)
        outcomes.append([answer["points_awarded"] for answer in answers])
    assert outcomes[0] == outcomes[1]
    with db.read():
        assert verify() == []
