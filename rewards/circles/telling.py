"""Tells a circle what its members did and reached, beside what made it so; what was undone is not told any more.

Somebody who is in no circle costs each batch one question, and writes nothing.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from rewards.circles.models import ItemKind
from rewards.earning.facts import AchievementUnlocked, EventProcessed, EventUndone, LevelReached
from rewards.earning.logins import ACTIVITY as DAILY_LOGIN
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.ledger.models import XP

CIRCLES = (
    "SELECT m.user_id, m.circle_id, m.joined_at FROM memberships m JOIN circles c ON c.id = m.circle_id"
    " JOIN users u ON u.id = m.user_id AND u.coach_id = c.coach_id WHERE m.left_at IS NULL AND m.user_id IN ({users})"
)
ITEM = (
    "INSERT INTO feed_items (circle_id, user_id, kind, about, event_id, name, xp, at) {row}"
    " ON CONFLICT (circle_id, user_id, kind, about) DO NOTHING"
)
EVENT = ITEM.format(
    # What happened before somebody joined is told to nobody. SQLite asks for a condition before ON CONFLICT, and there is one.
    row=f"SELECT ?, e.user_id, '{ItemKind.EVENT}', e.id, e.id, '', ?, e.occurred_at FROM events e WHERE e.id = ? AND e.occurred_at >= ?"
)
# The level may have been reached before, by something that was undone since.
LEVEL = ITEM.format(
    row=f"SELECT ?, r.user_id, '{ItemKind.LEVEL}', r.number, e.id, ?, 0, ? FROM level_reaches r"
    " LEFT JOIN events e ON e.id = r.event_id AND e.state <> 'undone' WHERE r.user_id = ? AND r.number = ?"
)
ACHIEVEMENT = ITEM.format(row=f"VALUES (?, ?, '{ItemKind.ACHIEVEMENT}', ?, NULL, '', 0, ?)")
# What is left of somebody's items after an undo: whatever still is as it says.
GONE = (
    "SELECT f.id FROM feed_items f WHERE f.user_id IN ({users}) AND (EXISTS (SELECT 1 FROM events e WHERE e.id = f.event_id AND"
    f" e.state = 'undone') OR (f.kind = '{ItemKind.ACHIEVEMENT}' AND NOT EXISTS (SELECT 1 FROM unlocks l WHERE l.user_id = f.user_id AND"
    " l.achievement_id = f.about)))"
)


class Place(NamedTuple):
    """The circle that somebody is in, and since when."""

    circle_id: int
    joined_at: str


def tell_events(facts: Sequence[EventProcessed]) -> None:
    """What brought XP. When somebody signs in is nobody's business, and nothing to cheer for."""
    worth = [fact for fact in facts if fact.amounts.get(XP, 0) > 0 and fact.activity != DAILY_LOGIN]
    places = _places({fact.user_id for fact in worth})
    if places:
        told = [(places[fact.user_id], fact) for fact in worth if fact.user_id in places]
        sql.run_many(EVENT, [(place.circle_id, fact.amounts[XP], fact.event_id, place.joined_at) for place, fact in told])


def tell_levels(facts: Sequence[LevelReached]) -> None:
    """Levels, each once."""
    places, now = _places({fact.user_id for fact in facts}), time_text(clock.now())
    told = [(places[fact.user_id], fact) for fact in facts if fact.user_id in places]
    sql.run_many(LEVEL, [(place.circle_id, fact.name, now, fact.user_id, fact.number) for place, fact in told])


def tell_unlocks(facts: Sequence[AchievementUnlocked]) -> None:
    """Achievements, whoever gave them."""
    places, now = _places({fact.user_id for fact in facts}), time_text(clock.now())
    told = [(places[fact.user_id], fact) for fact in facts if fact.user_id in places]
    sql.run_many(ACHIEVEMENT, [(place.circle_id, fact.user_id, fact.achievement_id, now) for place, fact in told])


def forget_undone(facts: Sequence[EventUndone]) -> None:
    """Take back what is not so any more, and the cheers for it."""
    users = sorted({fact.user_id for fact in facts})
    gone = [row[0] for row in sql.rows(GONE.format(users=sql.marks(users)), users)]
    if gone:
        sql.run(f"DELETE FROM cheers WHERE item_id IN ({sql.marks(gone)})", gone)
        sql.run(f"DELETE FROM feed_items WHERE id IN ({sql.marks(gone)})", gone)


def _places(user_ids: Collection[int]) -> dict[int, Place]:
    if not user_ids:
        return {}
    ids = sorted(user_ids)
    return {user_id: Place(*place) for user_id, *place in sql.rows(CIRCLES.format(users=sql.marks(ids)), ids)}
