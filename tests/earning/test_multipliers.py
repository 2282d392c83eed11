"""What a multiplier covers, when it is live, and how several go together."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.earning.drafts import NOON, award, decided, did, multiply, points, programme


@pytest.mark.parametrize(
    ("stacked", "expected"),
    [
        ([("2", "compound"), ("3", "compound")], 60),
        ([("1.5", "add"), ("1.2", "add")], 17),
        ([("2", "highest"), ("3", "highest"), ("1.5", "highest")], 30),
        ([("2", "compound"), ("1.5", "add"), ("1.5", "add"), ("3", "highest"), ("2", "highest")], 120),
        ([("0.5", "highest")], 5),
        ([("0.5", "add"), ("0.7", "add")], 2),
        ([("0.5", "add"), ("0.3", "add"), ("0.1", "add")], 0),
    ],
    ids=str,
)
def test_multipliers_go_together_by_their_kind(stacked, expected):
    rules = [multiply(f"m{number}", factor, stacking=kind) for number, (factor, kind) in enumerate(stacked)]
    boosts = [{"key": f"b{number}", "factor": factor, "stacking": kind} for number, (factor, kind) in enumerate(stacked)]
    assert points(rules) == points(boosts=boosts) == points(rules[:1], boosts=boosts[1:]) == expected


def test_a_line_collects_the_multipliers_that_come_after_it():
    rules = [
        multiply("a", 2, priority=10),
        award("b", points=100, priority=20),
        multiply("c", 3, priority=30),
        award("d", points=1_000, priority=40),
    ]
    assert points(rules) == 10 * 2 * 3 + 100 * 3 + 1_000


def test_rules_of_one_priority_stand_in_the_order_of_their_keys():
    assert points([award("a", points=1, priority=1), multiply("b", 2, priority=1), award("c", points=1, priority=1)]) == 10 * 2 + 1 * 2 + 1


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({}, {"xp": 4, "points": 4, "USD": 2, "score": 2}),
        ({"asset": "xp"}, {"xp": 4, "points": 2, "USD": 2, "score": 2}),
        ({"asset": "points"}, {"xp": 2, "points": 4, "USD": 2, "score": 2}),
        ({"asset": "USD"}, {"xp": 2, "points": 2, "USD": 4, "score": 2}),
        ({"asset": "EUR"}, {"xp": 2, "points": 2, "USD": 2, "score": 2}),
        ({"asset": "score"}, {"xp": 2, "points": 2, "USD": 2, "score": 4}),
    ],
    ids=str,
)
def test_a_multiplier_covers_its_asset(scope, expected):
    rule = award(xp=2, points=2, money={"USD": 2}, score=2)
    assert decided(programme(rules=[rule, multiply(**scope)])).amounts == expected
    assert decided(programme(rules=[rule], boosts=[{"key": "june", "factor": 2, **scope}])).amounts == expected


def test_a_multiplier_covers_the_lines_of_its_categories():
    rules = [award("own", points=100, category="learning"), award("events", points=1_000)]
    assert points([*rules, multiply(categories=["learning"])]) == 10 + 200 + 1_000
    assert points([*rules, multiply(categories=["Creation"])]) == 20 + 100 + 2_000
    assert points([*rules, multiply(categories=["learning", "creation"])]) == 20 + 200 + 2_000
    assert points([*rules, multiply(categories=["challenge"])]) == 1_110


def test_a_line_without_a_category_of_its_own_belongs_to_that_of_the_event():
    rules = [award("a", points=1), award("b", points=10, category="learning")]
    assert decided(programme(rules=[*rules, multiply(categories=["learning"])])).amounts == {"points": 22}
    assert decided(programme(rules=[rules[0], multiply(categories=["participation"])])).amounts == {"points": 2}


def test_a_multiplier_covers_events_of_its_activities():
    assert points([multiply(activities=["workout_logged", "meal_logged"])]) == 20
    assert points([multiply(activities=["meal_logged"])]) == 10
    assert points(boosts=[{"key": "june", "factor": 2, "activities": ["meal_logged"]}]) == 10


def test_a_multiplier_of_nothing_makes_nothing():
    assert decided(programme(rules=[multiply()])).amounts == {}


# Boosts and windows


@pytest.mark.parametrize(
    ("when", "live"),
    [
        ({}, True),
        ({"from": "2026-03-04T12:00:00Z"}, True),
        ({"from": "2026-03-04T12:00:01Z"}, False),
        ({"until": "2026-03-04T12:00:01Z"}, True),
        ({"until": "2026-03-04T12:00:00Z"}, False),
        ({"from": "2026-03-04", "until": "2026-03-05"}, True),
        ({"weekdays": ["wednesday"]}, True),
        ({"weekdays": ["monday", "sunday"]}, False),
        ({"hours": {"from": 12, "until": 13}}, True),
        ({"hours": {"from": 11, "until": 12}}, False),
        ({"weekdays": ["wednesday"], "hours": {"from": 13, "until": 24}}, False),
    ],
    ids=str,
)
def test_a_boost_is_live_in_its_window(when, live):
    assert points(boosts=[{"key": "june", "factor": 2, **when}]) == (20 if live else 10)


def test_a_boosts_weekdays_and_hours_are_the_persons_own():
    boosts = [{"key": "friday", "factor": 2, "weekdays": ["friday"], "hours": {"from": 0, "until": 1}}]
    thursday = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    assert points(boosts=boosts, occurrence=did(at=thursday, zone="Europe/Berlin")) == 20
    assert points(boosts=boosts, occurrence=did(at=thursday)) == 10


@pytest.mark.parametrize(("days", "expected"), [(-1, 10), (0, 15), (1, 15), (2, 10)])
def test_a_rule_holds_from_its_first_moment_until_before_its_last(days, expected):
    rule = award(active_from="2026-03-04T12:00:00Z", active_until="2026-03-06T12:00:00Z")
    assert points([rule], occurrence=did(at=NOON + days * timedelta(days=1))) == expected
