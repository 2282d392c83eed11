"""Holds the record of reached levels against everybody's XP."""

from dataclasses import dataclass

from rewards.kit import sql
from rewards.levels.ladder import Ladder


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
