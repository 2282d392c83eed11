"""Undo: an event and all that came of it go by reversing transfers, and what is left is what there would be without it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.activities.models import Recorder
from rewards.activities.recording import record_event
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.queueing import run_queue
from rewards.earning.undoing import Undone, undo_event
from rewards.earning.week_streaks import record_weeks_of
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import spend_points
from rewards.people.models import User
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout
from tests.racing import race

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
WEEK_BONUS = {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]}


def undo(event_id: int, actor_id: int, reason: str = "a mistake") -> Undone:
    with db.write() as session:
        actor = session.get_one(User, actor_id)
        return undo_event(event_id=event_id, actor=actor, reason=reason)


def has(user_id: int) -> dict[str, int]:
    with db.read():
        return {asset: balance for asset, balance in balances_of(user_id).items() if balance}


def unlocked(user_id: int) -> set[str]:
    question = "SELECT a.key FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE user_id = ?"
    with db.read():
        return {key for (key,) in sql.rows(question, (user_id,))}


def event(event_id: int, *columns: str) -> tuple[Any, ...]:
    with db.read():
        return tuple(sql.rows(f"SELECT {', '.join(columns)} FROM events WHERE id = ?", (event_id,))[0])


def value(question: str, *params: object) -> Any:
    with db.read():
        return sql.value(question, params)


def in_order() -> None:
    with db.read():
        assert verify() == []
        assert sql.value("SELECT count(*) FROM accounts WHERE owner_kind = 'user' AND balance < 0") == 0


def logged(user_id: int, activity: str = "workout_logged", at: datetime = NOON, **members: Any) -> int:
    """Something that a client logged themselves; its id."""
    the_clock.set_to(at)
    [answer] = play(did(user_id, activity, at, source=f"page:{user_id}", actor_id=user_id, recorder=Recorder.CLIENT, **members))
    return int(answer["event_id"])


def checked_in(user_id: int, *days: int) -> list[int]:
    return [play(did(user_id, "daily_checkin", NOON + day * DAY))[0]["event_id"] for day in days]


# What goes


def test_an_undo_takes_back_what_the_event_brought_and_leaves_no_trace_in_any_total(cast: Cast) -> None:
    define(activities=[workout(money={"USD": 150})])
    kept, gone = (answer["event_id"] for answer in play(did(cast.ada), did(cast.ada, at=NOON + DAY)))
    undone = undo(gone, cast.dee)
    assert undone.changes == {"USD": -150, "points": -20, "xp": -20}
    assert has(cast.ada) == {"USD": 150, "points": 20, "xp": 20}
    assert event(gone, "state", "paid", "counted", "undone_by") == ("undone", 0, 0, cast.dee)
    assert event(kept, "state", "paid", "counted", "undone_by") == ("processed", 1, 1, None)
    assert value("SELECT count(*) FROM daily_activity") == 1
    assert value("SELECT count(*) FROM transfers WHERE event_id = ? AND reverses_id IS NOT NULL", gone) == 3
    in_order()


def test_undoing_the_only_event_leaves_nothing_at_all(cast: Cast) -> None:
    define(activities=[workout()])
    undo(play(did(cast.ada))[0]["event_id"], cast.dee)
    assert has(cast.ada) == {}
    assert [value(f"SELECT count(*) FROM {table}") for table in ("daily_activity", "streaks", "last_days")] == [0, 0, 0]
    in_order()


def test_what_is_recorded_again_is_paid_again(cast: Cast) -> None:
    define(activities=[workout(max_per_day=1)])
    for _ in range(3):
        [answer] = play(did(cast.ada))
        assert (answer["points_awarded"], answer["capped"]) == (20, False)
        undo(answer["event_id"], cast.dee)
        assert has(cast.ada) == {}
    in_order()


def test_the_same_key_answers_as_the_first_time_after_an_undo(cast: Cast) -> None:
    define(activities=[workout()])
    [first] = play(did(cast.ada, idempotency_key="mine"))
    undo(first["event_id"], cast.dee)
    [second] = play(did(cast.ada, idempotency_key="mine"))
    assert second == first
    assert has(cast.ada) == {}


def test_undone_twice_is_undone_once_and_answered_the_same(cast: Cast) -> None:
    define(activities=[workout()])
    event_id = play(did(cast.ada))[0]["event_id"]
    first = undo(event_id, cast.dee)
    assert undo(event_id, cast.dee, "again") == first
    assert value("SELECT count(*) FROM audit_entries WHERE action = 'event_undone'") == 1
    in_order()


def test_eight_who_undo_at_once_undo_once(cast: Cast) -> None:
    define(activities=[workout()])
    event_id = play(did(cast.ada))[0]["event_id"]
    outcomes = race(*[lambda: undo(event_id, cast.dee)] * 8)
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert isinstance(outcomes[0], Undone)
    assert value("SELECT count(*) FROM transfers WHERE reverses_id IS NOT NULL") == 2
    in_order()


def test_what_waits_to_be_decided_is_never_decided(cast: Cast) -> None:
    define(activities=[workout()])
    with db.write():
        waiting = record_event(user_id=cast.ada, action="logged", object_type="workout", activity="workout_logged", source="test").event_id
    undo(waiting, cast.dee)
    run_queue()
    assert (event(waiting, "state"), has(cast.ada)) == (("undone",), {})
    in_order()


# Streaks


def test_a_missing_day_parts_the_run(cast: Cast) -> None:
    define(activities=[CHECKIN])
    days = checked_in(cast.ada, 0, 1, 2, 3, 4)
    undo(days[2], cast.dee)
    assert value("SELECT current FROM streaks") == 2
    assert value("SELECT best FROM streaks") == 2
    in_order()


def test_a_streak_bonus_that_no_run_owes_any_more_goes_and_comes_again_with_the_day(cast: Cast) -> None:
    define(activities=[CHECKIN, WEEK_BONUS])
    days = checked_in(cast.ada, *range(7))
    assert has(cast.ada)["points"] == 120
    undo(days[3], cast.dee)
    assert has(cast.ada)["points"] == 60
    checked_in(cast.ada, 3)
    assert has(cast.ada)["points"] == 120
    in_order()


def test_a_part_of_the_run_that_is_long_enough_keeps_its_bonus(cast: Cast) -> None:
    define(activities=[CHECKIN, WEEK_BONUS])
    days = checked_in(cast.ada, *range(14))
    undo(days[0], cast.dee)
    assert has(cast.ada)["points"] == 130 + 50
    undo(days[7], cast.dee)
    assert has(cast.ada)["points"] == 120
    in_order()


def test_a_part_that_is_owed_a_bonus_paid_on_the_missing_day_has_it_still(cast: Cast) -> None:
    define(activities=[CHECKIN, WEEK_BONUS])
    # The seventh day that came in was the one in the middle: its bonus stands on day 7, where the run 3 to 9 became whole.
    days = dict(zip((8, 9, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14), checked_in(cast.ada, 8, 9, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14), strict=True))
    assert has(cast.ada)["points"] == 120 + 50
    undo(days[7], cast.dee)
    # Days 8 to 14 are a week of their own.
    assert has(cast.ada)["points"] == 110 + 50
    undo(days[14], cast.dee)
    assert has(cast.ada)["points"] == 100
    in_order()


def test_a_second_event_on_the_day_keeps_the_run_and_its_bonus(cast: Cast) -> None:
    define(activities=[CHECKIN | {"cooldown_hours": 24}, WEEK_BONUS])
    days = checked_in(cast.ada, *range(7))
    [again] = play(did(cast.ada, "daily_checkin", NOON + 6 * DAY + HOUR))
    assert again["points_awarded"] == 0
    undone = undo(days[6], cast.dee)
    assert (undone.admitted, undone.changes, has(cast.ada)["points"]) == ((again["event_id"],), {}, 120)
    in_order()


# Unlocks

FIVE = {"key": "five", "type": "automatic", "condition_type": "workout_count", "condition_value": 5, "xp_reward": 7, "points_reward": 9}


def test_an_unlock_that_is_not_found_again_goes_with_its_bonus_and_can_be_earned_again(cast: Cast) -> None:
    define(activities=[workout()], achievements=[FIVE])
    ids = [play(did(cast.ada, at=NOON + hour * HOUR))[0]["event_id"] for hour in range(5)]
    assert has(cast.ada) == {"xp": 107, "points": 109}
    undone = undo(ids[0], cast.dee)
    assert (undone.withdrawn, has(cast.ada), unlocked(cast.ada)) == (("five",), {"xp": 80, "points": 80}, set())
    in_order()
    [answer] = play(did(cast.ada))
    assert (answer["unlocked"], has(cast.ada)) == (["five"], {"xp": 107, "points": 109})
    in_order()


def test_an_unlock_that_is_found_again_stays_untouched(cast: Cast) -> None:
    define(activities=[workout()], achievements=[FIVE])
    ids = [play(did(cast.ada, at=NOON + hour * HOUR))[0]["event_id"] for hour in range(6)]
    before = value("SELECT id FROM unlocks")
    undo(ids[4], cast.dee)
    assert value("SELECT id FROM unlocks") == before
    assert has(cast.ada) == {"xp": 107, "points": 109}
    in_order()


def test_a_chain_of_unlocks_falls_as_far_as_it_hangs_together(cast: Cast) -> None:
    chain = [
        {"key": "first", "type": "automatic", "condition_type": "workout_count", "condition_value": 1, "xp_reward": 100},
        {"key": "hundred", "type": "automatic", "condition_type": "xp_total", "condition_value": 100, "xp_reward": 400},
        {"key": "silver", "type": "automatic", "condition_type": "level", "condition_value": 2, "points_reward": 5},
    ]
    levels = [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 500}]
    define(activities=[workout(), CHECKIN], achievements=chain, levels=levels)
    checked_in(cast.ada, 0)
    [answer] = play(did(cast.ada))
    assert answer["unlocked"] == ["first", "hundred", "silver"]
    undone = undo(answer["event_id"], cast.dee)
    assert (set(undone.withdrawn), has(cast.ada)) == ({"first", "hundred", "silver"}, {"xp": 10, "points": 10})
    # The record of having reached the level stays.
    assert value("SELECT count(*) FROM level_reaches WHERE number = 2") == 1
    in_order()


def test_unlocks_from_before_the_event_and_those_given_by_hand_stand(cast: Cast) -> None:
    manual = {"key": "spirit", "type": "manual", "points_reward": 30}
    first = {"key": "first", "type": "automatic", "condition_type": "workout_count", "condition_value": 1}
    define(activities=[workout(), CHECKIN], achievements=[first, manual])
    play(did(cast.ada))
    [later] = checked_in(cast.ada, 0)
    with db.write():
        award_achievement(user_id=cast.ada, achievement="spirit", awarded_by=cast.bo)
    undo(later, cast.dee)
    assert (unlocked(cast.ada), has(cast.ada)["points"]) == ({"first", "spirit"}, 50)
    in_order()


def test_a_changed_programme_takes_nothing_back(cast: Cast) -> None:
    define(activities=[workout()], achievements=[FIVE | {"condition_value": 2}])
    ids = [play(did(cast.ada, at=NOON + hour * HOUR))[0]["event_id"] for hour in range(3)]
    define(activities=[workout()], achievements=[FIVE | {"condition_value": 50}])
    undo(ids[0], cast.dee)
    assert unlocked(cast.ada) == {"five"}
    undo(ids[1], cast.dee)
    assert unlocked(cast.ada) == set()
    in_order()


def test_what_a_rule_unlocked_stands_while_an_event_that_asked_for_it_does(cast: Cast) -> None:
    rule = {"key": "hello", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "unlock_achievement", "achievement": "badge"}}
    badge = {"key": "badge", "type": "manual", "xp_reward": 3}
    define(activities=[workout()], rules=[rule], achievements=[badge])
    first, second = (play(did(cast.ada, at=NOON + hour * HOUR))[0]["event_id"] for hour in range(2))
    undo(first, cast.dee)
    assert (unlocked(cast.ada), has(cast.ada)["xp"]) == ({"badge"}, 23)
    undo(second, cast.dee)
    assert (unlocked(cast.ada), has(cast.ada)) == (set(), {})
    in_order()


# The freed slot


def test_the_freed_slot_goes_to_the_earliest_blocked_event_under_its_own_stamp(cast: Cast) -> None:
    define(activities=[workout(max_per_day=1)])
    paid, blocked, third = (answer["event_id"] for answer in play(*(did(cast.ada, at=NOON + hour * HOUR) for hour in range(3))))
    define(activities=[workout(max_per_day=1, points=999, xp=999)])
    assert undo(paid, cast.dee).admitted == (blocked,)
    assert has(cast.ada) == {"xp": 20, "points": 20}
    assert [event(one, "paid", "counted")[:2] for one in (paid, blocked, third)] == [(0, 0), (1, 1), (0, 0)]
    in_order()


def test_an_admitted_events_key_is_answered_as_it_was(cast: Cast) -> None:
    define(activities=[workout(max_per_day=1)])
    paid, blocked = play(did(cast.ada), did(cast.ada, at=NOON + HOUR, idempotency_key="second"))
    undo(paid["event_id"], cast.dee)
    assert play(did(cast.ada, at=NOON + HOUR, idempotency_key="second")) == [blocked]
    assert '"points":20' in event(blocked["event_id"], "result")[0]


def test_a_week_that_is_full_opens_for_another_day(cast: Cast) -> None:
    define(activities=[workout(max_per_week=2)], achievements=[FIVE | {"condition_value": 3}])
    first, _, third = (answer["event_id"] for answer in play(*(did(cast.ada, at=NOON + day * DAY) for day in range(3))))
    assert unlocked(cast.ada) == {"five"}
    undone = undo(first, cast.dee)
    assert (undone.admitted, undone.withdrawn) == ((third,), ("five",))
    assert has(cast.ada) == {"xp": 40, "points": 40}
    in_order()


def test_both_whom_one_event_kept_waiting_come_in_when_it_goes(cast: Cast) -> None:
    define(activities=[CHECKIN | {"cooldown_hours": 24}])
    [middle] = checked_in(cast.ada, 1)
    before, after = play(*(did(cast.ada, "daily_checkin", NOON + DAY + hours * HOUR) for hours in (-18, 18)))
    assert (before["points_awarded"], after["points_awarded"]) == (0, 0)
    assert undo(middle, cast.dee).admitted == (before["event_id"], after["event_id"])
    assert has(cast.ada)["points"] == 20
    in_order()


def test_an_admitted_event_keeps_an_unlock_that_would_have_gone(cast: Cast) -> None:
    define(activities=[workout(max_per_day=5)], achievements=[FIVE])
    ids = [answer["event_id"] for answer in play(*(did(cast.ada, at=NOON + hour * HOUR) for hour in range(6)))]
    before = value("SELECT id FROM unlocks")
    undone = undo(ids[0], cast.dee)
    assert (undone.admitted, undone.withdrawn, undone.changes) == ((ids[5],), (), {})
    assert value("SELECT id FROM unlocks") == before
    in_order()


def test_an_admitted_event_can_unlock_something_new(cast: Cast) -> None:
    heavy = {"key": "heavy", "type": "automatic", "condition_type": "points_earned", "condition_value": 50, "xp_reward": 5}
    kg = {"key": "plastic_recycled", "category": "community", "per_unit": {"field": "kg", "points": 10}, "max_per_day": 1}
    define(activities=[kg], achievements=[heavy])
    light, much = (answer["event_id"] for answer in play(*(did(cast.ada, "plastic_recycled", metadata={"kg": n}) for n in (1, 9))))
    undo(light, cast.dee)
    assert (has(cast.ada), unlocked(cast.ada)) == ({"points": 90, "xp": 5}, {"heavy"})
    assert '"unlocked":["heavy"]' in event(much, "result")[0]
    in_order()
    undo(much, cast.dee)
    assert (has(cast.ada), unlocked(cast.ada)) == ({}, set())
    in_order()


# Spent already


def spend(user_id: int, points: int) -> None:
    with db.write():
        spend_points(user_id=user_id, points=points, reason="a coffee", reference="till")


def test_a_client_cannot_undo_what_is_spent_and_learns_the_gap(cast: Cast, clock: object) -> None:
    define(activities=[workout()])
    event_id = logged(cast.ada)
    spend(cast.ada, 15)
    with pytest.raises(Refused, match="15 points to go") as refused:
        undo(event_id, cast.ada)
    assert (refused.value.code, refused.value.gap) == ("spent", {"points": 15})
    assert has(cast.ada) == {"xp": 20, "points": 5}
    assert event(event_id, "state") == ("processed",)
    in_order()


def test_staff_undo_what_is_spent_and_the_house_makes_up_for_it(cast: Cast, clock: object) -> None:
    define(activities=[workout()])
    event_id = logged(cast.ada)
    spend(cast.ada, 15)
    undone = undo(event_id, cast.bo)
    assert (undone.made_up, has(cast.ada)) == ({"points": 15}, {})
    made_up = "SELECT t.amount FROM transfers t JOIN accounts d ON d.id = t.debit_id WHERE d.owner_kind = 'written_off'"
    assert value(made_up) == 15
    assert value("SELECT count(*) FROM transfers WHERE reason = 'a coffee'") == 1
    in_order()


def test_nobody_need_spend_less_where_another_event_takes_the_slot(cast: Cast, clock: object) -> None:
    define(activities=[workout(max_per_day=1)])
    first = logged(cast.ada)
    logged(cast.ada, at=NOON + timedelta(minutes=1))
    spend(cast.ada, 20)
    assert undo(first, cast.ada).changes == {}
    in_order()


@pytest.mark.parametrize("spent", [5, 20])
def test_undoing_and_spending_at_once_never_leave_less_than_nothing(cast: Cast, clock: object, spent: int) -> None:
    define(activities=[workout()])
    event_id = logged(cast.ada)
    undone, spending = race(lambda: undo(event_id, cast.ada), lambda: spend(cast.ada, spent))
    assert isinstance(undone, Refused) != isinstance(spending, Refused)
    assert has(cast.ada).get("points", 0) == (0 if isinstance(spending, Refused) else 20 - spent)
    in_order()


# Who may


def test_a_client_undoes_what_they_logged_for_ten_minutes(cast: Cast, clock: object) -> None:
    define(activities=[workout()])
    event_id = logged(cast.ada)
    the_clock.set_to(NOON + timedelta(minutes=10))
    undo(event_id, cast.ada)
    late = logged(cast.ada)
    the_clock.set_to(NOON + timedelta(minutes=10, seconds=1))
    with pytest.raises(Refused, match="10 minutes") as refused:
        undo(late, cast.ada)
    assert refused.value.code == "too_late"


def test_a_client_does_not_undo_what_somebody_else_recorded(cast: Cast, clock: object) -> None:
    define(activities=[workout()])
    the_clock.set_to(NOON)
    with pytest.raises(Refused, match="Your coach can undo it"):
        undo(play(did(cast.ada, actor_id=cast.bo))[0]["event_id"], cast.ada)


@pytest.mark.parametrize("who", ["cy", "nobody"])
def test_what_is_not_yours_is_not_there(cast: Cast, who: str) -> None:
    define(activities=[workout()])
    mine, theirs = (play(did(user_id))[0]["event_id"] for user_id in (cast.ada, cast.cy))
    with pytest.raises(NotFound):
        undo(theirs if who == "cy" else 10**6, cast.bo)
    with pytest.raises(NotFound):
        undo(mine, cast.cy)


def test_staff_say_why(cast: Cast) -> None:
    define(activities=[workout()])
    event_id = play(did(cast.ada))[0]["event_id"]
    with pytest.raises(Invalid, match="say why"):
        undo(event_id, cast.bo, "  ")
    undo(event_id, cast.bo, "She was ill that day.")
    assert value("SELECT note FROM audit_entries WHERE action = 'event_undone'") == "She was ill that day."


def by_hand(cast: Cast) -> int:
    with db.write():
        return adjust(user_id=cast.ada, asset="points", amount=5, reason="a gift", actor_id=cast.dee).event_id


def a_streak_bonus(cast: Cast) -> int:
    checked_in(cast.ada, *range(7))
    return int(value("SELECT e.id FROM events e JOIN activities a ON a.id = e.activity_id WHERE a.key = 'streak_7_day'"))


def an_unlocks_bonus(cast: Cast) -> int:
    play(*(did(cast.ada, at=NOON + hour * HOUR) for hour in range(5)))
    return int(value("SELECT bonus_event_id FROM unlocks"))


@pytest.mark.parametrize(("make", "code"), [(by_hand, "by_hand"), (a_streak_bonus, "follows"), (an_unlocks_bonus, "follows")])
def test_what_was_booked_by_hand_or_follows_from_something_is_refused_with_the_way_out(
    cast: Cast, make: Callable[[Cast], int], code: str
) -> None:
    define(activities=[workout(), CHECKIN, WEEK_BONUS], achievements=[FIVE])
    event_id = make(cast)
    with pytest.raises(Refused, match="in the ledger") as refused:
        undo(event_id, cast.dee)
    assert refused.value.code == code
    in_order()


def test_a_whole_week_that_is_none_any_more_goes_with_the_day_and_comes_again(cast: Cast, clock: object) -> None:
    week = {"key": "week_streak", "category": "consistency", "xp": 25, "points": 25, "recorded_by": ["system"], "max_per_week": 1}
    define(activities=[CHECKIN, week])
    # From a Monday to a Sunday.
    days = checked_in(cast.ada, *range(5, 12))
    record_weeks_of([cast.ada])
    assert has(cast.ada)["points"] == 95
    undo(days[2], cast.dee)
    assert has(cast.ada)["points"] == 60
    record_weeks_of([cast.ada])
    assert has(cast.ada)["points"] == 60
    checked_in(cast.ada, 7)
    for _ in range(2):
        record_weeks_of([cast.ada])
    assert has(cast.ada)["points"] == 95
    in_order()


def test_a_week_that_staff_undid_is_not_recorded_again(cast: Cast, clock: object) -> None:
    week = {"key": "week_streak", "category": "consistency", "xp": 25, "points": 25, "recorded_by": ["system"], "max_per_week": 1}
    define(activities=[CHECKIN, week])
    checked_in(cast.ada, *range(5, 12))
    record_weeks_of([cast.ada])
    recorded = value("SELECT e.id FROM events e JOIN activities a ON a.id = e.activity_id WHERE a.key = 'week_streak'")
    undo(recorded, cast.dee)
    record_weeks_of([cast.ada])
    assert has(cast.ada)["points"] == 70
    in_order()
