"""`verify` names every difference, and `recalculate` mends what can be derived again."""

from datetime import timedelta
from typing import Any

import pytest

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.kit import sql
from rewards.kit.database import Database, db
from rewards.programme.verifying import recalculate, verify
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout

DAY = timedelta(days=1)

DAMAGE = {
    "daily total": "UPDATE daily_activity SET xp = xp + 1 WHERE user_id = ?",
    "a daily total too few": "DELETE FROM daily_activity WHERE user_id = ?",
    "a daily total too many": "INSERT INTO daily_activity SELECT user_id, '2026-01-01', activity_id, 1, 1, 1, 5, 5, 0"
    " FROM streaks WHERE user_id = ?",
    "streak": "UPDATE streaks SET best = best + 1 WHERE user_id = ?",
    "a streak too few": "DELETE FROM streaks WHERE user_id = ?",
    "a count": "UPDATE streaks SET counted = 0 WHERE user_id = ?",
    "level": "DELETE FROM level_reaches WHERE user_id = ?",
    "a last day": "UPDATE last_days SET earned_on = '2026-05-01' WHERE user_id = ?",
    "a last day too few": "DELETE FROM last_days WHERE user_id = ?",
}


@pytest.fixture
def played(cast: Cast) -> Cast:
    levels = [{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 50}]
    define(activities=[workout(max_per_day=2)], levels=levels)
    play(*(did(cast.ada, at=NOON + days * DAY) for days in (0, 0, 0, 1, 2, 5)), did(cast.cy))
    with db.write():
        adjust(user_id=cast.ada, asset="points", amount=-15, reason="a mistake", actor_id=cast.dee)
        reverse_transfer(transfer_id=1, actor_id=cast.dee, reason="another")
    return cast


def test_a_desk_in_use_has_no_difference(played: Cast) -> None:
    with db.read():
        assert verify() == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_difference_is_named_and_mended(played: Cast, damage: str) -> None:
    with db.write():
        sql.run(DAMAGE[damage], (played.ada,))
    with db.read():
        found = verify()
    assert found
    # What adds up the totals of everybody is nobody's own.
    assert all(f"user {played.ada}" in difference.what for difference in found if difference.kind != "daily sum")
    with db.write():
        assert recalculate() >= 1
    with db.read():
        assert verify() == []


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("daily sum", "UPDATE daily_sums SET points = points + 1 WHERE day = '2026-03-04'"),
        ("daily sum", "DELETE FROM daily_sums"),
        ("daily flow", "UPDATE daily_flows SET given = given + 1 WHERE asset = 'xp'"),
        ("daily flow", "UPDATE daily_flows SET last_id = last_id - 1"),
        ("daily flow", "DELETE FROM daily_flows"),
    ],
)
def test_a_wrong_figure_over_everybody_is_named_and_mended(played: Cast, kind: str, damage: str) -> None:
    with db.write():
        sql.run(damage)
    with db.read():
        assert {difference.kind for difference in verify()} == {kind}
    with db.write():
        assert recalculate() >= 1
    with db.read():
        assert verify() == []


def test_a_balance_edited_behind_the_applications_back_is_named_and_mended(played: Cast, database: Database) -> None:
    with db.write():
        if database.dialect == "sqlite":
            trigger = sql.value("SELECT sql FROM sqlite_master WHERE name = 'accounts_follow_transfers'")
            sql.run("DROP TRIGGER accounts_follow_transfers")
        else:
            sql.run("ALTER TABLE accounts DISABLE TRIGGER USER")
        sql.run("UPDATE accounts SET balance = balance + 7 WHERE owner_kind = 'user' AND owner_id = ? AND asset = 'points'", (played.ada,))
        if database.dialect == "sqlite":
            db.cursor().execute(trigger)
        else:
            sql.run("ALTER TABLE accounts ENABLE TRIGGER USER")
    with db.read():
        found = verify()
    assert {difference.kind for difference in found} == {"sum", "balance"}
    assert any(difference.what == f"points of user {played.ada}" for difference in found)
    with db.write():
        assert recalculate() == 1
    with db.read():
        assert verify() == []


@pytest.mark.parametrize("amounts", [(10, -10), (-10, 5), (10, -5, -5, 3)])
def test_what_was_given_and_taken_by_hand_on_one_day_leaves_no_difference(cast: Cast, clock: Any, amounts: tuple[int, ...]) -> None:
    for day, amount in ((0, 20), *((1, amount) for amount in amounts)):
        clock.set_to(NOON + day * DAY)
        with db.write():
            adjust(user_id=cast.ada, asset="xp", amount=amount, reason="a correction", actor_id=cast.dee)
    with db.read():
        assert verify() == []
