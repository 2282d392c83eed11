"""The slot of an undone event goes to the earliest blocked event that it now admits, under that event's own stamp."""

from tests.cast import Cast
from tests.earning.undone import CHECKIN, DAY, FIVE, HOUR, checked_in, event, has, in_order, undo, unlocked, value
from tests.programmes import NOON, define, did, play, workout

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
