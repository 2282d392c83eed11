"""What follows from an event goes with it where it is not earned without it: streak bonuses, whole weeks, achievements."""

from rewards.earning.granting import award_achievement
from rewards.earning.week_streaks import record_weeks_of
from rewards.kit.database import db
from tests.cast import Cast
from tests.earning.undone import CHECKIN, DAY, FIVE, HOUR, WEEK_BONUS, checked_in, has, in_order, undo, unlocked, value
from tests.programmes import NOON, define, did, play, workout

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


# Unlocks


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
