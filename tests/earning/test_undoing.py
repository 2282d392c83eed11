"""Undo: an event and all that came of it go by reversing transfers, and what is left is what there would be without it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from rewards.activities.recording import record_event
from rewards.earning.granting import adjust
from rewards.earning.queueing import run_queue
from rewards.earning.undoing import Undone
from rewards.kit import clock as the_clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.spending import spend_points
from tests.cast import Cast
from tests.earning.undone import CHECKIN, DAY, FIVE, HOUR, WEEK_BONUS, checked_in, event, has, in_order, logged, undo, value
from tests.programmes import NOON, define, did, play, workout
from tests.racing import race

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
