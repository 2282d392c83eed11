"""Where everybody stands on the ladder, and who would stand elsewhere on another one."""

from collections import Counter
from dataclasses import dataclass

from rewards.kit import sql
from rewards.ledger.models import XP
from rewards.levels.ladder import Ladder
from rewards.people.models import Role

# The database tells the levels, so that no more rows come back than there are levels. Few of the staff have XP, so they are looked up.
STANDING = (
    "SELECT {levels}, count(*) FROM (SELECT balance AS xp FROM accounts WHERE owner_kind = 'user' AND asset = ?"
    " AND owner_id NOT IN (SELECT id FROM users WHERE role <> ?)) AS standing GROUP BY {places}"
)
CLIENTS = "SELECT count(*) FROM users WHERE role = ?"


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
    for number, people in _standing(ladder):
        found[number] += people
    return found


def movement_between(before: Ladder, after: Ladder) -> Movement:
    """How many clients would stand higher or lower on the second ladder than on the first."""
    up = down = 0
    for was, would, people in _standing(before, after):
        up += people if would > was else 0
        down += people if would < was else 0
    return Movement(up, down)


def _standing(*ladders: Ladder) -> list[tuple[int, ...]]:
    """The levels that clients stand on, one for each ladder, and how many stand on just these."""
    told = [_level_on(ladder) for ladder in ladders]
    places = ", ".join(str(place) for place, _ in enumerate(told, start=1))
    question = STANDING.format(levels=", ".join(case for case, _ in told), places=places)
    params = [value for _, values in told for value in values]
    found = [tuple(int(value) for value in row) for row in sql.rows(question, (*params, XP, Role.CLIENT))]
    # Who has no account yet has no XP.
    without = int(sql.value(CLIENTS, (Role.CLIENT,))) - sum(row[-1] for row in found)
    return [*found, (*(ladder.level_for(0).number for ladder in ladders), without)] if without else found


def _level_on(ladder: Ladder) -> tuple[str, list[int]]:
    """The number of the level that `xp` reaches, as an expression and the values for its placeholders."""
    lowest, *above = ladder.levels
    case = f"CASE{' WHEN xp >= ? THEN ?' * len(above)} ELSE ? END" if above else "?"
    return case, [value for level in reversed(above) for value in (level.xp_required, level.number)] + [lowest.number]
