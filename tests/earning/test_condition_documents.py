"""Conditions as people write them, and the one form in which they are kept."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.earning.condition_documents import DEPTH_MAX, MEMBERS_MAX, read_conditions
from rewards.kit.written import Misfit


def complaints(conditions: object) -> dict[str, str]:
    with pytest.raises(Misfit) as refused:
        read_conditions(conditions)
    return {problem.field: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({}, {}),
        ({"metadata.kind": "run"}, {"metadata.kind": {"equals": "run"}}),
        ({"metadata.duration": {"gte": 600, "lt": 1200}}, {"metadata.duration": {"gte": 600, "lt": 1200}}),
        ({"metadata.km": {"between": [Decimal("0.50"), 10]}}, {"metadata.km": {"between": [Decimal("0.5"), 10]}}),
        ({"metadata.kind": {"in": ["run", 3, True]}}, {"metadata.kind": {"in": ["run", 3, True]}}),
        ({"metadata.note": {"exists": False}}, {"metadata.note": {"exists": False}}),
        ({"person.tags": "vip"}, {"person.tags": {"contains": "vip"}}),
        ({"person.count.meal_logged": {"gte": 3}}, {"person.count.meal_logged": {"gte": 3}}),
        ({"person.days_since_joining": {"lt": 0}}, {"person.days_since_joining": {"lt": 0}}),
        ({"time.weekday": {"in": ["Saturday", "SUNDAY"]}}, {"time.weekday": {"in": ["saturday", "sunday"]}}),
        ({"time.hour": {"between": [6, 9]}}, {"time.hour": {"between": [6, 9]}}),
        ({"time.date": {"gte": "2027-06-01"}}, {"time.date": {"gte": "2027-06-01"}}),
        ({"not": {"any": [{"time.hour": 3}]}}, {"not": {"any": [{"time.hour": {"equals": 3}}]}}),
    ],
    ids=str,
)
def test_conditions_have_one_form(written: Any, kept: Any):
    assert read_conditions(written) == kept
    assert read_conditions(kept) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"referralCount": {"equals": 5}}, {"campaign.referralCount": {"equals": 5}}),
        ({"referralCount": {"gte": 10}}, {"campaign.referralCount": {"gte": 10}}),
        ({"referral_count": 5}, {"campaign.referralCount": {"equals": 5}}),
        ({"campaign.referral_count": 5}, {"campaign.referralCount": {"equals": 5}}),
        ({"firstReferralOnly": True}, {"campaign.firstReferralOnly": {"equals": True}}),
        ({"firstReferralOnly": False}, {}),
        ({"minScore": 100}, {"campaign.minScore": {"gte": 100}}),
    ],
    ids=str,
)
def test_a_campaigns_short_conditions_are_taken_as_they_stand(written: Any, kept: Any):
    assert read_conditions(written) == kept
    assert read_conditions({"all": [written]}) == {"all": [kept]}


@pytest.mark.parametrize("path", ["metadata", "metadata.a.b", "person", "person.age", "person.count.", "time.year", "duration", "or"])
def test_a_path_that_nobody_knows_is_refused_with_the_known_ones(path: str):
    message = complaints({path: 1})[path]
    assert message.startswith("is unknown here")
    assert all(known in message for known in ("`metadata.<name>`", "`person.level`", "`campaign.minScore`", "`time.weekday`", "`any`"))


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"metadata.duration": {"gte": "long"}}, "metadata.duration.gte"),
        ({"metadata.duration": {"at_least": 5}}, "metadata.duration.at_least"),
        ({"metadata.duration": {}}, "metadata.duration"),
        ({"metadata.duration": None}, "metadata.duration"),
        ({"metadata.duration": [1, 2]}, "metadata.duration"),
        ({"metadata.duration": {"gte": float("nan")}}, "metadata.duration.gte"),
        ({"metadata.duration": {"between": [2, 1]}}, "metadata.duration.between"),
        ({"metadata.duration": {"between": [1]}}, "metadata.duration.between"),
        ({"metadata.kind": {"in": []}}, "metadata.kind.in"),
        ({"metadata.kind": {"in": "run"}}, "metadata.kind.in"),
        ({"metadata.kind": {"exists": 1}}, "metadata.kind.exists"),
        ({"person.level": "gold"}, "person.level"),
        ({"person.level": True}, "person.level"),
        ({"person.level": {"contains": 1}}, "person.level.contains"),
        ({"person.tags": {"equals": "vip"}}, "person.tags.equals"),
        ({"time.weekday": {"gt": "monday"}}, "time.weekday.gt"),
        ({"time.weekday": "someday"}, "time.weekday"),
        ({"time.hour": {"lt": 24}}, "time.hour.lt"),
        ({"time.date": "2027-02-30"}, "time.date"),
        ({"firstReferralOnly": 1}, "firstReferralOnly"),
        ({"minScore": {"lt": 3}}, "minScore.lt"),
        ({"all": []}, "all"),
        ({"any": {"time.hour": 3}}, "any"),
        ({"not": [{"time.hour": 3}]}, "not"),
        ({"all": [{"time.hour": 3}, {"any": [{"time.hour": 99}]}]}, "all[1].any[0].time.hour"),
        ([], ""),
        ({"referralCount": 1, "campaign.referralCount": {"lt": 3}}, "campaign.referralCount"),
    ],
    ids=str,
)
def test_a_condition_that_could_never_hold_is_refused_at_its_place(written: Any, place: str):
    assert list(complaints(written)) == [place]


def test_conditions_are_neither_endlessly_deep_nor_endlessly_many():
    deep: dict[str, Any] = {"time.hour": 3}
    for _ in range(DEPTH_MAX):
        deep = {"not": deep}
    assert "inside each other" in next(iter(complaints(deep).values()))
    assert "in one rule" in next(iter(complaints({"any": [{}] * (MEMBERS_MAX + 1)}).values()))
    assert read_conditions(deep["not"])


scalars = st.booleans() | st.integers(-(10**15), 10**15) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
anything = st.recursive(
    st.none() | scalars | st.floats() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
)


@given(anything | st.dictionaries(st.sampled_from(["all", "any", "not", "metadata.a", "person.tags", "time.date", "minScore"]), anything))
def test_whatever_is_written_is_either_kept_in_a_stable_form_or_refused(written: Any):
    try:
        kept = read_conditions(written)
    except Misfit:
        return
    assert read_conditions(kept) == kept
