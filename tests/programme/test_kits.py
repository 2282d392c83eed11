"""The kits: the seeded values, and which of them are in force."""

import pytest

from rewards.activities.registry import registry_in_force
from rewards.kit.database import Database
from rewards.levels.ladder import Ladder
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.kits import KITS, choose_kits, load_starting_kits, read_kit

FITNESS = {
    "workout_logged": ("creation", 20, None, None, None),
    "daily_checkin": ("participation", 10, None, None, 24),
    "meal_logged": ("participation", 5, None, None, None),
    "program_completed": ("challenge", 100, None, None, None),
    "streak_7_day": ("consistency", 50, None, None, None),
    "streak_30_day": ("consistency", 200, None, None, None),
    "plastic_recycled": ("community", 0, None, None, None),
}
COMMUNITY = {
    "quiz_completed": ("learning", 20, 10, None, None),
    "battle_participated": ("creation", 25, 10, None, None),
    "battle_won": ("challenge", 20, 10, None, None),
    "project_created": ("creation", 10, 5, None, None),
    "project_published": ("creation", 20, 3, None, None),
    "daily_login": ("participation", 5, 1, None, None),
    "week_streak": ("consistency", 25, None, 1, None),
    "side_quest_completed": ("learning", 30, 5, None, None),
    "weekly_challenge_completed": ("challenge", 75, None, 1, None),
    "scavenger_hunt_completed": ("challenge", 50, None, 2, None),
    "feedback_given": ("community", 5, 10, None, None),
    "referral_converted": ("community", 50, None, 5, None),
}


@pytest.mark.parametrize(("kit", "values"), [("fitness", FITNESS), ("community", COMMUNITY)], ids=KITS)
def test_a_kit_has_the_seeded_values(kit: str, values: dict[str, tuple[object, ...]]):
    activities = read_kit(kit).activities
    assert values == {one.key: (one.category, one.xp, one.max_per_day, one.max_per_week, one.cooldown_hours) for one in activities}
    assert all(one.points == one.xp for one in activities)


def test_a_kilogram_of_plastic_is_worth_ten_and_half_a_unit_of_money():
    [plastic] = [activity for activity in read_kit("fitness").activities if activity.per_unit]
    assert plastic.per_unit
    assert plastic.per_unit.plain() == {"field": "kg", "xp": 10, "points": 10, "money": {"USD": 50}}


@pytest.mark.parametrize("kit", KITS)
def test_a_kit_has_six_categories_and_four_levels(kit: str):
    document = read_kit(kit)
    assert [category.key for category in document.categories] == [
        "creation",
        "learning",
        "community",
        "participation",
        "consistency",
        "challenge",
    ]
    assert {level.name: level.xp_required for level in Ladder(document.levels).levels} == {
        "Bronze": 0,
        "Silver": 500,
        "Gold": 2000,
        "Platinum": 5000,
    }
    assert not any(level.multiplier for level in document.levels)


def test_what_the_product_records_by_itself_nobody_else_may_record():
    alone = {activity.key for kit in KITS for activity in read_kit(kit).activities if activity.recorded_by == ["system"]}
    assert alone == {"daily_login", "week_streak", "referral_converted", "streak_7_day", "streak_30_day"}


def test_an_empty_database_starts_with_the_first_kit_awake_and_the_other_asleep(database: Database):
    with database.write():
        assert load_starting_kits()
        active = {key for key, activity in registry_in_force().activities.items() if activity.active}
        assert len(registry_in_force().activities) == 19
    assert active == set(FITNESS)


def test_kits_are_loaded_into_an_empty_database_only(database: Database):
    with database.write():
        change_programme(document=ProgrammeDocument.model_validate({"activities": [{"key": "nap"}]}), actor_id=None)
    with database.write():
        assert load_starting_kits() is None
        assert set(registry_in_force().activities) == {"nap"}


def test_choosing_a_kit_wakes_its_activities_and_keeps_what_was_edited(database: Database):
    with database.write():
        load_starting_kits()
    with database.write():
        edit = {"key": "quiz_completed", "category": "learning", "xp": 7, "points": 7, "active": False}
        change_programme(document=ProgrammeDocument.model_validate({"activities": [edit]}), actor_id=None)
    with database.write():
        choose_kits(names=["community"], actor_id=None)
    with database.read():
        activities = registry_in_force().activities
    assert {key for key, activity in activities.items() if activity.active} == set(COMMUNITY)
    assert activities["quiz_completed"].xp == 7
