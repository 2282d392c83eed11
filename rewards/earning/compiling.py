"""Definitions made ready to decide with: read once for each version, then only looked up. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rewards.achievements.documents import AchievementDocument
from rewards.activities.documents import STANDARD_CATEGORIES, ActivityDocument, CategoryDocument, PerUnit, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.earning.conditions import WEEKDAYS, Check, compile_conditions, same
from rewards.earning.documents import BoostDocument, RuleDocument
from rewards.earning.moments import instant_of
from rewards.earning.occurring import Occurrence
from rewards.earning.outcomes import AwardPoints, GrantReward, Multiply, Scope, UnlockAchievement
from rewards.kit.written import Written
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder

Amounts = Mapping[str, int | Decimal]


class Row(Protocol):
    """One definition, as it is stored."""

    @property
    def id(self) -> int:
        """Of this very version."""

    @property
    def kind(self) -> str:
        """What it defines."""

    @property
    def key(self) -> str:
        """Which one."""

    @property
    def body(self) -> Any:
        """What it says."""


@dataclass(frozen=True, slots=True)
class CompiledPerUnit:
    """Amounts for each unit of a metadata field."""

    field: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class CompiledActivity:
    """A registered activity."""

    id: int
    key: str
    name: str
    category: str
    # What every event is worth, by asset; zeros left out.
    base: Mapping[str, int]
    per_unit: CompiledPerUnit | None
    cooldown_hours: int | None
    max_per_day: int | None
    max_per_week: int | None
    diminishing_after: int | None
    diminishing_factor: Decimal
    recorded_by: tuple[str, ...]
    active: bool
    document: ActivityDocument


@dataclass(frozen=True, slots=True)
class CompiledMultiplier:
    """A factor and what it multiplies. Without an asset: XP and points."""

    name: str
    factor: Decimal
    stacking: str
    asset: str | None
    categories: frozenset[str]
    activities: frozenset[str]

    def covers(self, asset: str, category: str | None, activity: str) -> bool:
        """Whether it multiplies a line of this asset and category, for an event of this activity."""
        wanted = asset in ("xp", "points") if self.asset is None else asset == self.asset
        in_category = not self.categories or category in self.categories
        return wanted and in_category and (not self.activities or activity in self.activities)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule whose pattern's names have been looked up already; what is left to ask is its window, its metadata and its conditions."""

    id: int
    key: str
    priority: int
    action: str | None
    object_type: str | None
    activity: str | None
    metadata: tuple[tuple[str, Any], ...]
    check: Check | None
    active_from: datetime | None
    active_until: datetime | None
    stop: bool
    amounts: Amounts
    per_unit: CompiledPerUnit | None
    category: str | None
    multiplier: CompiledMultiplier | None
    unlocks: str | None
    grants: str | None

    def looks_at(self, action: str, object_type: str, activity: str) -> bool:
        """Whether events of these names can concern it at all."""
        return self.action in (None, action) and self.object_type in (None, object_type) and self.activity in (None, activity)

    def mismatch(self, occurrence: Occurrence) -> str | None:
        """Why its pattern or window does not take this event; None where it does."""
        if self.active_from is not None and occurrence.occurred_at < self.active_from:
            return "not yet active"
        if self.active_until is not None and occurrence.occurred_at >= self.active_until:
            return "no longer active"
        for name, wanted in self.metadata:
            if not same(occurrence.metadata.get(name), wanted):
                return f"metadata.{name} differs"
        return None


@dataclass(frozen=True, slots=True)
class CompiledBoost:
    """A multiplier for a while."""

    id: int
    multiplier: CompiledMultiplier
    begins: datetime | None
    ends: datetime | None
    weekdays: frozenset[str]
    hours: tuple[int, int] | None

    def is_live(self, occurrence: Occurrence) -> bool:
        """At the moment of the event; weekdays and hours in the person's own time."""
        moment, local = occurrence.occurred_at, occurrence.local_time
        if (self.begins is not None and moment < self.begins) or (self.ends is not None and moment >= self.ends):
            return False
        if self.weekdays and WEEKDAYS[local.weekday()] not in self.weekdays:
            return False
        return self.hours is None or self.hours[0] <= local.hour < self.hours[1]


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


@dataclass(frozen=True)
class Programme:
    """Everything that one version defines."""

    version: int
    settings: ProgrammeSettings
    categories: Mapping[str, CategoryDocument]
    activities: Mapping[str, CompiledActivity]
    # In the order in which they are tried: by priority, then by key.
    rules: tuple[CompiledRule, ...]
    boosts: tuple[CompiledBoost, ...]
    ladder: Ladder
    level_factors: Mapping[int, Decimal]
    achievements: tuple[CompiledAchievement, ...]
    # The rules that can concern an event of these names: (action, object type, activity).
    rules_for: Callable[[str, str, str], tuple[CompiledRule, ...]]


def compile_programme(version: int, definitions: Iterable[Row]) -> Programme:
    """The programme of a version. Raises ValueError that names the definition which cannot be read."""
    parts: dict[str, list[tuple[Row, Any]]] = {kind.value: [] for kind in Kind}
    for row in definitions:
        parts[str(row.kind)].append((row, _read(row)))
    settings = next((part for _, part in parts[Kind.PROGRAMME]), ProgrammeSettings())
    zone = ZoneInfo(settings.timezone)
    rules = tuple(
        sorted((_rule(row, part, zone) for row, part in parts[Kind.RULE] if part.active), key=lambda rule: (rule.priority, rule.key))
    )
    levels = [part for _, part in parts[Kind.LEVEL]]

    @lru_cache(maxsize=2_048)
    def rules_for(action: str, object_type: str, activity: str) -> tuple[CompiledRule, ...]:
        return tuple(rule for rule in rules if rule.looks_at(action, object_type, activity))

    return Programme(
        version=version,
        settings=settings,
        categories=dict(STANDARD_CATEGORIES) | {row.key: part for row, part in parts[Kind.CATEGORY]},
        activities={row.key: _activity(row, part) for row, part in parts[Kind.ACTIVITY]},
        rules=rules,
        boosts=tuple(_boost(row, part, zone) for row, part in parts[Kind.BOOST] if part.active),
        ladder=Ladder(levels),
        level_factors={
            level.number: Decimal(level.multiplier) for level in levels if level.multiplier is not None and level.multiplier != 1
        },
        achievements=tuple(_achievement(row, part, settings) for row, part in parts[Kind.ACHIEVEMENT]),
        rules_for=rules_for,
    )


MODELS: Mapping[Kind, type[Written]] = {
    Kind.PROGRAMME: ProgrammeSettings,
    Kind.CATEGORY: CategoryDocument,
    Kind.ACTIVITY: ActivityDocument,
    Kind.RULE: RuleDocument,
    Kind.BOOST: BoostDocument,
    Kind.LEVEL: LevelDocument,
    Kind.ACHIEVEMENT: AchievementDocument,
}


def _read(row: Row) -> Any:
    try:
        return MODELS[Kind(row.kind)].model_validate(row.body)
    except ValueError as error:
        raise ValueError(f"the {row.kind} {row.key} (definition {row.id}) cannot be read: {error}") from error


def _exact(amounts: Mapping[str, Any]) -> dict[str, int | Decimal]:
    """Whole numbers as int, which is quicker; zeros left out."""
    return {asset: int(amount) if amount == int(amount) else Decimal(amount) for asset, amount in amounts.items() if amount}


def _per_unit(part: PerUnit | None) -> CompiledPerUnit | None:
    return CompiledPerUnit(part.field, _exact({"xp": part.xp, "points": part.points, **part.money})) if part else None


def _activity(row: Row, part: ActivityDocument) -> CompiledActivity:
    return CompiledActivity(
        id=row.id,
        key=part.key,
        name=part.name,
        category=part.category,
        base={asset: amount for asset, amount in {"xp": part.xp, "points": part.points, **part.money}.items() if amount},
        per_unit=_per_unit(part.per_unit),
        cooldown_hours=part.cooldown_hours,
        max_per_day=part.max_per_day,
        max_per_week=part.max_per_week,
        diminishing_after=part.diminishing.after if part.diminishing else None,
        diminishing_factor=Decimal(part.diminishing.factor) if part.diminishing else Decimal(1),
        recorded_by=tuple(recorder.value for recorder in part.recorded_by),
        active=part.active,
        document=part,
    )


def _multiplier(name: str, scope: Scope) -> CompiledMultiplier:
    factor = Decimal(scope.factor)
    return CompiledMultiplier(name, factor, scope.stacking.value, scope.asset, frozenset(scope.categories), frozenset(scope.activities))


def _rule(row: Row, part: RuleDocument, zone: ZoneInfo) -> CompiledRule:
    outcome = part.outcome
    awards = outcome if isinstance(outcome, AwardPoints) else None
    amounts = {"xp": awards.xp, "points": awards.points, **awards.money, "score": awards.score} if awards else {}
    return CompiledRule(
        id=row.id,
        key=part.key,
        priority=part.priority,
        action=part.pattern.action,
        object_type=part.pattern.object_type,
        activity=part.pattern.activity,
        metadata=tuple(part.pattern.metadata.items()),
        check=compile_conditions(part.conditions),
        active_from=instant_of(part.active_from, zone) if part.active_from else None,
        active_until=instant_of(part.active_until, zone) if part.active_until else None,
        stop=part.stop,
        amounts=_exact(amounts),
        per_unit=_per_unit(awards.per_unit) if awards else None,
        category=awards.category if awards else None,
        multiplier=_multiplier(part.key, outcome) if isinstance(outcome, Multiply) else None,
        unlocks=outcome.achievement if isinstance(outcome, UnlockAchievement) else None,
        grants=outcome.reward if isinstance(outcome, GrantReward) else None,
    )


def _boost(row: Row, part: BoostDocument, zone: ZoneInfo) -> CompiledBoost:
    return CompiledBoost(
        id=row.id,
        multiplier=_multiplier(part.key, part),
        begins=instant_of(part.from_, zone) if part.from_ else None,
        ends=instant_of(part.until, zone) if part.until else None,
        weekdays=frozenset(part.weekdays),
        hours=(part.hours.from_, part.hours.until) if part.hours else None,
    )


def _achievement(row: Row, part: AchievementDocument, settings: ProgrammeSettings) -> CompiledAchievement:
    return CompiledAchievement(
        id=row.id,
        key=part.key,
        name=part.name,
        type=part.type.value,
        coach_id=part.coach_id,
        condition_type=part.condition_type.value if part.condition_type else None,
        value=part.condition_value,
        activity=part.counted_activity or settings.streak_activity,
        window=part.window.value if part.window else None,
        xp_reward=part.xp_reward,
        points_reward=part.points_reward,
        active=part.active,
        document=part,
    )
