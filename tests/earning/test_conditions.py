"""What a condition asks, of whom, and what it says about the answer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rewards.earning.condition_documents import read_conditions
from rewards.earning.conditions import Note, compile_conditions
from tests.earning.drafts import ada, did


def asked(written, occurrence=None, standing=None):
    """Whether conditions hold, and the notes they make."""
    check = compile_conditions(read_conditions(written))
    notes: list[Note] = []
    return (check(occurrence or did(), standing or ada(), notes) if check else True), notes


def holds(written, occurrence=None, standing=None):
    return asked(written, occurrence, standing)[0]


@pytest.mark.parametrize(
    ("asking", "met", "unmet"),
    [
        ({"equals": 600}, [600, Decimal("600.0")], [599, Decimal("600.5")]),
        ({"equals": Decimal("1.5")}, [Decimal("1.50")], [1, 2]),
        ({"equals": "yoga"}, ["yoga"], ["Yoga", "yogas", ""]),
        ({"equals": True}, [True], [False]),
        ({"in": [1, 2, "three", False]}, [1, Decimal(2), "three", False], [3, "1", True, "four"]),
        ({"gt": 10}, [11, Decimal("10.01")], [10, 9]),
        ({"gte": 10}, [10, 11], [Decimal("9.99")]),
        ({"lt": 10}, [9, -1], [10]),
        ({"lte": 10}, [10, Decimal("-0.5")], [Decimal("10.001")]),
        ({"between": [5, 10]}, [5, Decimal("7.5"), 10], [4, 11, Decimal("10.1")]),
        ({"contains": "og"}, ["yoga", "og", ["og"], ["a", "og"]], ["YOGA", ["yoga"], []]),
        ({"contains": 3}, [[3], [1, Decimal("3.0")]], [[], [4], ["3"], [True]]),
        ({"contains": True}, [[True]], [[1], ["true"]]),
        ({"exists": True}, [0, "", False, [], 5], [None]),
        ({"exists": False}, [None], [0, "", False]),
        ({"gte": 10, "lt": 20}, [10, 19], [9, 20]),
    ],
)
def test_an_operator_asks_what_it_says(asking, met, unmet):
    for found in met:
        assert holds({"metadata.it": asking}, did(it=found)), found
    for found in unmet:
        assert not holds({"metadata.it": asking}, did(it=found)), found


@pytest.mark.parametrize("operator", ["equals", "in", "gt", "gte", "lt", "lte", "between", "contains"])
def test_what_is_missing_does_not_hold_and_the_trace_says_so(operator):
    wanted = {"in": [1], "between": [1, 2], "contains": "a"}.get(operator, 1)
    for occurrence in (did(other=1), did(it=None)):
        is_met, [note] = asked({"metadata.it": {operator: wanted}}, occurrence)
        assert not is_met
        assert note == {"path": "metadata.it", "op": operator, "wanted": wanted, "found": None, "why": "missing", "holds": False}


@pytest.mark.parametrize(
    ("asking", "found", "why"),
    [
        ({"gte": 600}, "601", "not a number"),
        ({"equals": 1}, True, "not a number"),
        ({"gte": 0}, True, "not a number"),
        ({"between": [0, 5]}, [1], "not a number"),
        ({"in": [0, 1]}, True, "not a number"),
        ({"equals": "5"}, 5, "not text"),
        ({"equals": True}, 1, "not true or false"),
        ({"equals": True}, "true", "not true or false"),
        ({"in": [1, "a"]}, True, "of another kind"),
        ({"contains": "a"}, 5, "of another kind"),
        ({"contains": 5}, "5", "of another kind"),
        ({"contains": "a"}, {"a": 1}, "of another kind"),
    ],
)
def test_another_type_does_not_hold_and_the_trace_says_so(asking, found, why):
    is_met, [note] = asked({"metadata.it": asking}, did(it=found))
    assert not is_met
    assert note["why"] == why


def test_the_trace_tells_the_value_wanted_and_the_value_found():
    _, notes = asked({"metadata.duration": {"gte": Decimal("0.5")}, "person.level": {"in": [1, 2]}}, did(duration=Decimal("1.50")))
    assert notes == [
        {"path": "metadata.duration", "op": "gte", "wanted": "0.5", "found": "1.5", "holds": True},
        {"path": "person.level", "op": "in", "wanted": [1, 2], "found": 1, "holds": True},
    ]


def test_what_is_long_is_told_short():
    story, numbers = "a" * 5_000, list(range(5_000))
    for found in (story, numbers, 10**4_000, Decimal("1E-90000")):
        _, [note] = asked({"metadata.it": {"exists": True}}, did(it=found))
        assert len(str(note["found"])) <= 80
    _, [note] = asked({"metadata.it": {"contains": "b"}}, did(it=story))
    assert len(note["found"]) <= 80


def test_the_trace_keeps_no_hold_of_what_may_change():
    tags = ["vip"]
    _, [note] = asked({"person.tags": "vip"}, standing=ada(tags=tags))
    tags.append("late")
    assert note["found"] == '["vip"]'


def test_asking_stops_at_the_first_that_does_not_hold():
    is_met, notes = asked({"metadata.a": 1, "metadata.b": 2, "metadata.c": 3}, did(a=1, b=0, c=3))
    assert not is_met
    assert [note["path"] for note in notes] == ["metadata.a", "metadata.b"]


@pytest.mark.parametrize(
    ("written", "met"),
    [
        ({}, True),
        ({"all": [{"metadata.a": 1}, {"metadata.b": 2}]}, True),
        ({"all": [{"metadata.a": 1}, {"metadata.b": 3}]}, False),
        ({"any": [{"metadata.a": 5}, {"metadata.b": 2}]}, True),
        ({"any": [{"metadata.a": 5}, {"metadata.b": 5}]}, False),
        ({"any": [{"metadata.a": 5}, {}]}, True),
        ({"not": {"metadata.a": 5}}, True),
        ({"not": {"metadata.a": 1}}, False),
        ({"not": {"metadata.a": 1, "metadata.b": 5}}, True),
        ({"not": {"not": {"metadata.a": 1}}}, True),
        ({"not": {"metadata.missing": 1}}, True),
        ({"any": [{"all": [{"metadata.a": 1}, {"metadata.b": 5}]}, {"not": {"any": [{"metadata.a": 2}]}}]}, True),
        ({"metadata.a": 1, "any": [{"metadata.b": 5}]}, False),
    ],
)
def test_groups_go_together_as_they_say(written, met):
    assert holds(written, did(a=1, b=2)) is met


def test_the_trace_keeps_the_shape_of_alternatives_and_of_a_not():
    _, notes = asked(
        {"any": [{"metadata.a": 5}, {"metadata.a": 1, "metadata.b": 2}, {"metadata.c": 1}], "not": {"metadata.a": 7}}, did(a=1, b=2)
    )
    [alternatives, negated] = notes
    assert [[note["path"] for note in one] for one in alternatives["any"]] == [["metadata.a"], ["metadata.a", "metadata.b"]]
    assert alternatives["holds"] is True
    assert (negated["not"][0]["holds"], negated["holds"]) == (False, True)


@pytest.mark.parametrize(
    ("written", "met", "unmet"),
    [
        ({"person.level": {"gte": 2}}, {"level": 2}, {"level": 1}),
        ({"person.total_xp": {"between": [100, 200]}}, {"total_xp": 150}, {"total_xp": 99}),
        ({"person.points_balance": {"gt": 10}}, {"points_balance": 11}, {"points_balance": 10}),
        ({"person.streak_days": 7}, {"streak_days": 7}, {"streak_days": 8}),
        ({"person.count.meal_logged": {"gte": 3}}, {"counts": {"meal_logged": 3}}, {"counts": {"meal_logged": 2}}),
        ({"person.count.a-b.c": 0}, {"counts": {}}, {"counts": {"a-b.c": 1}}),
        ({"person.tags": {"contains": "vip"}}, {"tags": ["new", "vip"]}, {"tags": ["vips"]}),
        ({"person.tags": "vip"}, {"tags": ("vip",)}, {"tags": []}),
        ({"person.days_since_joining": {"lt": 30}}, {"joined_on": date(2026, 2, 3)}, {"joined_on": date(2026, 2, 2)}),
        ({"campaign.referralCount": {"gte": 10}}, {"campaign": {"referralCount": 10}}, {"campaign": {"referralCount": 9}}),
        ({"referralCount": {"equals": 5}}, {"campaign": {"referralCount": 5}}, {"campaign": {"referralCount": 6}}),
        ({"firstReferralOnly": True}, {"campaign": {"referralCount": 1}}, {"campaign": {"referralCount": 2}}),
        ({"minScore": 100}, {"campaign": {"score": 100}}, {"campaign": {"score": 99}}),
        ({"minScore": -5}, {"campaign": {"score": -5}}, {"campaign": {"score": -6}}),
    ],
)
def test_a_path_looks_at_what_it_names(written, met, unmet):
    assert holds(written, standing=ada(**met))
    assert not holds(written, standing=ada(**unmet))


@pytest.mark.parametrize("written", [{"referralCount": {"gte": 0}}, {"firstReferralOnly": True}, {"minScore": 0}])
@pytest.mark.parametrize("campaign", [None, {}])
def test_outside_a_campaign_its_conditions_do_not_hold(written, campaign):
    is_met, [note] = asked(written, standing=ada(campaign=campaign))
    assert not is_met
    assert note["why"] == "missing"


def test_days_since_joining_are_0_on_the_day_itself_and_negative_before_it():
    for joined_on, days in ((date(2026, 3, 4), 0), (date(2026, 3, 3), 1), (date(2026, 3, 6), -2)):
        assert holds({"person.days_since_joining": days}, standing=ada(joined_on=joined_on))


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "day"),
    [
        ("UTC", "saturday", 23, "2026-03-07"),
        ("Europe/Berlin", "sunday", 0, "2026-03-08"),
        ("America/New_York", "saturday", 18, "2026-03-07"),
    ],
)
def test_time_is_read_in_the_persons_zone(zone, weekday, hour, day):
    occurrence = did(at=datetime(2026, 3, 7, 23, 30, tzinfo=UTC), zone=zone)
    written = {"time.weekday": {"in": [weekday]}, "time.hour": {"between": [hour, hour]}, "time.date": {"gte": day, "lte": day}}
    is_met, notes = asked(written, occurrence)
    assert is_met
    assert [note["found"] for note in notes] == [weekday, hour, day, day]


def test_an_hour_that_happens_twice_is_that_hour_both_times():
    for hour in (0, 1):
        at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert holds({"time.hour": 2}, did(at=at, zone="Europe/Berlin"))


def test_a_window_of_days_includes_both_ends():
    window = {"time.date": {"between": ["2026-03-04", "2026-03-10"]}}
    met = {day: holds(window, did(at=datetime(2026, 3, day, 12, tzinfo=UTC))) for day in (3, 4, 10, 11)}
    assert met == {3: False, 4: True, 10: True, 11: False}


def test_an_unknown_operator_is_refused_before_any_event_is_asked():
    with pytest.raises(ValueError, match="the operator near is unknown"):
        compile_conditions({"metadata.it": {"near": 5}})
