"""The ladder: which level an amount of XP stands on, and what comes next. It reads nothing but the levels it is given."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rewards.levels.documents import LevelDocument

# Where a programme defines no levels, everybody stands on this one.
GROUND = LevelDocument(number=1, name="Level 1", xp_required=0)


class Ladder:
    """The levels in force, in rising order."""

    def __init__(self, levels: Iterable[LevelDocument]) -> None:
        self.levels: Sequence[LevelDocument] = sorted(levels, key=lambda level: level.number) or [GROUND]
        self._thresholds = [level.xp_required for level in self.levels]
        self._places = {level.number: place for place, level in enumerate(self.levels)}

    def level_for(self, xp: int) -> LevelDocument:
        """The highest level that `xp` reaches; the first one below all of them."""
        return self.levels[max(bisect_right(self._thresholds, xp) - 1, 0)]

    def next_after(self, number: int) -> LevelDocument | None:
        """The level above that one; None at the top, and for a number that is not on the ladder."""
        place = self._places.get(number, len(self.levels)) + 1
        return self.levels[place] if place < len(self.levels) else None


def missteps(levels: Iterable[LevelDocument]) -> dict[int, str]:
    """What is wrong with a ladder, by the number of the level where it goes wrong."""
    rising = sorted(levels, key=lambda level: level.number)
    found = {}
    if rising and (rising[0].number, rising[0].xp_required) != (1, 0):
        found[rising[0].number] = "the ladder must begin with level 1 at 0 XP"
    for below, above in pairwise(rising):
        if above.xp_required <= below.xp_required:
            found[above.number] = f"more than {below.xp_required} is expected: level {below.number} ({below.name}) begins there"
    return found
