"""Definitions become a programme that is only looked up."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rewards.activities.definitions import DefinitionRow
from rewards.activities.models import Kind
from rewards.earning.compiling import compile_programme
from rewards.kit import documents
from rewards.programme.document import part_of
from tests.earning.drafts import VERSION, award, decided, did, multiply, programme, rows, workout


def keys(rules):
    return [rule.key for rule in rules]


def test_nothing_defined_is_a_programme_with_the_usual_settings():
    made = compile_programme(0, [])
    assert (made.version, made.settings.currency, made.settings.streak_activity) == (0, "USD", "daily_checkin")
    assert set(made.categories) == {"creation", "learning", "community", "participation", "consistency", "challenge"}
    assert (made.activities, made.rules, made.boosts, made.achievements) == ({}, (), (), ())
    assert made.ladder.level_for(10_000).number == 1
    assert made.rules_for("logged", "workout", "workout_logged") == ()


def test_every_kind_of_definition_is_there():
    made = programme(
        settings=[{"name": "Laurel", "currency": "EUR", "streak_activity": "workout_logged"}],
        categories=[{"key": "mindfulness", "name": "Mindfulness"}],
        activities=[workout(money={"EUR": 5}, cooldown_hours=2, max_per_day=3, max_per_week=4, recorded_by=["coach"], active=False)],
        rules=[award()],
        boosts=[{"key": "june", "factor": 2}],
        levels=[
            {"number": 1, "name": "Bronze", "xp_required": 0},
            {"number": 2, "name": "Silver", "xp_required": 500, "multiplier": "1.1"},
        ],
        achievements=[{"key": "first", "type": "manual"}],
    )
    assert made.version == VERSION
    assert made.settings.currency == "EUR"
    assert made.categories["mindfulness"].name == "Mindfulness"
    activity = made.activities["workout_logged"]
    assert (activity.id, activity.key, activity.name, activity.category) == (3, "workout_logged", "Workout logged", "creation")
    assert activity.base == {"xp": 20, "points": 20, "EUR": 5}
    assert (activity.cooldown_hours, activity.max_per_day, activity.max_per_week) == (2, 3, 4)
    assert (activity.recorded_by, activity.active, activity.document.key) == (("coach",), False, "workout_logged")
    assert keys(made.rules) == ["award"]
    assert [(boost.id, boost.key, boost.multiplier.factor) for boost in made.boosts] == [(5, "june", 2)]
    assert made.ladder.level_for(500).name == "Silver"
    assert made.level_factors == {2: Decimal("1.1")}
    assert [(one.id, one.key, one.name, one.type) for one in made.achievements] == [(8, "first", "First", "manual")]


def test_an_automatic_achievement_knows_the_activity_it_looks_at():
    bodies = [
        {"key": "a", "condition_type": "workout_count", "condition_value": 5, "window": "week"},
        {
            "key": "b",
            "condition_type": "activity_count",
            "condition_value": 1,
            "activity": "meal_logged",
            "xp_reward": 5,
            "points_reward": 6,
        },
        {"key": "c", "condition_type": "streak_days", "condition_value": 7},
        {"key": "d", "condition_type": "streak_weeks", "condition_value": 2, "activity": "meal_logged", "coach_id": 2, "active": False},
    ]
    made = programme(settings=[{"streak_activity": "daily_login"}], achievements=[body | {"type": "automatic"} for body in bodies])
    found = [(one.condition_type, one.value, one.activity, one.window, one.coach_id, one.active) for one in made.achievements]
    assert found == [
        ("workout_count", 5, "workout_logged", "week", None, True),
        ("activity_count", 1, "meal_logged", None, None, True),
        ("streak_days", 7, "daily_login", None, None, True),
        ("streak_weeks", 2, "meal_logged", None, 2, False),
    ]
    assert [(one.xp_reward, one.points_reward) for one in made.achievements][1] == (5, 6)


def test_rules_stand_in_order_of_priority_and_then_of_their_keys():
    made = programme(rules=[award("c", priority=5), award("b", priority=5), award("z", priority=-1), award("a", priority=100)])
    assert keys(made.rules) == ["z", "b", "c", "a"]
    assert [rule.place for rule in made.rules] == [0, 1, 2, 3]
    assert [rule.id for rule in made.rules] == [3, 2, 1, 4]


PATTERNS = {
    "any": {},
    "activity": {"activity": "workout_logged"},
    "action": {"action": "logged"},
    "object": {"object_type": "workout"},
    "both": {"action": "logged", "object_type": "workout"},
    "all": {"action": "logged", "object_type": "workout", "activity": "workout_logged"},
    "other_action": {"action": "done", "object_type": "workout"},
    "other_activity": {"activity": "meal_logged", "action": "logged"},
}


def test_only_rules_whose_pattern_names_the_event_are_tried():
    made = programme(rules=[award(key, pattern=pattern) for key, pattern in PATTERNS.items()])
    assert keys(made.rules_for("logged", "workout", "workout_logged")) == ["action", "activity", "all", "any", "both", "object"]
    assert keys(made.rules_for("logged", "meal", "meal_logged")) == ["action", "any", "other_activity"]
    assert keys(made.rules_for("done", "workout", "workout_done")) == ["any", "object", "other_action"]
    assert keys(made.rules_for("", "", "")) == ["any"]


def test_an_event_may_name_another_activity_than_its_words_make():
    made = programme(rules=[award(key, pattern=pattern) for key, pattern in PATTERNS.items()])
    assert keys(made.rules_for("logged", "workout", "meal_logged")) == ["action", "any", "both", "object", "other_activity"]


def test_what_is_switched_off_is_not_tried():
    made = programme(activities=[workout()], rules=[award(active=False)], boosts=[{"key": "june", "factor": 2, "active": False}])
    assert decided(made).amounts == {"xp": 20, "points": 20}
    assert (made.rules, made.boosts, made.rules_for("logged", "workout", "workout_logged")) == ((), (), ())


def test_fields_of_a_pattern_are_asked_like_conditions():
    made = programme(rules=[award(pattern={"metadata": {"path": "yoga", "long": True}})])
    assert decided(made, did(path="yoga", long=True)).amounts == {"points": 5}
    for metadata in ({"path": "run", "long": True}, {"path": "yoga"}, {"path": "yoga", "long": 1}, {}):
        assert decided(made, did(**metadata)).amounts == {}


@pytest.mark.parametrize("written", ["1.5", Decimal("1.5"), 1.5], ids=["text", "decimal", "float"])
def test_a_fraction_is_exact_however_it_is_written(written):
    made = programme(activities=[workout()], rules=[multiply(factor=written)])
    assert repr(factor_of(made)) == "Decimal('1.5')"
    assert decided(made).amounts == {"xp": 30, "points": 30}


def test_a_whole_fraction_is_a_whole_number():
    factors = [factor_of(programme(rules=[multiply(factor=factor)])) for factor in (2, "2.0", Decimal(2))]
    assert [(factor, type(factor)) for factor in factors] == [(2, int)] * 3


def factor_of(made):
    [rule] = made.rules
    assert rule.multiplier
    return rule.multiplier.factor


def test_what_is_stored_compiles_to_the_same():
    sections = {
        "activities": [
            workout(diminishing={"after": 1, "factor": "0.1"}, per_unit={"field": "kg", "points": "0.3", "money": {"USD": "0.7"}})
        ],
        "rules": [multiply(factor="1.1"), award(conditions={"metadata.kg": {"gte": Decimal("0.1")}})],
    }
    stored = [
        row._replace(body=documents.parse_exactly(documents.canonical(part_of(row.kind, row.body).plain()))) for row in rows(**sections)
    ]
    first, second = programme(**sections), compile_programme(VERSION, stored)
    for paid in range(3):
        outcomes = [decided(made, did(kg=Decimal("0.7")), paid_before_today=paid) for made in (first, second)]
        assert outcomes[0] == outcomes[1]


def test_windows_begin_at_midnight_in_the_programmes_zone_or_at_their_own_moment():
    made = programme(
        settings=[{"timezone": "America/New_York"}],
        rules=[award("day", active_from="2026-03-05", active_until="2026-03-06"), award("moment", active_from="2026-03-05T00:00:00+02:00")],
    )
    day, moment = made.rules
    assert (day.active_from, day.active_until) == (datetime(2026, 3, 5, 5, tzinfo=UTC), datetime(2026, 3, 6, 5, tzinfo=UTC))
    assert (moment.active_from, moment.active_until) == (datetime(2026, 3, 4, 22, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("kind", "key", "body"),
    [
        (Kind.RULE, "double", {"key": "double", "pattern": {}, "outcome": {"type": "multiply", "factor": "many"}}),
        (
            Kind.RULE,
            "asks",
            {"key": "asks", "pattern": {}, "conditions": {"person.shoe_size": 5}, "outcome": {"type": "grant_reward", "reward": "x"}},
        ),
        (Kind.ACTIVITY, "workout_logged", {"key": "workout_logged", "xp": -1}),
        (Kind.BOOST, "june", {"key": "june"}),
        (Kind.LEVEL, "2", {"number": 2}),
        (Kind.ACHIEVEMENT, "first", {"key": "first", "type": "automatic"}),
        (Kind.PROGRAMME, "programme", {"timezone": "Atlantis"}),
    ],
)
def test_a_definition_that_cannot_be_read_is_named(kind, key, body):
    with pytest.raises(ValueError, match=f"the {kind} {key} \\(definition 31\\) cannot be read"):
        compile_programme(1, [DefinitionRow(31, kind, key, body)])


def test_a_definition_of_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="the spell abracadabra \\(definition 1\\) cannot be read"):
        compile_programme(1, [DefinitionRow(1, "spell", "abracadabra", {})])  # type: ignore[arg-type]


def test_compiling_changes_no_definition():
    given = rows(activities=[workout(per_unit={"field": "kg", "points": "0.5"})], rules=[award(), multiply(factor="1.5")])
    before = json.dumps([row.body for row in given], default=str)
    compile_programme(1, given)
    assert json.dumps([row.body for row in given], default=str) == before


def test_many_rules_cost_an_event_no_more_than_those_that_concern_it():
    """Counted, not timed: the rules of other activities are never looked at."""
    others = [award(f"other_{number}", pattern={"activity": f"other_{number}"}) for number in range(500)]
    made = programme(activities=[workout()], rules=[*others, award(pattern={"activity": "workout_logged"})])
    assert [note["rule"] for note in decided(made).trace["rules"]] == ["award"]
