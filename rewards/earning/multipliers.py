"""Multipliers: what they cover, when they are live, and how several of them go together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.earning.amounts import Number, plus, times
from rewards.earning.occurring import Occurrence
from rewards.earning.outcomes import Stacking
from rewards.ledger.models import POINTS, XP

# What a multiplier, or a level, multiplies that names no asset: never money, never a score.
EARNED = frozenset((XP, POINTS))


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor and what it multiplies; empty sets of categories and activities are all of them."""

    factor: Number
    stacking: Stacking
    assets: frozenset[str]
    categories: frozenset[str]
    activities: frozenset[str]
    # As the trace tells it.
    told: Mapping[str, Any]

    def covers(self, asset: str, category: str) -> bool:
        """Whether it multiplies a line of this asset and category."""
        return asset in self.assets and (not self.categories or category in self.categories)

    def concerns(self, activity: str) -> bool:
        """Whether it multiplies anything of an event of this activity."""
        return not self.activities or activity in self.activities


@dataclass(frozen=True, slots=True)
class CompiledBoost:
    """A multiplier for a while."""

    id: int
    key: str
    multiplier: Multiplier
    begins: datetime | None
    # The first moment at which it no longer holds.
    ends: datetime | None
    # Both in the person's own time: Monday is 0; from one full hour until another.
    weekdays: frozenset[int]
    hours: tuple[int, int] | None

    def is_live(self, occurrence: Occurrence) -> bool:
        """At the moment of the event."""
        moment, local = occurrence.occurred_at, occurrence.local_time
        if (self.begins is not None and moment < self.begins) or (self.ends is not None and moment >= self.ends):
            return False
        if self.weekdays and local.weekday() not in self.weekdays:
            return False
        return self.hours is None or self.hours[0] <= local.hour < self.hours[1]


def combined(multipliers: Sequence[Multiplier]) -> Number:
    """Product of compound x (1 + sum of (add - 1)) x the largest of highest, whatever the order they come in."""
    if len(multipliers) == 1:
        return multipliers[0].factor
    compound: Number = 1
    added: Number = 1
    highest: Number | None = None
    for multiplier in multipliers:
        factor = multiplier.factor
        if multiplier.stacking is Stacking.COMPOUND:
            compound = times(compound, factor)
        elif multiplier.stacking is Stacking.ADD:
            added = plus(added, plus(factor, -1))
        else:
            highest = factor if highest is None else max(highest, factor)
    # Reductions that add up to more than everything leave nothing; an award that takes away would be none.
    return times(times(compound, max(added, 0)), 1 if highest is None else highest)
