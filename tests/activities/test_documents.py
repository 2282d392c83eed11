"""Activities as people write them, in the spellings of every system they come from."""

from decimal import Decimal

import pytest

from rewards.activities.documents import ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part

CHECKIN = {"key": "daily_checkin", "name": "Daily check-in", "category": "participation", "xp": 10, "points": 10, "cooldown_hours": 24}


def read(**members):
    return read_part(ActivityDocument, {"key": "workout_logged", **members})


def complaint(**members):
    with pytest.raises(Invalid) as refused:
        read(**members)
    return [problem.field for problem in refused.value.problems]


def test_an_entry_of_a_registry_with_base_points_is_worth_as_much_xp():
    quiz = read_part(
        ActivityDocument,
        {
            "activity_type": "quiz_completed",
            "category": "learning",
            "base_points": 20,
            "max_per_day": 10,
            "enabled": True,
            "notes": "Practice.",
        },
    )
    assert quiz == ActivityDocument(
        key="quiz_completed", name="Quiz completed", category="learning", xp=20, points=20, max_per_day=10, active=True, notes="Practice."
    )


def test_a_row_of_an_event_type_table_is_the_same_activity():
    row = {"key": "daily_checkin", "name": "Daily check-in", "description": None, "xp_amount": 10, "points_amount": 10, "is_active": True}
    assert read_part(ActivityDocument, row | {"cooldown_hours": 24}) == read_part(ActivityDocument, CHECKIN)


def test_a_row_without_a_cooldown_has_none():
    row = {"key": "meal_logged", "name": "Meal logged", "xp_amount": 5, "points_amount": 5, "is_active": False, "cooldown_hours": None}
    meal = read_part(ActivityDocument, row)
    assert (meal.cooldown_hours, meal.active) == (None, False)


def test_an_activity_is_named_after_its_key():
    assert read().name == "Workout logged"


def test_clients_coaches_and_services_may_record_unless_it_is_said_otherwise():
    assert read().recorded_by == ["client", "coach", "service"]
    assert read(recorded_by=["system", "coach", "system"]).recorded_by == ["system", "coach"]
    assert complaint(recorded_by=[]) == ["recorded_by"]
    assert complaint(recorded_by=["anybody"]) == ["recorded_by[0]"]


def test_amounts_per_unit_may_be_fractions():
    plastic = read(per_unit={"field": "kg", "points": Decimal("0.5"), "money": {"USD": 50}})
    assert plastic.per_unit
    assert (plastic.per_unit.points, plastic.per_unit.money) == (Decimal("0.5"), {"USD": 50})


def test_amounts_per_unit_pay_something_for_something():
    assert complaint(per_unit={"field": "kg"}) == ["per_unit"]
    assert complaint(per_unit={"field": "kg", "points": -1}) == ["per_unit.points"]
    assert complaint(per_unit={"field": "a.b", "points": 1}) == ["per_unit.field"]
    assert complaint(per_unit={"points": 1}) == ["per_unit.field"]


def test_an_activity_never_takes_away():
    assert complaint(points=-1) == ["points"]
    assert complaint(money={"USD": -1}) == ["money.USD"]


def test_a_currency_has_three_capitals():
    assert complaint(money={"usd": 1, "EURO": 2}) == ["money.usd", "money.EURO"]


@pytest.mark.parametrize("member", ["max_per_day", "max_per_week", "cooldown_hours"])
def test_a_limit_is_at_least_one(member):
    assert complaint(**{member: 0}) == [member]
    assert complaint(**{member: 1.5}) == [member]


def test_returns_diminish_by_a_factor_of_at_most_one():
    found = read(diminishing={"after": 3, "factor": "0.5"}).diminishing
    assert found
    assert found.factor == Decimal("0.5")
    assert complaint(diminishing={"after": 3, "factor": 1.1}) == ["diminishing.factor"]
    assert complaint(diminishing={"after": -1, "factor": 0}) == ["diminishing.after", "diminishing.factor"]


def test_a_category_in_capitals_is_the_same_category():
    assert read(category="MINDFULNESS").category == "mindfulness"
    assert read_part(CategoryDocument, {"key": "MINDFULNESS"}) == CategoryDocument(key="mindfulness", name="Mindfulness")


def test_the_products_own_activities_are_nobody_elses():
    assert complaint(key="adjustment") == ["key"]


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc/passwd", "Europe", "CET\x00", "/etc/localtime", "localtime", "posixrules"])
def test_a_programme_lives_in_a_time_zone_that_exists(zone):
    with pytest.raises(Invalid, match="timezone"):
        read_part(ProgrammeSettings, {"timezone": zone})


def test_the_settings_have_usual_values():
    settings = read_part(ProgrammeSettings, {"timezone": "Europe/Berlin"})
    assert settings.plain() == {
        "name": "Laurel",
        "currency": "USD",
        "timezone": "Europe/Berlin",
        "points_word": "points",
        "streak_activity": "daily_checkin",
        "backdating_days": None,
        "accent": None,
        "logo": None,
        "contact": None,
        "privacy": None,
        "terms": None,
    }
