"""What a decision is made of: examples, lines, what leaves it besides amounts, what cannot be decided, and the trace."""

from decimal import Decimal

import pytest

from rewards.earning.deciding import DecisionError
from rewards.ledger.models import AMOUNT_MAX
from tests.earning.drafts import PLASTIC, ada, award, decided, did, multiply, points, programme, workout

# The examples of those who asked for it


def test_ten_minutes_of_meditation_are_ten_points_and_ten_xp():
    rule = {
        "key": "long_meditation",
        "pattern": {"action": "completed", "objectType": "meditation"},
        "conditions": {"metadata.duration": {"gte": 600}},
        "outcome": {"type": "award_points", "category": "MINDFULNESS", "basePoints": 10},
    }
    made = programme(rules=[rule])
    decision = decided(made, did("meditation_completed", duration=600, yogaPath="MINDFULNESS"))
    assert decision.amounts == {"xp": 10, "points": 10}
    assert decision.category == "mindfulness"
    assert decided(made, did("meditation_completed", duration=599)).amounts == {}


def test_five_kilograms_of_plastic_are_fifty_points_and_two_dollars_fifty():
    made = programme(activities=[PLASTIC])
    assert decided(made, did("plastic_recycled", kg=5)).amounts == {"xp": 50, "points": 50, "USD": 250}
    assert decided(made, did("plastic_recycled", kg=Decimal("0.25"))).amounts == {"xp": 3, "points": 3, "USD": 13}


REFERRED = {"pattern": {"activity": "referral_confirmed"}, "points": 0}


@pytest.mark.parametrize(
    ("referrals", "score"),
    [(1, 10 + 5), (2, 10), (5, 10 + 50), (6, 10), (10, 10 + 100), (11, 10 + 100)],
)
def test_a_campaigns_milestones_are_conditions_on_the_referral(referrals, score):
    rules = [
        award("referred", score=10, **REFERRED),
        award("first", score=5, conditions={"firstReferralOnly": True}, **REFERRED),
        award("fifth", score=50, conditions={"referralCount": {"equals": 5}}, **REFERRED),
        award("tenth", score=100, conditions={"referralCount": {"gte": 10}}, **REFERRED),
    ]
    standing = ada(campaign={"referralCount": referrals, "score": 0})
    assert decided(programme(rules=rules), did("referral_confirmed"), standing).amounts == {"score": score}


def test_a_campaign_may_ask_for_a_score():
    made = programme(rules=[award("late", score=7, conditions={"minScore": 100}, **REFERRED)])
    found = {score: decided(made, did("referral_confirmed"), ada(campaign={"score": score})).amounts for score in (99, 100)}
    assert found == {99: {}, 100: {"score": 7}}


# Lines


def test_the_base_the_units_and_every_awarding_rule_add_up():
    activity = workout(xp=1, points=2, money={"EUR": 3}, per_unit={"field": "minutes", "points": "0.5", "xp": 2})
    rules = [award("a", points=100, xp=200, money={"EUR": 300}), award("b", points=0, per_unit={"field": "minutes", "points": 1})]
    made = programme(activities=[activity], rules=rules)
    assert decided(made, did(minutes=10)).amounts == {"xp": 1 + 20 + 200, "points": 2 + 5 + 100 + 10, "EUR": 303}


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({}, "missing"),
        ({"kg": None}, "missing"),
        ({"kg": "5"}, "not a number"),
        ({"kg": True}, "not a number"),
        ({"kg": [5]}, "not a number"),
        ({"kg": Decimal("NaN")}, "not a number"),
        ({"kg": Decimal("Infinity")}, "not a number"),
        ({"kg": -5}, "negative"),
        ({"kg": Decimal("-0.001")}, "negative"),
    ],
    ids=str,
)
def test_units_that_cannot_be_counted_are_worth_nothing_and_the_trace_says_why(metadata, why):
    decision = decided(programme(activities=[PLASTIC]), did("plastic_recycled", **metadata))
    assert decision.amounts == {}
    assert {asset: told["lines"][0]["why"] for asset, told in decision.trace["assets"].items()} == dict.fromkeys(
        ["xp", "points", "USD"], why
    )


def test_no_units_at_all_are_a_number():
    decision = decided(programme(activities=[PLASTIC]), did("plastic_recycled", kg=0))
    assert decision.amounts == {}
    assert decision.trace["assets"]["points"]["lines"] == [
        {"activity": "plastic_recycled", "field": "kg", "each": 10, "units": 0, "amount": 0}
    ]


def test_the_version_of_the_first_rule_that_paid_stands_with_each_asset():
    rules = [award("a", points=0, xp=0, per_unit={"field": "kg", "points": 1}), award("b", points=5), award("c", points=5, xp=5)]
    made = programme(activities=[workout(money={"USD": 1})], rules=rules)
    versions = {rule.key: rule.id for rule in made.rules}
    assert decided(made).rule_version_ids == {"xp": versions["c"], "points": versions["b"], "USD": None}
    assert decided(made, did(kg=2)).rule_version_ids["points"] == versions["a"]


def test_the_category_of_a_registered_event_is_its_activitys():
    made = programme(activities=[workout()], rules=[award(category="learning")])
    assert decided(made).category == "creation"


def test_the_category_of_an_unregistered_event_is_that_of_the_first_awarding_rule_that_names_one():
    rules = [
        multiply("a", priority=1, categories=["challenge"]),
        award("b"),
        award("c", category="Learning"),
        award("d", category="community"),
    ]
    assert decided(programme(rules=rules)).category == "learning"
    assert decided(programme(rules=[award()])).category is None


# Stop, unlocks and grants


def test_a_rule_that_stops_ends_the_rules_and_not_the_boosts():
    rules = [award("a", points=1, priority=1, stop=True), award("b", points=100, priority=2), multiply("c", 7, priority=3)]
    assert points(rules) == 11
    assert points(rules, boosts=[{"key": "june", "factor": 2}]) == 22


def test_a_rule_that_does_not_hold_stops_nothing():
    rules = [award("a", points=1, priority=1, stop=True, conditions={"metadata.no": 1}), award("b", points=100, priority=2)]
    assert points(rules) == 110


def test_unlocks_and_grants_leave_as_they_were_named():
    def outcome(key, **outcome):
        return {"key": key, "pattern": {}, "outcome": outcome}

    rules = [
        outcome("a", type="unlock_achievement", achievement="welcome"),
        outcome("b", type="grant_reward", reward="bottle"),
        outcome("c", type="unlock_achievement", achievement="welcome"),
        outcome("d", type="unlock_achievement", achievement="again"),
    ]
    decision = decided(programme(rules=rules))
    assert (decision.unlocks, decision.grants, decision.amounts) == (("welcome", "again"), ("bottle",), {})


# What cannot be decided


def test_an_amount_beyond_an_account_is_refused_by_its_name():
    assert points(base=AMOUNT_MAX) == AMOUNT_MAX
    with pytest.raises(DecisionError, match=r"workout_logged: points of 18000000000000000 is more than an account can hold"):
        points([multiply()], base=AMOUNT_MAX)
    with pytest.raises(DecisionError, match=r"score of -13500000000000000 is more"):
        decided(programme(rules=[award(points=0, score=-AMOUNT_MAX), multiply(factor="1.5", asset="score")]))


def test_what_is_rounded_to_the_limit_is_within_it():
    assert (
        points([award(points=0, per_unit={"field": "kg", "points": 1})], base=AMOUNT_MAX, occurrence=did(kg=Decimal("0.4"))) == AMOUNT_MAX
    )


@pytest.mark.parametrize(
    "units", [10**4_000, Decimal("1E+90000"), Decimal("1E+999999999999"), Decimal("1E-999999999999"), Decimal(f"1.{'3' * 150_000}")]
)
def test_a_number_beyond_all_measure_is_refused_and_quickly(units):
    with pytest.raises(DecisionError, match=r"plastic_recycled: (.* more than an account can hold|a number has more digits)"):
        decided(programme(activities=[PLASTIC], rules=[award(points=1)]), did("plastic_recycled", kg=units))


def test_a_rule_that_fails_is_named():
    made = programme(rules=[award("asks", conditions={"metadata.it": {"gte": 5}})])
    with pytest.raises(DecisionError, match=rf"the rule asks \(version {made.rules[0].id}\) failed: InvalidOperation"):
        decided(made, did(it=Decimal("NaN")))
