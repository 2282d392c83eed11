"""The programmes that Laurel grew from pay here exactly what their documents say."""

from datetime import timedelta
from typing import Any

import pytest

from rewards.activities.models import Recorder
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.queries import balances_of
from rewards.programme.kits import choose_kits, load_starting_kits
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, play_one_by_one

DAY = timedelta(days=1)
# XP and points alike, and the limit: how many in a day, or in a week.
COMMUNITY: dict[str, tuple[int, int | None, int | None]] = {
    "quiz_completed": (20, 10, None),
    "battle_participated": (25, 10, None),
    "battle_won": (20, 10, None),
    "project_created": (10, 5, None),
    "project_published": (20, 3, None),
    "daily_login": (5, 1, None),
    "week_streak": (25, None, 1),
    "side_quest_completed": (30, 5, None),
    "weekly_challenge_completed": (75, None, 1),
    "scavenger_hunt_completed": (50, None, 2),
    "feedback_given": (5, 10, None),
    "referral_converted": (50, None, 5),
}
CATEGORIES = {
    "creation": {"battle_participated", "project_created", "project_published"},
    "learning": {"quiz_completed", "side_quest_completed"},
    "community": {"feedback_given", "referral_converted"},
    "participation": {"daily_login"},
    "consistency": {"week_streak"},
    "challenge": {"battle_won", "weekly_challenge_completed", "scavenger_hunt_completed"},
}


def kits(*names: str) -> None:
    with db.write():
        load_starting_kits()
        choose_kits(names=list(names), actor_id=None)


def earned(answer: dict[str, Any]) -> tuple[int, int]:
    return answer["awards"]["xp"], answer["awards"]["points"]


def test_a_meditation_of_ten_minutes_is_worth_ten(cast: Cast) -> None:
    """The event-driven example as its document spells it; the rule names no conditions there."""
    rule = {
        "pattern": {"action": "completed", "objectType": "meditation"},
        "outcome": {"type": "award_points", "category": "MINDFULNESS", "basePoints": 10},
        "description": "Completed meditation session",
    }
    define(rules=[rule])
    [answer] = play(did(cast.ada, "meditation_completed", metadata={"duration": 600, "yogaPath": "MINDFULNESS"}))
    assert earned(answer) == (10, 10)


@pytest.mark.parametrize(
    ("activity", "amount"), [("workout_logged", 20), ("daily_checkin", 10), ("meal_logged", 5), ("program_completed", 100)]
)
def test_the_fitness_kit_pays_its_documents_amounts(cast: Cast, activity: str, amount: int) -> None:
    kits("fitness")
    assert earned(play(did(cast.ada, activity))[0]) == (amount, amount)


def test_the_fitness_kits_check_in_counts_once_in_24_hours(cast: Cast) -> None:
    kits("fitness")
    answers = play_one_by_one(*(did(cast.ada, "daily_checkin", NOON + timedelta(hours=hours)) for hours in (0, 23, 24)))
    assert [answer["points_awarded"] for answer in answers] == [10, 0, 10]


def test_seven_and_thirty_days_in_a_row_pay_their_bonuses(cast: Cast) -> None:
    kits("fitness")
    answers = play(*(did(cast.ada, "daily_checkin", NOON + days * DAY) for days in range(30)))
    bonuses = [(bonus["activity"], bonus["xp"], bonus["points"]) for answer in answers for bonus in answer["bonuses"]]
    assert bonuses == [("streak_7_day", 50, 50)] * 4 + [("streak_30_day", 200, 200)]
    with db.read():
        assert balances_of(cast.ada) == {"xp": 700, "points": 700}
        assert verify() == []


def test_the_levels_begin_at_their_documents_xp(cast: Cast) -> None:
    kits("fitness")
    with db.read():
        rows = sql.rows("SELECT body FROM definitions WHERE kind = 'level' AND until_version IS NULL ORDER BY key")
    assert len(rows) == 4
    reached: list[tuple[str, int]] = []
    for number in range(1, 51):
        [answer] = play(did(cast.ada, "program_completed", NOON + number * timedelta(minutes=1)))
        if answer["level"]["name"] not in [name for name, _ in reached]:
            reached.append((answer["level"]["name"], number * 100))
    assert reached == [("Bronze", 100), ("Silver", 500), ("Gold", 2_000), ("Platinum", 5_000)]


@pytest.mark.parametrize("activity", COMMUNITY)
def test_the_community_kit_pays_its_documents_amount_up_to_its_limit(cast: Cast, activity: str) -> None:
    kits("community")
    amount, per_day, per_week = COMMUNITY[activity]
    limit = per_day or per_week or 0
    answers = play(*(did(cast.ada, activity, recorder=Recorder.SYSTEM) for _ in range(limit + 1)))
    assert [earned(answer) for answer in answers] == [(amount, amount)] * limit + [(0, 0)]
    assert (answers[-1]["capped"], answers[-1]["reason"]) == (True, f"{'daily' if per_day else 'weekly'} limit of {limit} reached")
    [later] = play(did(cast.ada, activity, NOON + (1 if per_day else 7) * DAY))
    assert earned(later) == (amount, amount)


def test_every_activity_of_the_community_kit_has_its_documents_category(cast: Cast) -> None:
    kits("community")
    with db.read():
        keys = tuple(COMMUNITY)
        question = f"SELECT key, category FROM activities WHERE key IN ({sql.marks(keys)})"
        found: dict[str, str] = dict(map(tuple, sql.rows(question, keys)))
    assert found == {key: category for category, activities in CATEGORIES.items() for key in activities}


def test_five_kilograms_of_plastic_are_50_points_and_2_50(cast: Cast) -> None:
    kits("fitness")
    [answer] = play(did(cast.ada, "plastic_recycled", metadata={"kg": 5}))
    assert answer["points_awarded"] == 50
    assert answer["awards"]["money"] == [{"currency": "USD", "minor": 250, "amount": "2.50"}]
