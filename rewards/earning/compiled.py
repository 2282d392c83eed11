"""A programme ready to decide with: what each definition says, in the form in which it is asked thousands of times a second. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from rewards.achievements.documents import AchievementDocument
from rewards.activities.documents import ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.earning.amounts import Number, times, told
from rewards.earning.conditions import Check
from rewards.earning.multipliers import CompiledBoost, Multiplier
from rewards.earning.occurring import Occurrence, Standing
from rewards.levels.ladder import Ladder

# A campaign's own asset, and the only one of which an award may take something away.
SCORE = "score"
# An activity's own lines come before those of all rules.
BEFORE_ALL_RULES = -1


class Line(NamedTuple):
    """One amount that adds to what an event is worth."""

    asset: str
    amount: Number
    # The place of its rule among all rules: multipliers in later places multiply it.
    place: int
    # None: that of the event.
    category: str | None
    rule_version_id: int | None
    # As the trace tells it.
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Lines whose amounts are for one unit of a metadata field."""

    field: str
    lines: tuple[Line, ...]

    def lines_for(self, metadata: Mapping[str, Any]) -> list[Line]:
        """The lines for as many units as an event has; each is 0 where that is no number from 0, and says why."""
        units: Any = metadata.get(self.field)
        why = _why_no_units(units)
        if why:
            return [line._replace(amount=0, told={**line.told, "amount": 0, "why": why}) for line in self.lines]
        return [_multiplied(line, units) for line in self.lines]


def _why_no_units(units: Any) -> str | None:
    if units is None:
        return "missing"
    # Types are compared: true is a number to Python, and to nobody else.
    if not (type(units) is int or (type(units) is Decimal and units.is_finite())):
        return "not a number"
    return "negative" if units < 0 else None


def _multiplied(line: Line, units: Number) -> Line:
    amount = times(line.amount, units)
    return line._replace(amount=amount, told={**line.told, "units": told(units), "amount": told(amount)})


@dataclass(frozen=True, slots=True)
class Award:
    """What an activity or a rule gives."""

    lines: tuple[Line, ...]
    per_unit: PerUnit | None
    # What a rule's own lines belong to, where it says so.
    category: str | None

    def lines_for(self, metadata: Mapping[str, Any]) -> Sequence[Line]:
        """The lines for an event with this metadata."""
        return (*self.lines, *self.per_unit.lines_for(metadata)) if self.per_unit else self.lines


@dataclass(frozen=True, slots=True)
class Diminishing:
    """From the event after the `after`th paid one of a day, each counts `factor` of the one before."""

    after: int
    factor: Number


@dataclass(frozen=True, slots=True)
class CompiledActivity:
    """A registered activity."""

    id: int
    key: str
    category: str
    # What every event is worth, by asset; zeros left out.
    base: Mapping[str, int]
    award: Award
    cooldown_hours: int | None
    max_per_day: int | None
    max_per_week: int | None
    diminishing: Diminishing | None
    recorded_by: tuple[str, ...]
    active: bool
    document: ActivityDocument

    # Whether what was paid before on the same day or in the same week matters to it.
    is_limited: bool

    @property
    def name(self) -> str:
        """What people call it."""
        return self.document.name


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule; that its pattern names an event's action, object type and activity is known by the time it is asked."""

    id: int
    key: str
    place: int
    # The fields of its pattern and its conditions.
    check: Check | None
    active_from: datetime | None
    # The first moment at which it no longer holds.
    active_until: datetime | None
    stop: bool
    # What it does when it holds: one of these.
    award: Award | None
    multiplier: Multiplier | None
    unlocks: str | None
    grants: str | None

    def why_not_at(self, moment: datetime) -> str | None:
        """Why it does not hold at that moment; None where it does."""
        if self.active_from is not None and moment < self.active_from:
            return "not yet active"
        if self.active_until is not None and moment >= self.active_until:
            return "no longer active"
        return None

    def tell(self, occurrence: Occurrence, standing: Standing) -> dict[str, Any]:
        """Whether it holds (`matched`) and why, as the trace tells it."""
        note: dict[str, Any] = {"rule": self.key, "version": self.id}
        if why_not := self.why_not_at(occurrence.occurred_at):
            note["matched"], note["why"] = False, why_not
        elif self.check is None:
            note["matched"] = True
        else:
            conditions: list[dict[str, Any]] = []
            note["matched"] = self.check(occurrence, standing, conditions)
            note["conditions"] = conditions
        return note


@dataclass(frozen=True, slots=True)
class CompiledAchievement:
    """An achievement as it is measured and paid."""

    id: int
    key: str
    name: str
    type: str
    coach_id: int | None
    condition_type: str | None
    value: int | None
    activity: str | None
    window: str | None
    xp_reward: int
    points_reward: int
    active: bool
    document: AchievementDocument


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that one version defines."""

    version: int
    settings: ProgrammeSettings
    categories: Mapping[str, CategoryDocument]
    activities: Mapping[str, CompiledActivity]
    # Those that are switched on, in the order in which they are tried: by priority, then by key.
    rules: tuple[CompiledRule, ...]
    # The rules whose pattern takes an event of these names: (action, object type, activity).
    rules_for: Callable[[str, str, str], Sequence[CompiledRule]]
    # Those that are switched on.
    boosts: tuple[CompiledBoost, ...]
    ladder: Ladder
    # By the number of the level, where it has one.
    level_factors: Mapping[int, Number]
    achievements: tuple[CompiledAchievement, ...]
