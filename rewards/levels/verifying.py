"""Holds the record of reached levels against everybody's XP."""

from dataclasses import dataclass

from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.levels.ladder import Ladder

RECORD = (
    "INSERT INTO level_reaches (user_id, number, name, reached_at) SELECT owner_id, ?, ?, ? FROM accounts"
    " WHERE owner_kind = 'user' AND asset = 'xp' AND balance >= ? ON CONFLICT (user_id, number) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class MissingReach:
    """Somebody's XP is enough for a level that nobody recorded."""

    user_id: int
    number: int
    name: str


def missing_reaches(ladder: Ladder) -> list[MissingReach]:
    """Every level that was reached and not recorded. One that was lost again by a reversal stays recorded, and that is right."""
    recorded = set(sql.rows("SELECT user_id, number FROM level_reaches"))
    first = ladder.levels[0].number
    missing = []
    for user_id, xp in sql.rows("SELECT owner_id, balance FROM accounts WHERE owner_kind = 'user' AND asset = 'xp' ORDER BY owner_id"):
        missing += [
            MissingReach(user_id, level.number, level.name)
            for level in ladder.levels
            if level.number != first and level.xp_required <= xp and (user_id, level.number) not in recorded
        ]
    return missing


def record_reaches(ladder: Ladder) -> int:
    """Record every level that somebody's XP is enough for and nobody recorded, from now on; how many."""
    reached_at = time_text(clock.now())
    return sum(sql.run(RECORD, (level.number, level.name, reached_at, level.xp_required)) for level in ladder.levels[1:])
