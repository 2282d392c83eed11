"""The sentences that say how one event is decided, each with the test that keeps it (the numbers are those of the design)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from rewards.earning.deciding import decide
from rewards.earning.slots import check_slot
from tests.earning.drafts import LEVELS, NOON, ada, award, decided, did, multiply, points, programme, workout

HOUR = timedelta(hours=1)


def slot(made, occurrence=None, *, today=0, week=0, times=()):
    return check_slot(
        activity=made.activities.get("workout_logged"),
        occurrence=occurrence or did(),
        paid_today=today,
        paid_this_week=week,
        paid_times=times,
    )


# 1.1 Unregistered


def test_rules_run_for_an_unregistered_event():
    assert decided(programme(rules=[award(xp=5)]), did("stone_skipped")).amounts == {"points": 5, "xp": 5}


def test_an_unregistered_event_has_no_base_amount():
    decision = decided(programme(activities=[workout()]), did("stone_skipped"))
    assert (decision.amounts, decision.trace["activity"], decision.trace["assets"]) == ({}, None, {})


def test_an_unregistered_event_has_no_caps_and_nothing_diminishes():
    made = programme(rules=[award()])
    assert slot(made, today=10_000, week=10_000, times=[NOON]).blocked is None
    assert decided(made, paid_before_today=10_000).amounts == {"points": 5}


def test_the_category_of_an_unregistered_event_is_its_rules():
    assert decided(programme(rules=[award(category="learning")]), did("stone_skipped")).category == "learning"


def test_a_category_is_a_key_in_lower_case():
    assert decided(programme(rules=[award(category="MINDFULNESS")])).category == "mindfulness"
    assert programme(activities=[workout(category="MINDFULNESS")]).activities["workout_logged"].category == "mindfulness"


# 1.2 Blocked


@pytest.mark.parametrize(
    ("limits", "blocked"),
    [
        ({"active": False}, "inactive"),
        ({"max_per_day": 2}, "max_per_day"),
        ({"max_per_week": 2}, "max_per_week"),
        ({"cooldown_hours": 2}, "cooldown"),
    ],
)
def test_an_event_is_blocked_with_its_reason_and_when_it_opens_again(limits, blocked):
    found = slot(programme(activities=[workout(**limits)]), today=2, week=2, times=[NOON])
    assert (found.blocked, bool(found.reason)) == (blocked, True)
    assert (found.opens_at is None) == (blocked == "inactive")


def test_an_event_whose_amount_rounds_to_nothing_still_has_its_slot():
    made = programme(activities=[workout(xp=0, points=1, max_per_day=1, diminishing={"after": 0, "factor": "0.4"})])
    assert slot(made).blocked is None
    assert decided(made).amounts == {}
    assert slot(made, today=1).blocked == "max_per_day"


# 1.3 Caps and cooldown


def test_caps_go_by_the_local_day_and_the_local_week_from_monday_to_sunday():
    sunday = did(at=datetime(2026, 3, 8, 20, tzinfo=UTC), zone="America/New_York")
    assert (sunday.happened_on, sunday.happened_on.weekday()) == (date(2026, 3, 8), 6)
    midnight = datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert slot(programme(activities=[workout(max_per_day=1)]), sunday, today=1).opens_at == midnight
    assert slot(programme(activities=[workout(max_per_week=1)]), sunday, week=1).opens_at == midnight


@pytest.mark.parametrize(("minutes", "is_blocked"), [(-120, False), (-119, True), (119, True), (120, False)])
def test_a_cooldown_blocks_less_than_its_hours_before_or_after(minutes, is_blocked):
    found = slot(programme(activities=[workout(cooldown_hours=2)]), times=[NOON + timedelta(minutes=minutes)])
    assert (found.blocked == "cooldown") is is_blocked


def test_whether_a_cap_admits_an_event_depends_on_how_many_are_paid_and_not_on_which():
    made = programme(activities=[workout(max_per_day=2)])
    admitted = {hour: slot(made, did(at=NOON + hour * HOUR), today=1, times=[NOON + 3 * HOUR]).blocked for hour in range(-12, 12)}
    assert set(admitted.values()) == {None}


# 1.4 Standing


def test_streak_days_counts_and_referrals_include_this_event():
    conditions = {"person.streak_days": 3, "person.count.workout_logged": 7, "campaign.referralCount": 1}
    standing = ada(streak_days=3, counts={"workout_logged": 7}, campaign={"referralCount": 1})
    assert decided(programme(rules=[award(conditions=conditions)]), standing=standing).amounts == {"points": 5}


def test_level_total_xp_points_balance_and_min_score_are_the_values_before_it():
    conditions = {"person.level": 1, "person.total_xp": 490, "person.points_balance": 10, "campaign.minScore": {"gte": 100}}
    standing = ada(total_xp=490, points_balance=10, campaign={"score": 100})
    made = programme(activities=[workout()], rules=[award(score=50, conditions=conditions)], levels=LEVELS)
    assert decided(made, standing=standing).amounts == {"xp": 20, "points": 25, "score": 50}
    assert (standing.level, standing.total_xp, standing.points_balance, standing.campaign) == (1, 490, 10, {"score": 100})


def test_rules_of_one_event_do_not_see_each_others_awards():
    rules = [
        award("first", priority=1, xp=500, points=500, score=500),
        *(
            award(key, priority=2, points=1_000, conditions={path: {"gte": wanted}})
            for key, path, wanted in [
                ("xp", "person.total_xp", 1),
                ("points", "person.points_balance", 1),
                ("level", "person.level", 2),
                ("score", "campaign.minScore", 1),
            ]
        ),
    ]
    made = programme(activities=[workout()], rules=rules, levels=LEVELS)
    assert decided(made, standing=ada(campaign={"score": 0})).amounts == {"xp": 520, "points": 520, "score": 500}


def test_time_is_read_at_occurred_at_in_the_persons_zone():
    conditions = {"time.weekday": "saturday", "time.hour": 0, "time.date": "2026-03-07"}
    made = programme(rules=[award(conditions=conditions)])
    friday = datetime(2026, 3, 6, 23, 15, tzinfo=UTC)
    assert decided(made, did(at=friday, zone="Europe/Berlin")).amounts == {"points": 5}
    assert decided(made, did(at=friday)).amounts == {}


@pytest.mark.parametrize(("metadata", "why"), [({}, "missing"), ({"minutes": "60"}, "not a number"), ({"minutes": True}, "not a number")])
def test_a_condition_on_metadata_that_is_missing_or_of_another_type_is_false_and_the_trace_says_so(metadata, why):
    made = programme(rules=[award(conditions={"metadata.minutes": {"gte": 1}})])
    decision = decided(made, did(**metadata))
    assert decision.amounts == {}
    [tried] = decision.trace["rules"]
    assert (tried["matched"], tried["conditions"][0]["why"]) == (False, why)


# 1.5 Arithmetic


def test_the_base_the_per_unit_amounts_and_every_awarding_rule_are_lines_that_add_up():
    made = programme(
        activities=[workout(per_unit={"field": "km", "points": "1.5"})], rules=[award("a", points=100), award("b", points=1_000)]
    )
    decision = decided(made, did(km=3))
    assert [line["amount"] for line in decision.trace["assets"]["points"]["lines"]] == [20, "4.5", 100, 1_000]
    assert decision.amounts == {"xp": 20, "points": 1_125}


def test_each_line_collects_the_multipliers_that_come_after_it_in_priority():
    rules = [multiply("before", 100, priority=1), award("line", points=10, priority=2), multiply("after", 3, priority=3)]
    assert points(rules, base=0) == 30


def test_each_line_collects_the_boosts_live_at_occurred_at():
    boosts = [
        {"key": "live", "factor": 3, "from": "2026-03-04", "until": "2026-03-05"},
        {"key": "over", "factor": 100, "until": "2026-03-04"},
    ]
    assert points([award(points=10, priority=10_000)], base=1, boosts=boosts) == 33


def test_the_factor_is_compound_times_one_plus_the_adds_times_the_highest():
    stacked = [("2", "compound"), ("1.5", "compound"), ("1.25", "add"), ("1.5", "add"), ("4", "highest"), ("3", "highest")]
    rules = [multiply(f"m{number}", factor, stacking=kind) for number, (factor, kind) in enumerate(stacked)]
    assert points(rules, base=100) == 100 * 2 * Decimal("1.5") * (1 + Decimal("0.25") + Decimal("0.5")) * 4


def test_then_the_level_before_the_event_multiplies_xp_and_points_and_no_money():
    made = programme(activities=[workout(xp=490, money={"USD": 100})], levels=LEVELS)
    assert decided(made, standing=ada(level=1)).amounts == {"xp": 490, "points": 20, "USD": 100}
    assert decided(made, standing=ada(level=2)).amounts == {"xp": 539, "points": 22, "USD": 100}


def test_then_diminishing_then_one_rounding_half_away_from_zero():
    # 9 x 1.1 x 0.25 = 2.475; rounded on the way it would be 10 x 0.25 = 2.5, which makes 3.
    made = programme(activities=[workout(xp=0, points=9, diminishing={"after": 0, "factor": "0.5"})], levels=LEVELS)
    assert decided(made, standing=ada(level=2), paid_before_today=1).amounts == {"points": 2}
    halves = programme(rules=[award(points=5, score=-5), multiply(factor="0.5"), multiply("score", "0.5", asset="score")])
    assert decided(halves).amounts == {"points": 3, "score": -3}


def test_amounts_are_decimal_throughout_from_the_documents_text():
    # In floats, 100 x 1.005 is 100.49999999999999, and 100 x 0.285 is 28.499999999999996.
    assert points([multiply(factor="1.005")], base=100) == 101
    assert points([multiply(factor="0.285")], base=100) == 29


def test_a_multiplier_without_asset_covers_xp_and_points_and_never_money_or_score():
    made = programme(rules=[award(xp=1, points=1, money={"USD": 1}, score=1), multiply(factor=2)], boosts=[{"key": "june", "factor": 3}])
    assert decided(made).amounts == {"xp": 6, "points": 6, "USD": 1, "score": 1}


def test_stop_ends_rules_and_not_boosts():
    rules = [award("a", points=1, priority=1, stop=True), award("b", points=100, priority=2), multiply("c", 10, priority=3)]
    assert points(rules, base=0, boosts=[{"key": "june", "factor": 2}]) == 2


def test_there_is_one_amount_for_each_event_and_asset():
    rules = [award(key, points=1, xp=1, money={"USD": 1, "EUR": 1}, score=1) for key in "abc"]
    assert decided(programme(activities=[workout(money={"USD": 7})], rules=rules)).amounts == {
        "xp": 23,
        "points": 23,
        "USD": 10,
        "EUR": 3,
        "score": 3,
    }


@pytest.mark.parametrize("after", [0, 1, 3])
def test_the_kth_paid_event_of_that_local_day_counts_f_to_the_power_of_what_k_exceeds_n_by(after):
    made = programme(activities=[workout(xp=0, points=1_000, diminishing={"after": after, "factor": "0.5"})])
    paid = [decided(made, paid_before_today=k - 1).amounts["points"] for k in range(1, 7)]
    assert paid == [int(1_000 * Decimal("0.5") ** max(0, k - after) + Decimal("0.5")) for k in range(1, 7)]


def test_a_decision_needs_nothing_but_what_it_is_given():
    decision = decide(programme=programme(activities=[workout()]), occurrence=did(), standing=ada(), paid_before_today=0)
    assert decision.amounts == {"xp": 20, "points": 20}
