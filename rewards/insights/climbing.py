"""Where everybody stands on the ladder, and who would stand elsewhere on another one."""

from collections import Counter
from dataclasses import dataclass

from rewards.kit import sql
from rewards.ledger.models import XP
from rewards.levels.ladder import Ladder
from rewards.people.models import Role

# Balances that many people share are looked up once; who has no account has no XP.
STANDING = (
    "SELECT coalesce(a.balance, 0) AS xp, count(*) FROM users u LEFT JOIN accounts a"
    " ON a.owner_kind = 'user' AND a.owner_id = u.id AND a.asset = ? WHERE u.role = ? GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """How many clients another ladder moves."""

    up: int = 0
    down: int = 0

    def __bool__(self) -> bool:
        """Whether anybody moves."""
        return bool(self.up or self.down)


def count_by_level(ladder: Ladder) -> Counter[int]:
    """How many clients stand on each level, by its number."""
    found: Counter[int] = Counter()
    for xp, people in _standing():
        found[ladder.level_for(xp).number] += people
    return found


def movement_between(before: Ladder, after: Ladder) -> Movement:
    """How many clients would stand higher or lower on the second ladder than on the first."""
    up = down = 0
    for xp, people in _standing():
        was, would = before.level_for(xp).number, after.level_for(xp).number
        up += people if would > was else 0
        down += people if would < was else 0
    return Movement(up, down)


def _standing() -> list[tuple[int, int]]:
    return [(int(xp), int(people)) for xp, people in sql.rows(STANDING, (XP, Role.CLIENT))]
