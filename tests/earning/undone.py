"""Undoing in tests: who does it, and what is looked at afterwards."""

from datetime import datetime, timedelta
from typing import Any

from rewards.activities.models import Recorder
from rewards.earning.undoing import Undone, undo_event
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.queries import balances_of
from rewards.people.models import User
from rewards.programme.verifying import verify
from tests.programmes import NOON, did, play

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CHECKIN = {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10}
FIVE = {"key": "five", "type": "automatic", "condition_type": "workout_count", "condition_value": 5, "xp_reward": 7, "points_reward": 9}
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
