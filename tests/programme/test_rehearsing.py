"""A rehearsal does what happened again: today's rules come to what was paid, a draft to exactly its difference, and nothing is changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rewards.activities.recording import Recorded, record_events
from rewards.demo.playing import play_story
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.processing import process_events
from rewards.earning.retroacting import unlock_retroactively
from rewards.earning.undoing import undo_event
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.ledger.spending import spend_points
from rewards.people.models import User
from rewards.programme.comparing import Report
from rewards.programme.document import ProgrammeDocument
from rewards.programme.kits import load_starting_kits
from rewards.programme.rehearsing import rehearse
from tests.cast import Cast
from tests.contents import everything
from tests.programmes import NOON, define, did, play, workout

DAY = timedelta(days=1)
LATER = NOON + 9 * DAY
CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
WEEK_BONUS = {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]}


@pytest.fixture(autouse=True)
def later(clock: Any) -> Iterator[None]:
    clock.set_to(LATER)
    yield
    clock.set_to(None)


def rehearsed(days: int = 30, **sections: Any) -> Report:
    return rehearse(document=ProgrammeDocument.model_validate(sections), days=days)


def is_as_it_was(report: Report) -> bool:
    return report.unlike == 0 and report.failed == 0 and not report.difference and not report.difference_since


def test_todays_rules_come_to_what_the_demonstration_was_paid_and_nothing_is_changed(clock: Any, database: object) -> None:
    clock.set_to(datetime(2026, 7, 1, 18, tzinfo=UTC))
    with db.write():
        load_starting_kits()
    play_story(secret="a secret", day_done=lambda day: None)
    before = everything()
    report = rehearsed(days=91)
    assert report.events > 1_500
    assert is_as_it_was(report)
    assert report.paid == report.today == report.draft
    assert report.paid["points"] > 20_000
    with db.read():
        # The report speaks of the very amounts that the ledger has moved.
        question = (
            "SELECT sum(t.amount) FROM transfers t JOIN accounts d ON d.id = t.debit_id AND d.owner_kind = 'issued'"
            " WHERE t.asset = 'points' AND t.event_id IS NOT NULL"
        )
        assert report.paid["points"] == sql.value(question)
    assert everything() == before


def test_a_doubled_rule_shows_exactly_the_difference(cast: Cast) -> None:
    define(activities=[workout()], achievements=[])
    for number in range(5):
        play(did(cast.ada, at=NOON + number * DAY), did(cast.cy, at=NOON + number * DAY))
    before = everything()
    report = rehearsed(activities=[workout(xp=40, points=40)])
    assert (report.paid, report.today) == ({"xp": 200, "points": 200}, {"xp": 200, "points": 200})
    assert report.difference == {"points": 200, "xp": 200}
    assert report.gainers == [(cast.ada, {"points": 100, "xp": 100}), (cast.cy, {"points": 100, "xp": 100})]
    assert (report.gaining, report.losing, report.events, report.people) == (2, 0, 10, 2)
    assert report.days["2026-03-04"] == [40, 40, 80]
    assert everything() == before


def test_only_the_days_that_are_rehearsed_are_decided_again(cast: Cast) -> None:
    define(activities=[workout()])
    for number in range(5):
        play(did(cast.ada, at=NOON + number * DAY))
    # Today is the 13th; the last seven days begin with the 7th.
    assert rehearsed(days=7, activities=[workout(xp=40, points=40)]).difference == {"points": 40, "xp": 40}


def test_rules_that_changed_since_are_told_apart_from_the_draft(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada))
    define(activities=[workout(xp=30, points=25)])
    report = rehearsed(activities=[workout(xp=30, points=100)])
    assert report.difference_since == {"points": 5, "xp": 10}
    assert report.difference == {"points": 75}
    assert report.touched_since == 1


def test_a_lower_cap_takes_away_what_it_would_have_blocked(cast: Cast) -> None:
    define(activities=[workout()])
    play(*(did(cast.ada, at=NOON + number * timedelta(hours=1)) for number in range(4)))
    report = rehearsed(activities=[workout(max_per_day=3)])
    assert report.difference == {"points": -20, "xp": -20}
    assert (report.losing, report.losers) == (1, [(cast.ada, {"points": -20, "xp": -20})])


def test_a_raised_level_moves_people_down_also_those_who_did_nothing_lately(cast: Cast) -> None:
    ground = {"number": 1, "name": "Bronze", "xp_required": 0}
    define(activities=[workout(xp=100)], levels=[ground, {"number": 2, "name": "Silver", "xp_required": 100}])
    play(did(cast.ada), did(cast.cy, at=NOON - 100 * DAY))
    report = rehearsed(levels=[{"number": 2, "name": "Silver", "xp_required": 150}])
    assert (report.up, report.down) == (0, 2)
    assert report.movers == [(cast.ada, 2, 1), (cast.cy, 2, 1)]


def test_a_new_achievement_says_who_would_have_it_with_its_bonus(cast: Cast) -> None:
    define(activities=[workout()])
    play(*(did(cast.ada, at=NOON + number * DAY) for number in range(3)), did(cast.cy))
    three = {"key": "three", "name": "Three", "type": "automatic", "condition_type": "workout_count", "condition_value": 3}
    report = rehearsed(achievements=[{**three, "points_reward": 15}])
    assert (report.gained, report.lost, report.difference) == ({"three": 1}, {}, {"points": 15})


def test_a_rule_that_looks_at_the_balance_sees_what_was_spent_in_its_place(cast: Cast) -> None:
    rich = {"key": "rich", "pattern": {}, "conditions": {"person.points_balance": {"gte": 15}}}
    define(activities=[workout()], rules=[{**rich, "outcome": {"type": "award_points", "points": 3}}])
    play(did(cast.ada))
    with db.write():
        spend_points(user_id=cast.ada, points=12, reason="a bottle", reference="test")
    play(did(cast.ada, at=NOON + DAY))
    with db.write():
        adjust(user_id=cast.ada, asset="points", amount=-13, reason="a mistake", actor_id=cast.dee)
    play(did(cast.ada, at=NOON + 2 * DAY), did(cast.ada, at=NOON + 3 * DAY))
    report = rehearsed()
    assert is_as_it_was(report)
    assert report.paid["points"] == 20 + 20 + (20 + 3) * 2 - 0


def test_what_was_spent_stays_spent_under_a_draft_that_pays_less(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada))
    with db.write():
        spend_points(user_id=cast.ada, points=20, reason="a bottle", reference="test")
    assert rehearsed(activities=[workout(points=5)]).difference == {"points": -15}


def test_events_that_waited_are_decided_again_in_the_order_in_which_they_were_decided(cast: Cast) -> None:
    define(
        activities=[workout(max_per_day=1), CHECKIN],
        rules=[
            {
                "key": "first",
                "pattern": {},
                "conditions": {"person.total_xp": {"lt": 10}},
                "outcome": {"type": "award_points", "points": 100},
            }
        ],
    )
    with db.write():
        [queued] = record_events([did(cast.ada)])
    play(did(cast.ada, "daily_checkin"))
    assert isinstance(queued, Recorded)
    with db.write():
        process_events([queued.event_id])
    report = rehearsed()
    assert is_as_it_was(report)
    assert report.paid["points"] == 10 + 100 + 20


def test_an_undone_event_is_undone_again(cast: Cast) -> None:
    define(
        activities=[workout(max_per_day=1), CHECKIN, WEEK_BONUS],
        achievements=[
            {"key": "two", "name": "Two", "type": "automatic", "condition_type": "workout_count", "condition_value": 2, "xp_reward": 9}
        ],
    )
    first, _, _ = play(did(cast.ada), did(cast.ada, at=NOON + timedelta(hours=1)), did(cast.ada, at=NOON + DAY))
    checkins = play(*(did(cast.ada, "daily_checkin", at=NOON + number * DAY) for number in range(7)))
    for event_id in (first["event_id"], checkins[3]["event_id"]):
        with db.write() as session:
            undo_event(event_id=event_id, actor=session.get_one(User, cast.dee), reason="a mistake")
    play(did(cast.ada, "daily_checkin", at=NOON + 3 * DAY), did(cast.ada, at=NOON + 2 * DAY))
    before = everything()
    assert is_as_it_was(rehearsed())
    # The slot that the undo freed pays double too.
    assert rehearsed(activities=[workout(points=40, max_per_day=1)]).difference == {"points": 60}
    assert everything() == before


def test_achievements_given_by_hand_are_given_again(cast: Cast) -> None:
    medal = {"key": "medal", "name": "Medal", "type": "manual", "xp_reward": 40}
    define(activities=[workout()], achievements=[medal])
    play(did(cast.ada))
    with db.write():
        award_achievement(user_id=cast.ada, achievement="medal", awarded_by=cast.bo)
    define(
        achievements=[
            {"key": "one", "name": "One", "type": "automatic", "condition_type": "workout_count", "condition_value": 1, "points_reward": 7}
        ]
    )
    unlock_retroactively(achievement="one")
    report = rehearsed()
    # Under today's rules the workout itself unlocks it: that is worth the same.
    assert is_as_it_was(report)
    assert report.paid == {"xp": 60, "points": 27}


def test_a_draft_that_does_not_fit_is_refused_before_anything_is_done(cast: Cast) -> None:
    define(activities=[workout()])
    with pytest.raises(Invalid, match="level 1"):
        rehearsed(levels=[{"number": 3, "name": "Gold", "xp_required": 10}])
    with pytest.raises(Invalid, match="from 1 to"):
        rehearsed(days=0)


def test_a_history_that_is_not_what_was_decided_is_noticed(cast: Cast) -> None:
    """The control: whoever could not find a difference would find none anywhere."""
    define(
        activities=[workout()],
        rules=[
            {
                "key": "vip",
                "pattern": {},
                "conditions": {"person.tags": {"contains": "vip"}},
                "outcome": {"type": "award_points", "points": 5},
            }
        ],
    )
    play(did(cast.ada))
    with db.write():
        sql.run("UPDATE users SET tags = '[\"vip\"]' WHERE id = ?", (cast.ada,))
    report = rehearsed()
    assert report.unlike == 1
    assert report.difference_since == {"points": 5}
