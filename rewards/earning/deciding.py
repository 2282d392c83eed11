"""The decision: an event, the rules in force and the person's standing in; amounts, and how it came to them, out.

It reads no database and no clock: processing, rehearsing and explaining share it, and can therefore not disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from rewards.earning.compiling import CompiledActivity, CompiledMultiplier, CompiledPerUnit, CompiledRule, Programme
from rewards.earning.conditions import MISSING
from rewards.earning.occurring import Occurrence, Standing
from rewards.ledger.models import AMOUNT_MAX

# Enough digits that no product of factors people write is cut before the one rounding at the end.
EXACT = Context(prec=120)
ONE = Decimal(1)


class DecisionError(Exception):
    """An event cannot be decided: a rule failed, or an amount is beyond what an account can hold."""


@dataclass(slots=True)
class Decision:
    """What an event is worth, by asset, zeros left out; what else its rules ask for; and how it came to that."""

    amounts: dict[str, int]
    # The version of the first rule that paid, by asset; None where only the activity did.
    rule_version_ids: dict[str, int | None]
    # Of the first rule that paid and names one: the category of an event nobody has registered.
    category: str | None
    unlocks: tuple[str, ...]
    grants: tuple[str, ...]
    trace: dict[str, Any]


@dataclass(slots=True)
class Line:
    """One amount that adds to the event's: from the activity or from a rule, with the multipliers that come after it."""

    source: str
    asset: str
    amount: int | Decimal
    category: str | None
    rule_id: int | None = None
    multipliers: list[CompiledMultiplier] = field(default_factory=list)


def decide(*, programme: Programme, occurrence: Occurrence, standing: Standing, paid_before_today: int) -> Decision:
    """Decide an event whose slot is free. Raises DecisionError.

    `paid_before_today`: how many events of its activity its local day has paid so far.
    """
    activity = programme.activities.get(occurrence.activity)
    lines = _base_lines(activity, occurrence) if activity else []
    tried: list[dict[str, Any]] = []
    unlocks: list[str] = []
    grants: list[str] = []
    category = None
    for rule in programme.rules_for(occurrence.action, occurrence.object_type, occurrence.activity):
        if not _applies(rule, occurrence, standing, tried):
            continue
        if rule.multiplier:
            _collect(lines, rule.multiplier, occurrence.activity)
        elif rule.unlocks:
            unlocks.append(rule.unlocks)
        elif rule.grants:
            grants.append(rule.grants)
        else:
            category = category or rule.category
            lines += _rule_lines(rule, occurrence, activity)
        if rule.stop:
            break
    for boost in programme.boosts:
        if lines and boost.is_live(occurrence):
            _collect(lines, boost.multiplier, occurrence.activity)
    trace: dict[str, Any] = {"activity": activity.id if activity else None, "rules": tried}
    return _sum(lines, programme, activity, standing, paid_before_today, trace, category, unlocks, grants)


def _base_lines(activity: CompiledActivity, occurrence: Occurrence) -> list[Line]:
    lines = [Line("base", asset, amount, activity.category) for asset, amount in activity.base.items()]
    return lines + _per_unit_lines(activity.per_unit, occurrence, "per unit", activity.category, None) if activity.per_unit else lines


def _rule_lines(rule: CompiledRule, occurrence: Occurrence, activity: CompiledActivity | None) -> list[Line]:
    category = rule.category or (activity.category if activity else None)
    lines = [Line(rule.key, asset, amount, category, rule.id) for asset, amount in rule.amounts.items()]
    return lines + _per_unit_lines(rule.per_unit, occurrence, rule.key, category, rule.id) if rule.per_unit else lines


def _per_unit_lines(
    per_unit: CompiledPerUnit, occurrence: Occurrence, source: str, category: str | None, rule_id: int | None
) -> list[Line]:
    found = occurrence.metadata.get(per_unit.field, MISSING)
    if not isinstance(found, int | Decimal) or isinstance(found, bool) or found < 0:
        # Told in the trace as a line worth nothing.
        what = "missing" if found is MISSING else "not a number from 0"
        return [Line(f"{source}: metadata.{per_unit.field} is {what}", asset, 0, category, rule_id) for asset in per_unit.amounts]
    return [Line(source, asset, _times(amount, found), category, rule_id) for asset, amount in per_unit.amounts.items()]


def _times(amount: int | Decimal, factor: int | Decimal) -> int | Decimal:
    return amount * factor if isinstance(amount, int) and isinstance(factor, int) else EXACT.multiply(Decimal(amount), Decimal(factor))


def _applies(rule: CompiledRule, occurrence: Occurrence, standing: Standing, tried: list[dict[str, Any]]) -> bool:
    step: dict[str, Any] = {"rule": rule.key, "version": rule.id}
    tried.append(step)
    if mismatch := rule.mismatch(occurrence):
        step["matched"], step["because"] = False, mismatch
        return False
    if rule.check is None:
        step["matched"] = True
        return True
    conditions: list[dict[str, Any]] = []
    step["conditions"] = conditions
    try:
        step["matched"] = rule.check(occurrence, standing, conditions)
    except Exception as error:
        raise DecisionError(f"the rule {rule.key} (version {rule.id}) failed: {type(error).__name__}: {error}") from error
    return bool(step["matched"])


def _collect(lines: Sequence[Line], multiplier: CompiledMultiplier, activity: str) -> None:
    for line in lines:
        if multiplier.covers(line.asset, line.category, activity):
            line.multipliers.append(multiplier)


def _sum(
    lines: list[Line],
    programme: Programme,
    activity: CompiledActivity | None,
    standing: Standing,
    paid_before: int,
    trace: dict[str, Any],
    category: str | None,
    unlocks: list[str],
    grants: list[str],
) -> Decision:
    level_factor = programme.level_factors.get(standing.level)
    diminishing = _diminishing(activity, paid_before)
    totals: dict[str, int | Decimal] = {}
    versions: dict[str, int | None] = {}
    told = []
    for line in lines:
        amount = _multiplied(line)
        step: dict[str, Any] = {"from": line.source, "asset": line.asset, "amount": line.amount}
        if line.multipliers:
            step["times"] = [[multiplier.name, multiplier.stacking, multiplier.factor] for multiplier in line.multipliers]
            step["makes"] = amount
        told.append(step)
        totals[line.asset] = totals.get(line.asset, 0) + amount
        if amount and versions.get(line.asset) is None:
            versions[line.asset] = line.rule_id
    amounts = {}
    for asset, total in totals.items():
        factors = [factor for factor in ((level_factor if asset in ("xp", "points") else None), diminishing) if factor is not None]
        if amount := _rounded(asset, total, factors):
            amounts[asset] = amount
    trace["lines"] = told
    if level_factor is not None:
        trace["level_factor"] = level_factor
    if diminishing is not None:
        trace["diminishing"] = {"paid_before": paid_before, "factor": diminishing}
    trace["amounts"] = amounts
    return Decision(amounts, {asset: versions.get(asset) for asset in amounts}, category, tuple(unlocks), tuple(grants), trace)


def _multiplied(line: Line) -> int | Decimal:
    """Product of compound x (1 + sum of (add - 1)) x the largest of highest."""
    if not line.multipliers or not line.amount:
        return line.amount
    compound, added, highest = ONE, ONE, None
    for multiplier in line.multipliers:
        if multiplier.stacking == "compound":
            compound = EXACT.multiply(compound, multiplier.factor)
        elif multiplier.stacking == "add":
            added += multiplier.factor - 1
        else:
            highest = multiplier.factor if highest is None else max(highest, multiplier.factor)
    # Reductions that add up to more than everything leave nothing; they never take away.
    product = EXACT.multiply(EXACT.multiply(compound, max(added, Decimal(0))), ONE if highest is None else highest)
    return EXACT.multiply(Decimal(line.amount), product)


def _diminishing(activity: CompiledActivity | None, paid_before: int) -> Decimal | None:
    """The k-th paid event of the day counts f to the power max(0, k - n); None where that is 1."""
    if activity is None or activity.diminishing_after is None:
        return None
    power = paid_before + 1 - activity.diminishing_after
    return EXACT.power(activity.diminishing_factor, power) if power > 0 else None


def _rounded(asset: str, total: int | Decimal, factors: Sequence[Decimal]) -> int:
    """One rounding, half away from zero, at the very end."""
    for factor in factors:
        total = EXACT.multiply(Decimal(total), factor)
    if abs(total) > AMOUNT_MAX:
        raise DecisionError(f"{asset} of {total:.6E} is more than an account can hold ({AMOUNT_MAX:,})")
    amount = total if isinstance(total, int) else int(total.to_integral_value(ROUND_HALF_UP))
    if amount < 0 and asset != "score":
        raise DecisionError(f"{asset} of {amount} would take away; only a score may be awarded so")
    return amount
