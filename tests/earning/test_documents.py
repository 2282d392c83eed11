"""Rules and boosts as people write them, in the spellings of every system they come from."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rewards.earning.documents import BoostDocument, RuleDocument, key_from
from rewards.earning.moments import instant_of
from rewards.earning.outcomes import AwardPoints, Multiply
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part

MEDITATION = {
    "pattern": {"action": "completed", "objectType": "meditation"},
    "outcome": {"type": "award_points", "category": "MINDFULNESS", "basePoints": 10},
    "description": "Completed meditation session",
}
DOUBLE = {"type": "multiply", "factor": 2}
TEN = {"type": "award_points", "points": 10}


def read(**members):
    return read_part(RuleDocument, {"key": "a", "pattern": {}, "outcome": TEN, **members}, "rules[2]")


def complaint(**members):
    with pytest.raises(Invalid) as refused:
        read(**members)
    return {problem.field.removeprefix("rules[2]."): problem.message for problem in refused.value.problems}


def test_a_rule_without_a_key_and_with_base_points_is_taken_as_it_stands():
    rule = read_part(RuleDocument, MEDITATION)
    assert rule.plain(short=True) == {
        "key": "completed_meditation_session",
        "description": "Completed meditation session",
        "pattern": {"action": "completed", "object_type": "meditation"},
        "outcome": {"type": "award_points", "points": 10, "xp": 10, "category": "mindfulness"},
    }


def test_a_key_comes_from_the_description_and_stays_the_same():
    assert key_from("  Ran 5 km — über den Berg! ") == "ran_5_km_uber_den_berg"
    assert key_from("瞑想") == key_from("瞑想") != key_from("運動")
    assert len(key_from("word " * 50)) <= 64
    assert "key" in complaint(key=None)


def test_a_rule_has_usual_values():
    rule = read()
    assert (rule.priority, rule.conditions, rule.stop, rule.active, rule.active_from, rule.active_until) == (
        100,
        {},
        False,
        True,
        None,
        None,
    )


def test_a_pattern_asks_for_fields_in_either_spelling():
    assert read(pattern={"metadata.kind": "run", "metadata": {"hard": True}}).pattern.metadata == {"kind": "run", "hard": True}
    assert list(complaint(pattern={"metadata.kind": {"gte": 3}})) == ["pattern.metadata.kind"]
    assert list(complaint(pattern={"acton": "completed"})) == ["pattern.acton"]
    assert list(complaint(pattern=None)) == ["pattern"]


def test_only_a_score_may_be_taken_away():
    outcome = read(outcome={"type": "award_points", "score": -5}).outcome
    assert isinstance(outcome, AwardPoints)
    assert outcome.score == -5
    assert list(complaint(outcome={"type": "award_points", "xp": -1, "money": {"USD": -1}})) == ["outcome.xp", "outcome.money.USD"]


def test_an_award_names_an_amount():
    assert list(complaint(outcome={"type": "award_points", "category": "learning"})) == ["outcome"]


def test_a_multiplier_has_a_scope_and_a_way_to_stack():
    outcome = read(
        outcome=DOUBLE | {"factor": "1.10", "asset": "USD", "stacking": "add", "categories": ["LEARNING"], "activities": ["Run-Done"]}
    ).outcome
    assert isinstance(outcome, Multiply)
    assert outcome.plain() == {
        "type": "multiply",
        "asset": "USD",
        "factor": 1.1,
        "stacking": "add",
        "categories": ["learning"],
        "activities": ["Run-Done"],
    }
    usual = read(outcome=DOUBLE).outcome
    assert isinstance(usual, Multiply)
    assert (usual.asset, usual.stacking, usual.factor) == (None, "compound", Decimal(2))


def test_a_multiplier_that_cannot_be_is_refused():
    assert list(complaint(outcome=DOUBLE | {"factor": 0})) == ["outcome.factor"]
    assert list(complaint(outcome=DOUBLE | {"asset": "gold"})) == ["outcome.asset"]
    assert list(complaint(outcome=DOUBLE | {"stacking": "most"})) == ["outcome.stacking"]


@pytest.mark.parametrize("outcome", [{"type": "pay"}, {"points": 3}, {"type": ["award_points"]}], ids=str)
def test_an_outcome_is_of_a_known_type(outcome):
    assert complaint(outcome=outcome)["outcome.type"].startswith(
        "one of award_points, multiply, unlock_achievement, grant_reward is expected"
    )


def test_an_outcome_unlocks_an_achievement_or_grants_a_reward():
    assert read(outcome={"type": "unlock_achievement", "achievement": "first_week"}).outcome.plain()["achievement"] == "first_week"
    assert read(outcome={"type": "grant_reward", "reward": "water_bottle"}).outcome.plain()["reward"] == "water_bottle"
    assert list(complaint(outcome={"type": "unlock_achievement"})) == ["outcome.achievement"]


def test_a_day_begins_at_midnight_in_the_programmes_zone():
    rule = read(active_from="2027-06-01", active_until="2027-07-01T00:00:00+02:00")
    assert rule.active_from == date(2027, 6, 1)
    assert rule.active_until == datetime(2027, 6, 30, 22, tzinfo=UTC)
    assert instant_of(date(2027, 6, 1), ZoneInfo("Europe/Berlin")) == datetime(2027, 5, 31, 22, tzinfo=UTC)
    assert read_part(RuleDocument, rule.plain()) == rule


NAIVE = datetime(2027, 6, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("moment", ["2027-06-01T10:00", "June", "2027-02-30", 5, True, "0001-01-01T00:00+14:00", NAIVE], ids=str)
def test_a_moment_is_a_date_or_has_an_offset(moment):
    assert "is expected" in complaint(active_from=moment)["active_from"]


def test_a_window_ends_after_it_begins():
    assert list(complaint(active_from="2027-06-01", active_until="2027-06-01")) == ["active_until"]


def test_a_boost_lasts_from_one_moment_until_another():
    june = {"key": "june", "from": "2027-06-01", "until": "2027-07-01", "categories": ["learning"], "asset": "xp", "factor": 1.5}
    boost = read_part(BoostDocument, june | {"stacking": "compound"})
    assert boost.plain(short=True) == june | {"name": "June"}
    assert read_part(BoostDocument, boost.plain()) == boost


def test_a_boost_may_come_every_week():
    happy = {"key": "happy_hour", "factor": 2, "weekdays": ["Friday"], "hours": {"from": 17, "until": 20}}
    boost = read_part(BoostDocument, happy)
    assert boost.hours
    assert (boost.weekdays, boost.hours.from_, boost.hours.until, boost.from_) == (["friday"], 17, 20, None)
    for wrong in ({"weekdays": ["someday"]}, {"hours": {"from": 20, "until": 17}}, {"hours": {"from": 17}}, {"until": "June"}):
        with pytest.raises(Invalid):
            read_part(BoostDocument, happy | wrong)
