"""How far somebody is towards an achievement is what can still lead to it today."""

from datetime import timedelta

import pytest

from rewards.earning.in_force import programme_in_force
from rewards.insights.achieving import headway_of
from rewards.kit.database import db
from rewards.ledger.models import XP
from rewards.ledger.queries import balances_of
from rewards.streaks.queries import runs_of
from tests.programmes import NOON, define, did, play, workout

DAY = timedelta(days=1)
TODAY = NOON.date()
STREAKS = {"type": "automatic", "activity": "workout_logged"}
LIST = [
    {"key": "weeks", "name": "Weeks", "condition_type": "streak_weeks", "condition_value": 4, **STREAKS},
    {"key": "months", "name": "Months", "condition_type": "streak_months", "condition_value": 4, **STREAKS},
    {"key": "month", "name": "Month", "type": "automatic", "condition_type": "workout_count", "condition_value": 9, "window": "month"},
    {"key": "points", "name": "Points", "type": "automatic", "condition_type": "points_earned", "condition_value": 500},
    {"key": "level", "name": "Level", "type": "automatic", "condition_type": "level", "condition_value": 2},
    {"key": "hand", "name": "By hand", "type": "manual"},
]


def headway(cast, today=TODAY, unlocked=()):
    with db.read():
        xp = balances_of(cast.ada).get(XP, 0)
        found = headway_of(
            user_id=cast.ada,
            coach_id=None,
            programme=programme_in_force(),
            unlocked=unlocked,
            total_xp=xp,
            runs=runs_of(cast.ada),
            today=today,
        )
    return {one.achievement.key: one.have for one in found}


@pytest.fixture
def worked(cast):
    """Workouts this week and in the two before it, and one in the month before that."""
    define(activities=[workout()], achievements=LIST)
    play(*(did(cast.ada, at=NOON - days * DAY) for days in (40, 14, 7, 1, 0)))
    return cast


def test_each_is_measured_in_its_own_unit(worked):
    found = headway(worked)
    assert (found["weeks"], found["months"], found["month"], found["points"], found["level"]) == (3, 3, 2, 100, 1)


def test_a_week_that_is_not_over_breaks_no_run(worked):
    assert headway(worked, TODAY + 6 * DAY)["weeks"] == 3
    assert headway(worked, TODAY + 13 * DAY)["weeks"] == 0


def test_the_nearest_comes_first_and_what_is_given_by_hand_last(worked):
    order = list(headway(worked))
    assert (order[0], order[-1]) == ("weeks", "hand")


def test_what_is_unlocked_is_behind_them(worked):
    assert "weeks" not in headway(worked, unlocked={"weeks"})
