"""One event, in order: each rule of the engine by its name (the numbers are those of the design's first section)."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.activities.models import Recorder
from rewards.activities.recording import record_event
from rewards.earning import deciding, pipeline
from rewards.earning.granting import adjust
from rewards.earning.processing import first_answer
from rewards.earning.queueing import replay_event, run_queue
from rewards.earning.writing import Writes
from rewards.kit import sql
from rewards.kit.database import Database, db
from rewards.kit.errors import Invalid, Refused
from rewards.ledger.queries import balances_of
from rewards.people.models import PastZone, Role, User
from rewards.programme.verifying import verify
from tests.cast import Cast, user
from tests.programmes import NOON, define, did, play, play_one_by_one, workout

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
BONUSES = [
    {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]},
    {"key": "streak_30_day", "category": "consistency", "xp": 200, "points": 200, "recorded_by": ["system"]},
]


def balances(user_id: int) -> dict[str, int]:
    with db.read():
        return balances_of(user_id)


def stored(event_id: int) -> dict[str, Any]:
    with db.read():
        columns = ("state", "paid", "counted", "attempts", "error", "version_id", "happened_on")
        return dict(zip(columns, sql.rows(f"SELECT {', '.join(columns)} FROM events WHERE id = ?", (event_id,))[0], strict=True))


def unlocked(user_id: int) -> set[str]:
    with db.read():
        return {
            key
            for (key,) in sql.rows(
                "SELECT a.key FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE user_id = ?", (user_id,)
            )
        }


def in_order() -> None:
    with db.read():
        assert verify() == []


# 1.1 Unregistered


def test_an_unregistered_event_runs_the_rules_and_has_no_base_and_no_caps(cast: Cast) -> None:
    define(
        rules=[
            {
                "key": "meditated",
                "pattern": {"action": "completed", "object_type": "meditation"},
                "outcome": {"type": "award_points", "category": "MINDFULNESS", "points": 10, "xp": 10},
            }
        ]
    )
    answers = play(*(did(cast.ada, "meditation_completed") for _ in range(5)))
    assert [answer["points_awarded"] for answer in answers] == [10] * 5
    with db.read():
        assert sql.value("SELECT category FROM activities WHERE key = 'meditation_completed'") == "mindfulness"
    in_order()


def test_an_event_that_no_rule_knows_is_stored_and_worth_nothing(cast: Cast) -> None:
    define(activities=[workout()])
    [answer] = play(did(cast.ada, "stone_skipped"))
    assert (answer["state"], answer["points_awarded"], answer["reason"]) == ("processed", 0, None)
    in_order()


# 1.2 Blocked


@pytest.mark.parametrize(
    ("limits", "events", "reason"),
    [
        ({"max_per_day": 1}, 2, "daily limit of 1 reached"),
        ({"max_per_week": 1}, 2, "weekly limit of 1 reached"),
        ({"cooldown_hours": 24}, 2, "counts once every 24 hours"),
        ({"active": False}, 1, "this activity is switched off"),
    ],
)
def test_a_blocked_event_pays_nothing_and_says_why(cast: Cast, limits: dict[str, Any], events: int, reason: str) -> None:
    rule = {"key": "every", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "award_points", "points": 5}}
    define(activities=[workout(**limits)], rules=[rule])
    last = play(*(did(cast.ada) for _ in range(events)))[-1]
    assert (last["points_awarded"], last["reason"]) == (0, reason)
    assert (last["opens_at"] is None) == (limits == {"active": False})
    assert last["capped"] == ("limit" in reason)
    in_order()


def test_a_blocked_events_day_still_counts_for_streaks(cast: Cast) -> None:
    define(activities=[workout(max_per_week=1)])
    play(*(did(cast.ada, at=NOON + days * DAY) for days in range(3)))
    with db.read():
        assert sql.rows("SELECT current, best FROM streaks WHERE user_id = ?", (cast.ada,)) == [(3, 3)]


def test_a_count_takes_at_most_the_days_limit_and_ignores_the_cooldown(cast: Cast) -> None:
    define(activities=[workout(max_per_day=2), CHECKIN | {"cooldown_hours": 24}])
    play(*(did(cast.ada) for _ in range(5)), *(did(cast.ada, "daily_checkin", NOON + hours * HOUR) for hours in range(3)))
    with db.read():
        rows = sql.rows("SELECT a.key, s.counted FROM streaks s JOIN activities a ON a.id = s.activity_id")
    counted: dict[str, int] = dict(map(tuple, rows))
    assert counted == {"workout_logged": 2, "daily_checkin": 3}


def test_an_inactive_activity_counts_nowhere(cast: Cast) -> None:
    define(activities=[workout(active=False)])
    play(did(cast.ada))
    with db.read():
        assert sql.rows("SELECT counted FROM streaks") == [(0,)]


def test_an_event_that_holds_a_slot_uses_it_even_when_its_amount_rounds_to_nothing(cast: Cast) -> None:
    per_unit = {"field": "kg", "points": "0.1"}
    define(activities=[{"key": "plastic_recycled", "category": "community", "per_unit": per_unit, "max_per_day": 1}])
    first, second = play(*(did(cast.ada, "plastic_recycled", metadata={"kg": kg}) for kg in (1, 100)))
    assert (first["points_awarded"], first["capped"]) == (0, False)
    assert (second["points_awarded"], second["capped"]) == (0, True)


# 1.3 Caps, cooldown, order


def test_caps_count_paid_events_by_the_local_day(cast: Cast) -> None:
    define(activities=[workout(max_per_day=1)])
    # 23:30 and 00:30 in Berlin: one UTC day, two local ones.
    late, early = datetime(2026, 3, 4, 22, 30, tzinfo=UTC), datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert [answer["points_awarded"] for answer in play(did(cast.ada, at=late), did(cast.ada, at=early))] == [20, 20]


def test_the_week_is_from_monday_to_sunday(cast: Cast) -> None:
    define(activities=[workout(max_per_week=1)])
    sunday, monday = datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert [answer["points_awarded"] for answer in play(did(cast.ada, at=sunday), did(cast.ada, at=monday))] == [20, 20]


@pytest.mark.parametrize(("hours", "points"), [(-24, 20), (-23, 0), (23, 0), (24, 20)])
def test_a_cooldown_looks_before_and_after(cast: Cast, hours: int, points: int) -> None:
    define(activities=[workout(cooldown_hours=24)])
    [_, second] = play_one_by_one(did(cast.ada), did(cast.ada, at=NOON + hours * HOUR))
    assert second["points_awarded"] == points


ORDERED = {
    "activities": [workout(max_per_day=1, max_per_week=3), CHECKIN | {"max_per_day": 1}, *BONUSES],
    "achievements": [
        {"key": "five", "type": "automatic", "condition_type": "workout_count", "condition_value": 5, "xp_reward": 5},
        {"key": "row", "type": "automatic", "condition_type": "streak_days", "condition_value": 4, "activity": "workout_logged"},
    ],
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.tuples(st.sampled_from(["workout_logged", "daily_checkin"]), st.integers(0, 12 * 24)), max_size=40),
    seed=st.integers(),
)
def test_what_is_independent_of_the_order_of_arrival_comes_out_the_same(
    database: Database, moments: list[tuple[str, int]], seed: int
) -> None:
    with database.write():
        people = [user(f"runner{sql.value('SELECT count(*) FROM users')}{letter}", Role.CLIENT) for letter in "ab"]
    define(**ORDERED)
    shuffled = list(moments)
    random.Random(seed).shuffle(shuffled)
    for person, order in zip(people, (moments, shuffled), strict=True):
        play(*(did(person, activity, NOON + hours * HOUR) for activity, hours in order))
    first, second = (independent(person) for person in people)
    assert first == second
    in_order()


MINE = "activity_id IN (SELECT id FROM activities WHERE key IN ('workout_logged', 'daily_checkin'))"


def independent(user_id: int) -> object:
    """Paid counts by week (which of a week's days hold its slots is a matter of order), counts, runs, bonuses and unlocks."""
    with db.read():
        rows = sql.rows(f"SELECT day, activity_id, events, counted, paid FROM daily_activity WHERE user_id = ? AND {MINE}", (user_id,))
        runs = sql.rows(f"SELECT activity_id, counted, current, best, last_day FROM streaks WHERE user_id = ? AND {MINE}", (user_id,))
        bonuses = sql.rows(
            "SELECT a.key, count(*) FROM events e JOIN activities a ON a.id = e.activity_id WHERE user_id = ?"
            " AND a.key LIKE 'streak%' GROUP BY a.key ORDER BY a.key",
            (user_id,),
        )
    weeks: Counter[tuple[int, int]] = Counter()
    for day, activity_id, _, _, paid in rows:
        weeks[activity_id, date.fromisoformat(day).isocalendar().week] += paid
    return weeks, sorted(row[:4] for row in rows), sorted(runs), bonuses, unlocked(user_id)


# 1.4 Standing


def test_counts_and_streaks_include_the_event_itself(cast: Cast) -> None:
    rules = [
        {
            "key": "third",
            "pattern": {"activity": "workout_logged"},
            "conditions": {"person.count.workout_logged": {"equals": 3}},
            "outcome": {"type": "award_points", "points": 100},
        },
        {
            "key": "second_day",
            "pattern": {"activity": "workout_logged"},
            "conditions": {"person.streak_days": {"equals": 2}},
            "outcome": {"type": "award_points", "points": 7},
        },
    ]
    define(activities=[workout()], rules=rules)
    answers = play(*(did(cast.ada, at=NOON + days * DAY) for days in range(3)))
    assert [answer["points_awarded"] for answer in answers] == [20, 27, 120]


def test_level_xp_and_points_are_those_before_the_event(cast: Cast) -> None:
    rules = [
        {
            "key": name,
            "pattern": {"activity": "workout_logged"},
            "conditions": {path: {"gte": wanted}},
            "outcome": {"type": "award_points", "points": points},
        }
        for name, path, wanted, points in (
            ("xp", "person.total_xp", 20, 100),
            ("points", "person.points_balance", 20, 1_000),
            ("level", "person.level", 2, 10_000),
        )
    ]
    levels = [{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 20}]
    define(activities=[workout()], rules=rules, levels=levels)
    first, second = play(did(cast.ada), did(cast.ada))
    assert (first["points_awarded"], first["level"]["number"]) == (20, 2)
    assert second["points_awarded"] == 20 + 100 + 1_000 + 10_000


# 1.5 Arithmetic (the decision's own tests have the rest)


def test_one_transfer_moves_for_each_event_and_asset(cast: Cast) -> None:
    rules = [
        {"key": "more", "priority": 1, "pattern": {"activity": "workout_logged"}, "outcome": {"type": "award_points", "points": 5}},
        {
            "key": "double",
            "priority": 2,
            "pattern": {"activity": "workout_logged"},
            "outcome": {"type": "multiply", "asset": "points", "factor": 2},
        },
    ]
    define(activities=[workout()], rules=rules)
    [answer] = play(did(cast.ada))
    assert answer["awards"] == {"xp": 20, "points": 50, "money": []}
    with db.read():
        found = sql.rows("SELECT asset, amount, event_id FROM transfers ORDER BY asset")
    assert found == [("points", 50, answer["event_id"]), ("xp", 20, answer["event_id"])]


def test_five_kilograms_of_plastic_are_50_points_and_2_50(cast: Cast) -> None:
    per_unit = {"field": "kg", "points": 10, "xp": 10, "money": {"USD": 50}}
    define(activities=[{"key": "plastic_recycled", "category": "community", "per_unit": per_unit}])
    [answer] = play(did(cast.ada, "plastic_recycled", metadata={"kg": 5}))
    assert answer["points_awarded"] == 50
    assert answer["awards"]["money"] == [{"currency": "USD", "minor": 250, "amount": "2.50"}]
    assert balances(cast.ada) == {"xp": 50, "points": 50, "USD": 250}
    in_order()


# 1.6 Chains


def test_bonuses_run_no_rules_are_not_multiplied_and_are_told_apart(cast: Cast) -> None:
    define(
        activities=[workout()],
        rules=[{"key": "double", "pattern": {}, "outcome": {"type": "multiply", "factor": 2}}],
        achievements=[
            {
                "key": "first",
                "type": "automatic",
                "condition_type": "workout_count",
                "condition_value": 1,
                "xp_reward": 70,
                "points_reward": 5,
            },
            {"key": "hundred", "type": "automatic", "condition_type": "xp_total", "condition_value": 100, "points_reward": 3},
        ],
        levels=[{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 110}],
    )
    [answer] = play(did(cast.ada))
    assert (answer["awards"]["xp"], answer["points_awarded"]) == (40, 40)
    assert answer["unlocked"] == ["first", "hundred"]
    assert [(bonus["achievement"], bonus["xp"], bonus["points"]) for bonus in answer["bonuses"]] == [("first", 70, 5), ("hundred", 0, 3)]
    assert answer["level"] == {"number": 2, "name": "Two"}
    assert balances(cast.ada) == {"xp": 110, "points": 48}
    in_order()


def test_a_level_lost_and_reached_again_is_recorded_once(cast: Cast) -> None:
    define(activities=[workout()], levels=[{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 20}])
    play(did(cast.ada))
    with db.write():
        adjust(user_id=cast.ada, asset="xp", amount=-20, reason="a mistake", actor_id=cast.dee)
    play(did(cast.ada))
    with db.read():
        assert sql.rows("SELECT number FROM level_reaches WHERE user_id = ?", (cast.ada,)) == [(2,)]
    in_order()


def test_a_rule_can_unlock_an_achievement_once(cast: Cast) -> None:
    define(
        activities=[workout()],
        rules=[
            {"key": "gift", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "unlock_achievement", "achievement": "welcome"}}
        ],
        achievements=[{"key": "welcome", "type": "manual", "xp_reward": 5}],
    )
    first, second = play(did(cast.ada), did(cast.ada))
    assert (first["unlocked"], second["unlocked"]) == (["welcome"], [])
    assert balances(cast.ada)["xp"] == 45


# 1.7 Streak bonuses


def test_each_seven_days_and_each_thirty_days_of_a_run_pay_their_bonus_once(cast: Cast) -> None:
    define(activities=[CHECKIN, *BONUSES])
    answers = play_one_by_one(*(did(cast.ada, "daily_checkin", NOON + days * DAY) for days in range(30)))
    paid = {
        position + 1: [bonus["activity"] for bonus in answer["bonuses"]] for position, answer in enumerate(answers) if answer["bonuses"]
    }
    assert paid == {7: ["streak_7_day"], 14: ["streak_7_day"], 21: ["streak_7_day"], 28: ["streak_7_day"], 30: ["streak_30_day"]}
    assert balances(cast.ada)["xp"] == 30 * 10 + 4 * 50 + 200
    in_order()


def test_runs_that_merge_are_owed_the_difference_and_nothing_is_clawed_back(cast: Cast) -> None:
    define(activities=[CHECKIN, *BONUSES])
    play(*(did(cast.ada, "daily_checkin", NOON + days * DAY) for days in [*range(6), *range(7, 13)]))
    assert balances(cast.ada)["xp"] == 120
    [joining] = play(did(cast.ada, "daily_checkin", NOON + 6 * DAY))
    assert [bonus["activity"] for bonus in joining["bonuses"]] == ["streak_7_day"]
    [after] = play(did(cast.ada, "daily_checkin", NOON + 13 * DAY))
    assert [bonus["activity"] for bonus in after["bonuses"]] == ["streak_7_day"]
    in_order()


def test_only_the_programmes_own_streak_earns_bonuses(cast: Cast) -> None:
    define(activities=[workout(), *BONUSES])
    assert all(answer["bonuses"] == [] for answer in play(*(did(cast.ada, at=NOON + days * DAY) for days in range(8))))
    define(programme={"streak_activity": "workout_logged"})
    assert play(*(did(cast.cy, at=NOON + days * DAY) for days in range(7)))[-1]["bonuses"]


def test_weeks_in_a_row_and_times_in_a_week_unlock(cast: Cast) -> None:
    define(
        activities=[workout()],
        achievements=[
            {
                "key": "three_weeks",
                "type": "automatic",
                "condition_type": "streak_weeks",
                "condition_value": 3,
                "activity": "workout_logged",
            },
            {
                "key": "busy",
                "type": "automatic",
                "condition_type": "activity_count",
                "activity": "workout_logged",
                "window": "week",
                "condition_value": 3,
            },
        ],
    )
    play(*(did(cast.ada, at=NOON + days * DAY) for days in (0, 7)))
    assert unlocked(cast.ada) == set()
    play(*(did(cast.ada, at=NOON + days * DAY) for days in (15, 16)))
    assert unlocked(cast.ada) == {"three_weeks"}
    play(did(cast.ada, at=NOON + 17 * DAY))
    assert unlocked(cast.ada) == {"three_weeks", "busy"}


# 1.8 Who records


def test_a_service_that_is_not_allowed_is_refused_with_the_reason(cast: Cast) -> None:
    define(activities=[workout(recorded_by=["coach"])])
    with pytest.raises(Refused, match="may not be recorded by a service; allowed: coach"):
        play(did(cast.ada, recorder=Recorder.SERVICE))


# 1.9 Versions


def test_a_late_retry_is_decided_under_the_version_that_was_stamped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch)
    [answer] = play(did(cast.ada))
    assert answer == {"event_id": answer["event_id"], "state": "retrying"}
    monkeypatch.undo()
    define(activities=[workout(points=500)])
    make_due()
    assert run_queue() == 1
    assert balances(cast.ada)["points"] == 20


def test_an_admins_replay_stamps_anew_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch)
    [answer] = play(did(cast.ada))
    monkeypatch.undo()
    define(activities=[workout(points=500)])
    with db.write():
        replayed = replay_event(event_id=answer["event_id"])
    assert (replayed["version_before"], replayed["version"], replayed["processed"]) == (1, 2, True)
    assert balances(cast.ada)["points"] == 500


def test_more_than_five_minutes_ahead_is_refused(cast: Cast, clock: Any) -> None:
    define(activities=[workout()])
    clock.set_to(NOON)
    play(did(cast.ada, at=NOON + timedelta(minutes=5)))
    with pytest.raises(Invalid, match="occurred_at: a time that is not more than 5 minutes ahead"):
        play(did(cast.ada, at=NOON + timedelta(minutes=5, seconds=1)))


# 1.10 Batches


PEOPLE = 3


@pytest.mark.parametrize("size", [1, 7, 500])
def test_batches_of_any_size_make_the_same_transfers(cast: Cast, size: int, database: Database) -> None:
    define(
        activities=[workout(max_per_day=3), CHECKIN | {"cooldown_hours": 20}, *BONUSES],
        rules=[
            {"key": "rich", "pattern": {"activity": "workout_logged"}, "conditions": {"person.total_xp": {"gte": 100}},
             "outcome": {"type": "award_points", "points": 3, "xp": 1}},
            {"key": "high", "pattern": {"activity": "workout_logged"}, "conditions": {"person.level": {"gte": 2}},
             "outcome": {"type": "multiply", "factor": "1.5"}},
        ],
        levels=[{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 200, "multiplier": "1.1"}],
        achievements=[
            {"key": f"at_{count}", "type": "automatic", "condition_type": "workout_count", "condition_value": count, "xp_reward": count}
            for count in (1, 5, 20)
        ],
    )  # fmt: skip
    chance = random.Random(7)
    with database.write():
        people = [user(f"person{number}", Role.CLIENT) for number in range(PEOPLE)]
    events = [
        did(chance.choice(people), chance.choice(["workout_logged", "daily_checkin"]), NOON + chance.randrange(40 * 24) * HOUR)
        for _ in range(300)
    ]
    for start in range(0, len(events), size):
        play(*events[start : start + size])
    in_order()
    with db.read():
        question = (
            "SELECT t.asset, t.amount, a.owner_id, e.occurred_at, t.reason FROM transfers t"
            " JOIN accounts a ON a.id = t.credit_id JOIN events e ON e.id = t.event_id"
        )
        made = sorted(sql.rows(question))
        trail = sql.rows("SELECT user_id, number FROM level_reaches ORDER BY user_id, number")
        achieved = sql.rows("SELECT user_id, achievement_id FROM unlocks ORDER BY user_id, achievement_id")
    first = people[0]
    normal = [(asset, amount, owner - first, moment, reason) for asset, amount, owner, moment, reason in made]
    outcome = hash(
        repr((normal, [(person - first, number) for person, number in trail], [(person - first, one) for person, one in achieved]))
    )
    assert len(made) > 300
    assert REFERENCE.setdefault(database.dialect, (outcome, normal))[1] == normal
    assert REFERENCE[database.dialect][0] == outcome


REFERENCE: dict[str, tuple[int, object]] = {}


# 1.11 One commit


def broken(monkeypatch: pytest.MonkeyPatch, *, only: int | None = None) -> None:
    """Let the decision fail, for everybody or for one person."""
    right = deciding.decide

    def fail(**members: Any) -> Any:
        if only is None or members["standing"].user_id == only:
            raise ValueError("the rule is broken")
        return right(**members)

    monkeypatch.setattr(pipeline, "decide", fail)


def make_due() -> None:
    with db.write():
        sql.run("UPDATE events SET next_attempt_at = '2000-01-01T00:00:00.000000Z' WHERE state = 'retrying'")


def test_a_decision_that_fails_sets_its_event_aside_and_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch, only=cast.ada)
    failed, fine = play(did(cast.ada), did(cast.cy))
    assert failed["state"] == "retrying"
    assert fine["points_awarded"] == 20
    row = stored(failed["event_id"])
    assert (row["state"], row["attempts"]) == ("retrying", 1)
    assert "the rule is broken" in str(row["error"])
    assert balances(cast.ada) == {}
    in_order()


def test_after_the_last_try_the_event_waits_for_a_person(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch)
    [answer] = play(did(cast.ada))
    tries = 1
    while stored(answer["event_id"])["state"] == "retrying":
        make_due()
        run_queue()
        tries += 1
    assert (tries, stored(answer["event_id"])["state"]) == (6, "dead")
    make_due()
    assert run_queue() == 0


def test_what_cannot_be_written_is_found_by_halves(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    right = Writes.flush

    def fail_for_ada(writes: Any, books: Any) -> None:
        if cast.ada in books:
            raise RuntimeError("the disk says no")
        right(writes, books)

    monkeypatch.setattr(Writes, "flush", fail_for_ada)
    answers = play(*(did(person) for person in (cast.cy, cast.ada, cast.bo, cast.dee, cast.cy)))
    assert [answer["state"] for answer in answers] == ["processed", "retrying", "processed", "processed", "processed"]
    assert balances(cast.cy)["points"] == 40
    in_order()


def test_recording_evaluates_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch)
    with db.write():
        recorded = record_event(user_id=cast.ada, action="logged", object_type="workout", source="test")
    assert stored(recorded.event_id)["state"] == "queued"
    monkeypatch.undo()
    assert run_queue() == 1
    assert balances(cast.ada)["points"] == 20


def test_a_claim_that_has_run_out_is_taken_up_alone(cast: Cast) -> None:
    define(activities=[workout()])
    with db.write():
        for _ in range(3):
            record_event(user_id=cast.ada, action="logged", object_type="workout", source="test")
        sql.run("UPDATE events SET claim_token = 'dead', leased_until = '2000-01-01T00:00:00.000000Z', attempts = 1")
    assert run_queue() == 3
    assert balances(cast.ada)["points"] == 60


def test_an_event_that_kills_its_process_every_time_is_given_up(cast: Cast) -> None:
    define(activities=[workout()])
    with db.write():
        recorded = record_event(user_id=cast.ada, action="logged", object_type="workout", source="test")
        sql.run("UPDATE events SET claim_token = 'dead', leased_until = '2000-01-01T00:00:00.000000Z', attempts = 6")
    run_queue()
    assert stored(recorded.event_id)["state"] == "dead"


# 1.12 Same key


def test_the_same_key_and_body_get_the_same_answer_and_pay_once(cast: Cast) -> None:
    define(activities=[workout()])
    first, second = play_one_by_one(*(did(cast.ada, idempotency_key="k") for _ in range(2)))
    assert first == second
    [third, fourth] = play(*(did(cast.ada, idempotency_key="k") for _ in range(2)))
    assert third == fourth == first
    assert balances(cast.ada)["points"] == 20


def test_the_same_key_twice_in_one_batch_pays_once(cast: Cast) -> None:
    define(activities=[workout()])
    first, second = play(*(did(cast.ada, idempotency_key="k") for _ in range(2)))
    assert first == second
    assert balances(cast.ada)["points"] == 20


def test_the_same_key_with_another_body_is_refused(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada, idempotency_key="k"))
    for other in (did(cast.cy, idempotency_key="k"), did(cast.ada, idempotency_key="k", metadata={"minutes": 1})):
        with pytest.raises(Invalid, match="idempotency_key: a new key"):
            play(other)


def test_the_same_key_of_another_source_is_another_event(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada, idempotency_key="k"), did(cast.ada, idempotency_key="k", source="another"))
    assert balances(cast.ada)["points"] == 40


def test_a_key_that_was_answered_retrying_is_answered_so_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    define(activities=[workout()])
    broken(monkeypatch)
    [answer] = play(did(cast.ada, idempotency_key="k"))
    monkeypatch.undo()
    make_due()
    run_queue()
    assert play(did(cast.ada, idempotency_key="k")) == [answer]
    with db.read():
        assert first_answer(answer["event_id"]) == answer
    assert balances(cast.ada)["points"] == 20


# 1.13 Zone


def move_to(user_id: int, zone: str, at: datetime) -> None:
    with db.write() as session:
        person = session.get_one(User, user_id)
        session.add(PastZone(user_id=user_id, until=at, timezone=person.timezone))
        person.timezone, person.timezone_since = zone, at


def test_an_event_uses_the_zone_in_force_when_it_happened(cast: Cast) -> None:
    define(activities=[workout()])
    move_to(cast.ada, "Pacific/Auckland", NOON)
    before, after = play(did(cast.ada, at=NOON - HOUR), did(cast.ada, at=NOON + HOUR))
    assert [stored(answer["event_id"])["happened_on"] for answer in (before, after)] == ["2026-03-04", "2026-03-05"]


def test_moving_to_another_zone_makes_no_second_day_within_twenty_hours(cast: Cast) -> None:
    define(activities=[workout(max_per_day=1)])
    move_to(cast.ada, "Pacific/Auckland", NOON)
    answers = play_one_by_one(*(did(cast.ada, at=moment) for moment in (NOON - HOUR, NOON + HOUR, NOON + 20 * HOUR)))
    assert [answer["points_awarded"] for answer in answers] == [20, 0, 20]


def test_the_day_is_decided_once_when_the_event_is_recorded(cast: Cast) -> None:
    define(activities=[workout()])
    [answer] = play(did(cast.ada, at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC)))
    assert stored(answer["event_id"])["happened_on"] == date(2026, 3, 5).isoformat()


def test_where_nothing_was_ever_defined_events_are_stored_all_the_same(cast: Cast) -> None:
    [answer] = play(did(cast.ada))
    assert (answer["state"], answer["points_awarded"]) == ("processed", 0)
    in_order()
