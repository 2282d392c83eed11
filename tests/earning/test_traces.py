"""How a decision tells what it came to and why."""

import copy
from decimal import Decimal

from rewards.kit import documents
from tests.earning.drafts import LEVELS, PLASTIC, VERSION, ada, award, decided, did, multiply, programme, workout


def test_the_trace_of_a_plain_event_is_small():
    decision = decided(programme(activities=[workout()]))
    assert decision.trace == {
        "version": VERSION,
        "activity": 1,
        "rules": [],
        "assets": {
            "xp": {"lines": [{"activity": "workout_logged", "amount": 20}], "amount": 20},
            "points": {"lines": [{"activity": "workout_logged", "amount": 20}], "amount": 20},
        },
    }


def test_the_trace_tells_every_rule_tried_with_its_version_and_why():
    rules = [
        award("asks", priority=1, conditions={"metadata.minutes": {"gte": 45}}),
        award("later", priority=2, active_from="2026-04-01"),
        award("over", priority=3, active_until="2026-02-01"),
        award("last", priority=4, stop=True),
        award("never", priority=5),
    ]
    made = programme(rules=rules)
    asked = {"path": "metadata.minutes", "op": "gte", "wanted": 45, "found": 30, "holds": False}
    assert decided(made, did(minutes=30)).trace["rules"] == [
        {"rule": "asks", "version": 1, "matched": False, "conditions": [asked]},
        {"rule": "later", "version": 2, "matched": False, "why": "not yet active"},
        {"rule": "over", "version": 3, "matched": False, "why": "no longer active"},
        {"rule": "last", "version": 4, "matched": True, "stop": True},
    ]


def test_the_trace_tells_the_arithmetic_from_the_lines_to_the_rounding():
    activity = workout(xp=0, points=15, diminishing={"after": 0, "factor": "0.5"})
    boosts = [{"key": "june", "factor": "1.5", "stacking": "add"}]
    made = programme(activities=[activity], rules=[award("more", points=1), multiply("double")], boosts=boosts, levels=LEVELS)
    trace = decided(made, standing=ada(level=2)).trace
    assert trace["paid_before_today"] == 0
    assert trace["assets"]["points"] == {
        "lines": [
            {
                "activity": "workout_logged",
                "amount": 15,
                "multipliers": [
                    {"rule": "double", "stacking": "compound", "factor": 2},
                    {"boost": "june", "version": 4, "stacking": "add", "factor": "1.5"},
                ],
                "makes": 45,
            },
            {
                "rule": "more",
                "amount": 1,
                "multipliers": [
                    {"rule": "double", "stacking": "compound", "factor": 2},
                    {"boost": "june", "version": 4, "stacking": "add", "factor": "1.5"},
                ],
                "makes": 3,
            },
        ],
        "sum": 48,
        "level_factor": "1.1",
        "diminishing": "0.5",
        "exactly": "26.4",
        "amount": 26,
    }


def test_the_trace_can_be_stored():
    made = programme(activities=[PLASTIC | {"diminishing": {"after": 0, "factor": "0.9"}}], rules=[multiply(factor="1.1")], levels=LEVELS)
    trace = decided(made, did("plastic_recycled", kg=Decimal("1.23")), ada(level=2), paid_before_today=70).trace
    text = documents.compact(trace)
    assert documents.parse(text) == trace
    assert len(text) < 1_500


def test_deciding_changes_nothing_it_is_given():
    made = programme(activities=[PLASTIC], rules=[award(conditions={"person.tags": "vip", "metadata.tags": {"contains": "a"}}), multiply()])
    occurrence, standing = did("plastic_recycled", kg=5, tags=["a"]), ada(tags=["vip"], counts={"plastic_recycled": 1})
    before = copy.deepcopy((occurrence, standing))
    first = copy.deepcopy(decided(made, occurrence, standing))
    assert decided(made, occurrence, standing) == first
    assert (occurrence, standing) == before
