"""Achievements as people write them."""

import pytest

from rewards.achievements.documents import AchievementDocument, ConditionType
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part

FIRST_WEEK = {
    "key": "first_week",
    "name": "First week",
    "type": "automatic",
    "condition_type": "streak_days",
    "condition_value": 7,
    "activity": "daily_checkin",
    "xp_reward": 50,
    "points_reward": 20,
}


def complaints(**members):
    with pytest.raises(Invalid) as refused:
        read_part(AchievementDocument, {"key": "a", **members})
    return [problem.field for problem in refused.value.problems]


def test_an_automatic_achievement_has_a_condition_and_gives_a_bonus():
    found = read_part(AchievementDocument, FIRST_WEEK)
    assert (found.condition_type, found.condition_value, found.counted_activity) == ("streak_days", 7, "daily_checkin")
    assert (found.xp_reward, found.points_reward, found.secret, found.active, found.coach_id) == (50, 20, False, True, None)


def test_a_row_of_an_achievement_table_is_the_same_achievement():
    row = {
        "key": "ten",
        "name": "Ten workouts",
        "description": None,
        "type": "automatic",
        "condition_type": "workout_count",
        "condition_value": 10,
    }
    found = read_part(AchievementDocument, row | {"is_active": False})
    assert (found.counted_activity, found.active) == ("workout_logged", False)


def test_a_manual_achievement_has_no_condition():
    assert read_part(AchievementDocument, {"key": "kind_word", "type": "manual"}).name == "Kind word"
    assert complaints(type="manual", condition_type="level", condition_value=2) == ["condition_type", "condition_value"]


def test_an_automatic_achievement_needs_its_condition():
    assert complaints(type="automatic") == ["condition_type", "condition_value"]
    assert complaints(type="automatic", condition_type="activity_count", condition_value=3) == ["activity"]
    assert complaints(type="automatic", condition_type="xp_total", condition_value=0) == ["condition_value"]


def test_what_a_condition_does_not_look_at_is_not_taken_silently():
    assert complaints(type="automatic", condition_type="xp_total", condition_value=3, activity="meal_logged") == ["activity"]
    assert complaints(type="automatic", condition_type="workout_count", condition_value=3, activity="meal_logged") == ["activity"]
    assert complaints(type="automatic", condition_type="streak_days", condition_value=3, window="week") == ["window"]


@pytest.mark.parametrize("window", ["day", "week", "month"])
def test_a_count_may_ask_for_a_window(window):
    asked = {"type": "automatic", "condition_type": "activity_count", "activity": "feedback_given", "condition_value": 5}
    assert read_part(AchievementDocument, {"key": "five", **asked, "window": window}).window == window


@pytest.mark.parametrize("kind", [kind for kind in ConditionType if kind != ConditionType.ACTIVITY_COUNT])
def test_every_condition_needs_no_more_than_its_value(kind):
    asked = {"type": "automatic", "condition_type": kind.value, "condition_value": 2}
    assert read_part(AchievementDocument, {"key": "a", **asked}).condition_type == kind


def test_the_kind_of_achievement_and_of_condition_is_a_known_one():
    assert complaints(type="magic") == ["type"]
    assert complaints(type="automatic", condition_type="steps", condition_value=1) == ["condition_type"]
