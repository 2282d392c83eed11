"""How many would have an achievement that is being thought of: the same people as the engine finds once it is there."""

from datetime import timedelta

import pytest

from rewards.achievements.documents import AchievementDocument
from rewards.earning.granting import award_achievement
from rewards.earning.in_force import programme_in_force
from rewards.earning.retroacting import unlock_retroactively, who_would_unlock
from rewards.insights.reaching_back import count_earned, count_ready
from rewards.kit.database import db
from rewards.people.queries import user_by_id
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout

DAY = timedelta(days=1)
WORKOUT = {"activity": "workout_logged"}
VALUES = (1, 2, 3, 4, 5, 9, 10, 40, 100, 180, 200)


@pytest.fixture
def history(cast: Cast) -> Cast:
    define(
        activities=[workout(max_per_day=2)],
        levels=[{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 100}],
    )
    play(
        *(did(cast.ada, at=NOON + days * DAY) for days in (0, 0, 0, 1, 2, 9, 10, 16, 30, 60)), did(cast.cy), did(cast.cy, at=NOON + 9 * DAY)
    )
    return cast


@pytest.mark.parametrize(
    ("condition", "members"),
    [
        ("workout_count", {}),
        ("activity_count", WORKOUT),
        ("activity_count", WORKOUT | {"window": "day"}),
        ("activity_count", WORKOUT | {"window": "week"}),
        ("activity_count", WORKOUT | {"window": "month"}),
        ("activity_count", {"activity": "never_done"}),
        ("streak_days", WORKOUT),
        ("streak_days", {}),
        ("streak_weeks", WORKOUT),
        ("streak_months", WORKOUT),
        ("xp_total", {}),
        ("points_earned", {}),
        ("level", {}),
        ("referral_count", {}),
    ],
)
def test_the_count_beforehand_is_what_the_engine_finds_afterwards(history: Cast, condition: str, members: dict[str, str]) -> None:
    bodies = [
        {"key": f"back_{value}", "type": "automatic", "condition_type": condition, "condition_value": value, **members} for value in VALUES
    ]
    with db.read():
        before = [count_ready(AchievementDocument.model_validate(body), programme_in_force()) for body in bodies]
    define(achievements=bodies)
    with db.read():
        assert before == [len(who_would_unlock(achievement=f"back_{value}")) for value in VALUES]


def test_a_coachs_own_is_counted_among_their_clients_only(history: Cast) -> None:
    body = {"key": "back", "type": "automatic", "condition_type": "xp_total", "condition_value": 20}
    with db.read():
        assert count_ready(AchievementDocument.model_validate(body), programme_in_force()) == 2
        assert count_ready(AchievementDocument.model_validate(body | {"coach_id": history.bo}), programme_in_force()) == 1


def test_who_has_it_is_not_counted_again(history: Cast) -> None:
    body = {"key": "back", "type": "automatic", "condition_type": "xp_total", "condition_value": 20}
    define(achievements=[body])
    unlock_retroactively(achievement="back")
    with db.read():
        assert count_ready(AchievementDocument.model_validate(body), programme_in_force()) == 0


def test_a_coach_counts_own_clients_and_an_admin_everybody(history: Cast) -> None:
    define(achievements=[{"key": "kind", "type": "manual"}])
    with db.write():
        for person in (history.ada, history.cy):
            award_achievement(user_id=person, achievement="kind", awarded_by=history.dee)
    with db.read():
        bo, dee = user_by_id(history.bo), user_by_id(history.dee)
        assert bo
        assert dee
        assert (count_earned(bo), count_earned(dee)) == ({"kind": 1}, {"kind": 2})
