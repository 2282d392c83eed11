"""What multiplies a whole sum, and the one rounding at its end."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest

from rewards.earning.compiled import Line
from rewards.earning.summing import worth_of
from rewards.ledger.models import AMOUNT_MAX
from tests.earning.drafts import LEVELS, ada, award, decided, did, multiply, points, programme, workout


def test_the_level_before_the_event_multiplies_xp_and_points_only():
    made = programme(activities=[workout(money={"USD": 20})], rules=[award(points=0, score=20)], levels=LEVELS)
    assert decided(made, standing=ada(level=2)).amounts == {"xp": 22, "points": 22, "USD": 20, "score": 20}
    assert decided(made, standing=ada(level=1)).amounts == {"xp": 20, "points": 20, "USD": 20, "score": 20}
    assert decided(made, standing=ada(level=9)).amounts["xp"] == 20


@pytest.mark.parametrize(("after", "expected"), [(0, [50, 25, 13, 6]), (2, [100, 100, 50, 25]), (9, [100] * 4)])
def test_the_kth_paid_event_of_a_day_counts_f_to_the_power_of_k_minus_n(after, expected):
    made = programme(activities=[workout(xp=0, points=100, diminishing={"after": after, "factor": "0.5"})])
    assert [decided(made, paid_before_today=paid).amounts["points"] for paid in range(4)] == expected


def test_diminishing_covers_every_asset_and_every_line():
    activity = workout(money={"USD": 20}, diminishing={"after": 1, "factor": "0.5"})
    made = programme(activities=[activity], rules=[award(points=100, score=-50)])
    assert decided(made, paid_before_today=1).amounts == {"xp": 10, "points": 60, "USD": 10, "score": -25}


def test_after_very_many_events_of_a_day_nothing_is_left():
    made = programme(activities=[workout(diminishing={"after": 0, "factor": "0.9"})])
    assert decided(made, paid_before_today=5_000).amounts == {}


@pytest.mark.parametrize(("each", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("0.4999999", 0), ("2.4999999", 2)])
def test_halves_are_rounded_away_from_zero(each, rounded):
    made = programme(activities=[workout(xp=0, points=0, per_unit={"field": "kg", "points": each})])
    assert decided(made, did(kg=1)).amounts.get("points", 0) == rounded


@pytest.mark.parametrize(("score", "rounded"), [(-1, -1), (-3, -2), (-5, -3), (5, 3)])
def test_a_penalty_is_rounded_away_from_zero_too(score, rounded):
    made = programme(rules=[award(points=0, score=score), multiply(factor="0.5", asset="score")])
    assert decided(made).amounts == {"score": rounded}


def test_everything_is_rounded_once_and_at_the_end():
    rules = [award("a", points=1), award("b", points=1), multiply(factor="0.5")]
    assert points(rules, base=1) == 2  # 1.5, and not three halves rounded one by one.
    halves = workout(xp=0, points=1, diminishing={"after": 0, "factor": "0.5"})
    made = programme(activities=[halves], rules=[multiply(factor="0.9")], levels=[LEVELS[0] | {"multiplier": "1.1"}])
    assert decided(made).amounts == {}  # 0.495


def test_many_digits_are_not_cut():
    by_weight = [award(points=0, per_unit={"field": "kg", "points": 1})]
    assert points(by_weight, occurrence=did(kg=Decimal("0.5"))) == 11
    assert points(by_weight, occurrence=did(kg=Decimal(f"0.4{'9' * 300}"))) == 10
    exact = AMOUNT_MAX * Fraction("0.999999999999999") ** 60
    assert points([multiply(f"m{number}", "0.999999999999999") for number in range(60)], base=AMOUNT_MAX) == int(exact + Fraction(1, 2))


def test_the_surroundings_precision_changes_nothing():
    made = programme(activities=[workout(xp=12_345, points=0)], rules=[multiply(factor="1.23456789"), multiply("n", "1.2", stacking="add")])
    usual = decided(made)
    with decimal.localcontext() as context:
        context.prec = 3
        context.rounding = decimal.ROUND_FLOOR
        assert decided(made) == usual


def test_only_a_score_can_be_taken_away():
    line = Line("score", -5, 0, None, None, {})
    assert worth_of("score", [line], multipliers=[], category="creation", afterwards=[]).amount == -5
    with pytest.raises(OverflowError, match="points of -5 would take away"):
        worth_of("points", [line], multipliers=[], category="creation", afterwards=[])
