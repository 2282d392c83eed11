"""What people ask about levels: how far they are, and what they have not been told yet."""

from dataclasses import dataclass
from datetime import datetime

from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Climb:
    """Where an amount of XP stands between two levels; `next` is None at the top."""

    xp: int
    level: LevelDocument
    next: LevelDocument | None

    @property
    def missing(self) -> int:
        """XP to the next level; 0 at the top."""
        return self.next.xp_required - self.xp if self.next else 0

    @property
    def goal(self) -> int:
        """The XP that the next level begins with; at the top, what there is."""
        return self.next.xp_required if self.next else self.xp


@dataclass(frozen=True, slots=True)
class Reach:
    """A level somebody reached."""

    id: int
    number: int
    name: str
    reached_at: datetime
    is_seen: bool


def climb_of(xp: int, ladder: Ladder) -> Climb:
    """The level of so much XP, and the way to the next."""
    level = ladder.level_for(xp)
    return Climb(xp, level, ladder.next_after(level.number))


def unseen_reaches(user_id: int) -> list[Reach]:
    """The levels somebody reached and has not been told about, lowest first."""
    return [reach for reach in reaches_of(user_id) if not reach.is_seen]


def reaches_of(user_id: int) -> list[Reach]:
    """Every level somebody reached, lowest first."""
    question = "SELECT id, number, name, reached_at, seen_at FROM level_reaches WHERE user_id = ? ORDER BY number"
    return [
        Reach(reach_id, number, name, time_from_text(at), bool(seen)) for reach_id, number, name, at, seen in sql.rows(question, (user_id,))
    ]
