"""Chance programmes are decided as a plain second reckoning in fractions says, without a float, and the same every time."""

import copy
import random
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import floor, prod
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rewards.earning import multipliers, summing
from rewards.earning.amounts import EXACT
from tests.earning.drafts import ada, decided, did, programme, workout

ACTIVITIES = ("workout_logged", "meal_logged")
CATEGORIES = ("creation", "learning", "community")
FACTORS = st.sampled_from(["0.5", "0.25", "1.5", "2", "3", "0.333", "1.1", "1.05", "0.999999999999999", "7.25"])
AMOUNTS = st.integers(0, 1_000)
EACH = st.sampled_from(["0", "0.5", "1", "2.5", "0.125", "0.333333"])
NEVER = {"metadata.never": {"exists": True}}

scopes = st.fixed_dictionaries(
    {"factor": FACTORS, "stacking": st.sampled_from(["compound", "add", "highest"])},
    optional={
        "asset": st.sampled_from(["xp", "points", "USD", "score"]),
        "categories": st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True),
        "activities": st.lists(st.sampled_from(ACTIVITIES), max_size=2, unique=True),
    },
)
units = st.builds(lambda points, usd: {"field": "kg", "points": points, "xp": "1", "money": {"USD": usd}}, EACH, EACH)
awards = st.fixed_dictionaries(
    {"type": st.just("award_points"), "points": AMOUNTS},
    optional={
        "xp": AMOUNTS,
        "money": st.fixed_dictionaries({"USD": AMOUNTS}),
        "score": st.integers(-100, 100),
        "per_unit": units,
        "category": st.sampled_from(CATEGORIES),
    },
)
rules = st.lists(
    st.fixed_dictionaries(
        {"outcome": st.one_of(awards, scopes.map(lambda scope: {"type": "multiply", **scope})), "priority": st.integers(0, 3)},
        optional={"stop": st.booleans(), "conditions": st.just(NEVER)},
    ),
    max_size=8,
)
activities = st.fixed_dictionaries(
    {"xp": AMOUNTS, "points": AMOUNTS},
    optional={
        "money": st.fixed_dictionaries({"USD": AMOUNTS}),
        "per_unit": units,
        "diminishing": st.fixed_dictionaries({"after": st.integers(0, 4), "factor": st.sampled_from(["0.5", "0.9", "1", "0.123"])}),
    },
)


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """The sections of a programme: perhaps an activity, rules, boosts, and two levels."""
    factor = draw(st.sampled_from([None, "1.1", "0.5", "2"]))
    return {
        "activities": [workout(**draw(activities))] if draw(st.booleans()) else [],
        "rules": [{"key": f"r{number}", "pattern": {}, **rule} for number, rule in enumerate(draw(rules))],
        "boosts": [
            {"key": f"b{number}", **scope, **draw(st.sampled_from([{}, {"until": "2026-01-01"}]))}
            for number, scope in enumerate(draw(st.lists(scopes, max_size=4)))
        ],
        "levels": [{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 5, "multiplier": factor}],
    }


def reckoned(sections: dict[str, list[dict[str, Any]]], kg: Decimal, level: int, paid_before: int) -> dict[str, int]:
    """The same sums from the design's sentences, as slowly and plainly as they can be written."""
    activity = next(iter(sections["activities"]), None)
    tried = sorted(sections["rules"], key=lambda rule: (rule["priority"], rule["key"]))
    held = [(place, rule) for place, rule in enumerate(tried) if "conditions" not in rule]
    for position, (_, rule) in enumerate(held):
        if rule.get("stop"):
            del held[position + 1 :]
            break
    awarding = [rule["outcome"] for _, rule in held if rule["outcome"]["type"] == "award_points"]
    named = (outcome["category"] for outcome in awarding if "category" in outcome)
    category = activity["category"] if activity else next(named, "participation")
    lines = list(lines_of(activity, -1, category, kg)) if activity else []
    for place, rule in held:
        if rule["outcome"]["type"] == "award_points":
            lines += lines_of(rule["outcome"], place, rule["outcome"].get("category", category), kg)
    factors = [(place, rule["outcome"]) for place, rule in held if rule["outcome"]["type"] == "multiply"]
    factors += [(len(tried), boost) for boost in sections["boosts"] if "until" not in boost]
    sums: dict[str, Fraction] = {}
    for asset, amount, place, own in lines:
        live = [factor for after, factor in factors if after > place and covers(factor, asset, own)]
        sums[asset] = sums.get(asset, Fraction(0)) + amount * stacked(live)
    settled = {asset: whole(total * afterwards(asset, sections, activity, level, paid_before)) for asset, total in sums.items()}
    return {asset: amount for asset, amount in settled.items() if amount}


def lines_of(award: dict[str, Any], place: int, category: str, kg: Decimal) -> list[tuple[str, Fraction, int, str]]:
    each = award.get("per_unit", {})
    found = [(asset, Fraction(award.get(asset, 0))) for asset in ("xp", "points", "score")]
    found += [(asset, Fraction(amount)) for asset, amount in award.get("money", {}).items()]
    found += [(asset, Fraction(each.get(asset, 0)) * Fraction(kg)) for asset in ("xp", "points")]
    found += [(asset, Fraction(amount) * Fraction(kg)) for asset, amount in each.get("money", {}).items()]
    return [(asset, amount, place, category) for asset, amount in found]


def covers(factor: dict[str, Any], asset: str, category: str) -> bool:
    assets = [factor["asset"]] if "asset" in factor else ["xp", "points"]
    of_category = category in factor.get("categories", []) or not factor.get("categories")
    return asset in assets and of_category and ("workout_logged" in factor.get("activities", []) or not factor.get("activities"))


def stacked(live: list[dict[str, Any]]) -> Fraction:
    kinds: dict[str, list[Fraction]] = {"compound": [], "add": [], "highest": []}
    for factor in live:
        kinds[factor["stacking"]].append(Fraction(factor["factor"]))
    added = max(Fraction(0), 1 + sum((factor - 1 for factor in kinds["add"]), Fraction(0)))
    return prod(kinds["compound"], start=Fraction(1)) * added * max(kinds["highest"], default=Fraction(1))


def afterwards(
    asset: str, sections: dict[str, list[dict[str, Any]]], activity: dict[str, Any] | None, level: int, paid_before: int
) -> Fraction:
    of_level = Fraction(sections["levels"][level - 1].get("multiplier") or 1) if asset in ("xp", "points") else Fraction(1)
    if not activity or "diminishing" not in activity:
        return of_level
    times = max(0, paid_before + 1 - activity["diminishing"]["after"])
    diminished: Fraction = Fraction(activity["diminishing"]["factor"]) ** times
    return of_level * diminished


def whole(total: Fraction) -> int:
    return floor(abs(total) + Fraction(1, 2)) * (1 if total > 0 else -1)


given_an_event = given(
    sections=programmes(),
    kg=st.decimals(0, 100, places=3),
    level=st.sampled_from([1, 2]),
    paid_before=st.integers(0, 9),
)


def agree(sections: dict[str, list[dict[str, Any]]], kg: Decimal, level: int, paid_before: int) -> None:
    decision = decided(programme(**sections), did(kg=kg), ada(level=level), paid_before_today=paid_before)
    assert decision.amounts == reckoned(sections, kg, level, paid_before)


@settings(max_examples=300, deadline=None)
@given_an_event
def test_a_decision_is_what_the_plain_reckoning_says(sections, kg, level, paid_before):
    agree(sections, kg, level, paid_before)


@settings(max_examples=60, deadline=None)
@given_an_event
def test_there_is_no_float_anywhere(sections, kg, level, paid_before):
    decision = decided(programme(**sections), did(kg=kg), ada(level=level), paid_before_today=paid_before)
    assert types_in([decision.amounts, decision.rule_version_ids, decision.trace]) <= {dict, list, tuple, str, int, bool, type(None)}


def types_in(value: Any) -> set[type]:
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return {type(value)}.union(*map(types_in, inner))


@settings(max_examples=60, deadline=None)
@given_an_event
def test_the_same_event_is_decided_the_same_and_nothing_is_changed(sections, kg, level, paid_before):
    made, occurrence, standing = programme(**sections), did(kg=kg), ada(level=level)
    given_before = copy.deepcopy((occurrence, standing))
    first = copy.deepcopy(decided(made, occurrence, standing, paid_before_today=paid_before))
    for programme_again in (made, programme(**sections)):
        assert decided(programme_again, occurrence, standing, paid_before_today=paid_before) == first
    assert (occurrence, standing) == given_before


@settings(max_examples=60, deadline=None)
@given(sections=programmes(), kg=st.decimals(0, 100, places=3), seed=st.integers())
def test_the_order_of_boosts_does_not_matter(sections, kg, seed):
    shuffled = list(sections["boosts"])
    random.Random(seed).shuffle(shuffled)
    first, second = (decided(programme(**sections | {"boosts": boosts}), did(kg=kg)) for boosts in (sections["boosts"], shuffled))
    assert first.amounts == second.amounts


WRONG = {
    "halves to even": (summing, "rounded", lambda value: Decimal(value).to_integral_value(ROUND_HALF_EVEN)),
    "digits cut": (summing, "times", lambda first, second: EXACT.multiply(first, second).quantize(Decimal("0.1"))),
    "a multiplier for everything": (multipliers.Multiplier, "covers", lambda *whatever: True),
    "the highest forgotten": (multipliers, "max", min),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_in_the_arithmetic_is_noticed(mistake, monkeypatch):
    """The control: each of these would pay somebody wrongly, and the comparison with the reckoning finds it."""
    place, name, wrong = WRONG[mistake]
    monkeypatch.setattr(place, name, wrong, raising=False)
    search = settings(max_examples=2_000, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
    with pytest.raises(AssertionError):
        search(given_an_event(agree))()
