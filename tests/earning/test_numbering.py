"""Everything that happens to somebody has its place in one order, however it came and whenever it was decided."""

from datetime import timedelta

from rewards.activities.recording import Recorded, record_events
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.processing import process_events
from rewards.earning.retroacting import unlock_retroactively
from rewards.earning.reversing import reverse_transfer
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.spending import spend_points
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout

FIRST_STEP = {"key": "first_step", "name": "First step", "type": "automatic", "condition_type": "workout_count", "condition_value": 1}
MEDAL = {"key": "medal", "name": "Medal", "type": "manual"}


def order_of(user_id: int) -> list[str]:
    """What happened to somebody, in the order of its numbers, which no two things share."""
    with db.read():
        found = sql.rows(
            "SELECT decided_no, a.key FROM events e JOIN activities a ON a.id = e.activity_id WHERE user_id = ? AND decided_no > 0"
            " UNION ALL SELECT decided_no, kind FROM inputs WHERE user_id = ?"
            " UNION ALL SELECT decided_no, reason FROM transfers WHERE decided_no IS NOT NULL",
            (user_id, user_id),
        )
    assert len({number for number, _ in found}) == len(found)
    return [what for _, what in sorted(found)]


def test_what_is_decided_as_it_is_recorded_has_its_own_id_as_its_number(cast: Cast) -> None:
    define(activities=[workout()], achievements=[{**FIRST_STEP, "points_reward": 5}])
    first, second = play(did(cast.ada), did(cast.ada, at=NOON + timedelta(days=1)))
    with db.read():
        rows = sql.rows("SELECT id, decided_no FROM events WHERE cause_id IS NULL ORDER BY id")
        bonuses = sql.rows("SELECT decided_no FROM events WHERE cause_id IS NOT NULL")
    assert rows == [(first["event_id"], first["event_id"]), (second["event_id"], second["event_id"])]
    # What follows from something has no place of its own.
    assert bonuses == [(None,)]


def test_a_queued_event_takes_its_number_when_it_is_decided(cast: Cast) -> None:
    define(activities=[workout(), {"key": "meal_logged", "category": "participation", "points": 5}])
    with db.write():
        [queued] = record_events([did(cast.ada, "meal_logged")])
    assert isinstance(queued, Recorded)
    with db.read():
        assert sql.value("SELECT decided_no FROM events WHERE id = ?", (queued.event_id,)) is None
    play(did(cast.ada))
    with db.write():
        process_events([queued.event_id])
    play(did(cast.ada, at=NOON + timedelta(days=1)))
    assert order_of(cast.ada) == ["workout_logged", "meal_logged", "workout_logged"]


def test_everything_done_by_hand_stands_in_the_same_order(cast: Cast) -> None:
    define(activities=[workout()], achievements=[MEDAL])
    play(did(cast.ada))
    with db.write():
        adjust(user_id=cast.ada, asset="points", amount=100, reason="a gift", actor_id=cast.dee)
    with db.write():
        award_achievement(user_id=cast.ada, achievement="medal", awarded_by=cast.bo)
    with db.write():
        spend_points(user_id=cast.ada, points=30, reason="a bottle", reference="test")
    define(achievements=[FIRST_STEP])
    unlock_retroactively(achievement="first_step")
    with db.write():
        first = sql.value("SELECT min(id) FROM transfers")
        reverse_transfer(transfer_id=first, actor_id=cast.dee, reason="a mistake")
    play(did(cast.ada, at=NOON + timedelta(days=1)))
    assert order_of(cast.ada) == ["workout_logged", "adjustment", "unlock", "a bottle", "unlock", "a mistake", "workout_logged"]


def test_a_number_that_was_taken_becomes_nobodys_id(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada))
    with db.write():
        taken = sql.take_ids("events", 3)
    [answer] = play(did(cast.ada, at=NOON + timedelta(days=1)))
    assert answer["event_id"] > taken[-1]
