"""What people ask about what they unlocked."""

from dataclasses import dataclass
from datetime import datetime

from rewards.kit import sql
from rewards.kit.columns import time_from_text


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Something somebody unlocked; `awarded_by` names who gave it, where somebody did. What it is called is in its definition."""

    id: int
    achievement: str
    unlocked_at: datetime
    awarded_by: str | None
    # What whoever gave it wrote beside it.
    note: str | None
    is_seen: bool


QUESTION = (
    "SELECT u.id, a.key, u.unlocked_at, giver.name, u.note, u.seen_at FROM unlocks u JOIN achievements a ON a.id = u.achievement_id"
    " LEFT JOIN users giver ON giver.id = u.awarded_by WHERE u.user_id = ?"
)


def unlocks_of(user_id: int) -> list[Unlocked]:
    """All of them, newest first: there are never more than the programme has achievements."""
    return _read(f"{QUESTION} ORDER BY u.id DESC", user_id)


def latest_unlocks(user_id: int, *, limit: int = 3) -> list[Unlocked]:
    """The last ones, newest first."""
    return _read(f"{QUESTION} ORDER BY u.id DESC LIMIT ?", user_id, limit)


def unseen_unlocks(user_id: int) -> list[Unlocked]:
    """Those that somebody has not been told about, oldest first."""
    return _read(f"{QUESTION} AND u.seen_at IS NULL ORDER BY u.id", user_id)


def count_unlocks(user_id: int) -> int:
    """How many there are."""
    return int(sql.value("SELECT count(*) FROM unlocks WHERE user_id = ?", (user_id,)))


def _read(question: str, *params: object) -> list[Unlocked]:
    rows = sql.rows(question, params)
    return [Unlocked(unlock_id, key, time_from_text(at), giver, note, bool(seen)) for unlock_id, key, at, giver, note, seen in rows]
