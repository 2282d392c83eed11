"""Makes a programme of its definitions: read once for each version, then only looked up. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rewards.achievements.documents import AchievementDocument
from rewards.activities import documents
from rewards.activities.documents import STANDARD_CATEGORIES, ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.earning.amounts import Number, exact, told
from rewards.earning.compiled import (
    BEFORE_ALL_RULES,
    SCORE,
    Award,
    CompiledAchievement,
    CompiledActivity,
    CompiledRule,
    Diminishing,
    Line,
    PerUnit,
    Programme,
)
from rewards.earning.conditions import compile_conditions
from rewards.earning.documents import BoostDocument, Pattern, RuleDocument
from rewards.earning.moments import instant_of
from rewards.earning.multipliers import EARNED, CompiledBoost, Multiplier
from rewards.earning.outcomes import AwardPoints, GrantReward, Multiply, Scope, UnlockAchievement
from rewards.earning.paths import WEEKDAYS
from rewards.kit.written import Written
from rewards.ledger.models import POINTS, XP
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder

# Events of so many different names are remembered with the rules that take them.
NAMES_REMEMBERED = 4_096

PARTS: Mapping[Kind, type[Written]] = {
    Kind.PROGRAMME: ProgrammeSettings,
    Kind.CATEGORY: CategoryDocument,
    Kind.ACTIVITY: ActivityDocument,
    Kind.RULE: RuleDocument,
    Kind.BOOST: BoostDocument,
    Kind.LEVEL: LevelDocument,
    Kind.ACHIEVEMENT: AchievementDocument,
}


class Definition(Protocol):
    """One definition, stored or drafted."""

    @property
    def id(self) -> int:
        """Of this very version of it."""

    @property
    def kind(self) -> str:
        """What it defines."""

    @property
    def key(self) -> str:
        """Which one."""

    @property
    def body(self) -> Any:
        """What it says."""


def compile_programme(version: int, definitions: Iterable[Definition]) -> Programme:
    """The programme that these definitions make. Raises ValueError that names the definition which cannot be read."""
    parts: dict[str, list[tuple[int, Any]]] = {kind: [] for kind in Kind}
    for row in definitions:
        part = _read(row)
        parts[row.kind].append((row.id, part))
    settings = next((part for _, part in parts[Kind.PROGRAMME]), ProgrammeSettings())
    zone = ZoneInfo(settings.timezone)
    active = sorted((part.priority, part.key, row_id, part) for row_id, part in parts[Kind.RULE] if part.active)
    rules = [(part.pattern, _rule(row_id, place, part, zone)) for place, (_, _, row_id, part) in enumerate(active)]
    levels = [part for _, part in parts[Kind.LEVEL]]
    return Programme(
        version=version,
        settings=settings,
        categories=STANDARD_CATEGORIES | {part.key: part for _, part in parts[Kind.CATEGORY]},
        activities={part.key: _activity(row_id, part) for row_id, part in parts[Kind.ACTIVITY]},
        rules=tuple(rule for _, rule in rules),
        rules_for=_index(rules),
        boosts=tuple(_boost(row_id, part, zone) for row_id, part in parts[Kind.BOOST] if part.active),
        ladder=Ladder(levels),
        level_factors={level.number: exact(level.multiplier) for level in levels if level.multiplier not in (None, 1)},
        achievements=tuple(_achievement(row_id, part, settings) for row_id, part in parts[Kind.ACHIEVEMENT]),
    )


def _read(row: Definition) -> Written:
    try:
        return PARTS[Kind(row.kind)].model_validate(row.body)
    except ValueError as error:
        raise ValueError(f"the {row.kind} {row.key} (definition {row.id}) cannot be read: {error}") from error


def _index(rules: Sequence[tuple[Pattern, CompiledRule]]) -> Callable[[str, str, str], Sequence[CompiledRule]]:
    """Answers which rules take an event of these names: eight look-ups, however many rules there are."""
    by_names: dict[tuple[str | None, ...], list[CompiledRule]] = {}
    for pattern, rule in rules:
        by_names.setdefault((pattern.action, pattern.object_type, pattern.activity), []).append(rule)

    @lru_cache(NAMES_REMEMBERED)
    def rules_for(action: str, object_type: str, activity: str) -> Sequence[CompiledRule]:
        shapes = product((action, None), (object_type, None), (activity, None))
        return tuple(sorted((rule for shape in shapes for rule in by_names.get(shape, ())), key=lambda rule: rule.place))

    return rules_for


def _activity(row_id: int, part: ActivityDocument) -> CompiledActivity:
    base = {XP: part.xp, POINTS: part.points, **part.money}
    return CompiledActivity(
        id=row_id,
        key=part.key,
        category=part.category,
        base={asset: amount for asset, amount in base.items() if amount},
        award=_award(base, part.per_unit, Line("", 0, BEFORE_ALL_RULES, None, None, {"activity": part.key})),
        cooldown_hours=part.cooldown_hours,
        max_per_day=part.max_per_day,
        max_per_week=part.max_per_week,
        diminishing=Diminishing(part.diminishing.after, exact(part.diminishing.factor)) if part.diminishing else None,
        recorded_by=tuple(recorder.value for recorder in part.recorded_by),
        active=part.active,
        document=part,
        is_limited=part.max_per_day is not None or part.max_per_week is not None or part.diminishing is not None,
    )


def _award(amounts: Mapping[str, int], per_unit: documents.PerUnit | None, like: Line) -> Award:
    """The lines of an activity or a rule, each made like the one given."""

    def lines(each: Mapping[str, Number], **how: Any) -> tuple[Line, ...]:
        return tuple(
            like._replace(asset=asset, amount=amount, told={**like.told, **how, "amount": told(amount)})
            for asset, amount in each.items()
            if amount
        )

    if per_unit is None:
        return Award(lines(amounts), None, like.category)
    each = {XP: exact(per_unit.xp), POINTS: exact(per_unit.points)} | {asset: exact(amount) for asset, amount in per_unit.money.items()}
    units = tuple(line._replace(told={**line.told, "each": told(line.amount)}) for line in lines(each, field=per_unit.field))
    return Award(lines(amounts), PerUnit(per_unit.field, units), like.category)


def _rule(row_id: int, place: int, part: RuleDocument, zone: ZoneInfo) -> CompiledRule:
    outcome = part.outcome
    fields = {f"metadata.{field}": {"equals": value} for field, value in part.pattern.metadata.items()}
    award = None
    if isinstance(outcome, AwardPoints):
        amounts = {XP: outcome.xp, POINTS: outcome.points, **outcome.money, SCORE: outcome.score}
        award = _award(amounts, outcome.per_unit, Line("", 0, place, outcome.category, row_id, {"rule": part.key}))
    return CompiledRule(
        id=row_id,
        key=part.key,
        place=place,
        check=compile_conditions(fields, part.conditions),
        active_from=instant_of(part.active_from, zone) if part.active_from else None,
        active_until=instant_of(part.active_until, zone) if part.active_until else None,
        stop=part.stop,
        award=award,
        multiplier=_multiplier(outcome, {"rule": part.key}) if isinstance(outcome, Multiply) else None,
        unlocks=outcome.achievement if isinstance(outcome, UnlockAchievement) else None,
        grants=outcome.reward if isinstance(outcome, GrantReward) else None,
    )


def _multiplier(scope: Scope, name: Mapping[str, Any]) -> Multiplier:
    return Multiplier(
        factor=exact(scope.factor),
        stacking=scope.stacking,
        assets=frozenset((scope.asset,)) if scope.asset else EARNED,
        categories=frozenset(scope.categories),
        activities=frozenset(scope.activities),
        told={**name, "stacking": scope.stacking.value, "factor": told(scope.factor)},
    )


def _boost(row_id: int, part: BoostDocument, zone: ZoneInfo) -> CompiledBoost:
    return CompiledBoost(
        id=row_id,
        key=part.key,
        multiplier=_multiplier(part, {"boost": part.key, "version": row_id}),
        begins=instant_of(part.from_, zone) if part.from_ else None,
        ends=instant_of(part.until, zone) if part.until else None,
        weekdays=frozenset(map(WEEKDAYS.index, part.weekdays)),
        hours=(part.hours.from_, part.hours.until) if part.hours else None,
    )


def _achievement(row_id: int, part: AchievementDocument, settings: ProgrammeSettings) -> CompiledAchievement:
    return CompiledAchievement(
        id=row_id,
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
