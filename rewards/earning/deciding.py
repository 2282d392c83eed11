"""The decision: an event, the rules in force and the person's standing in; amounts, and how they came about, out.

It reads no database and no clock: processing, rehearsing and explaining share it, and can therefore not disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rewards.activities.documents import DEFAULT_CATEGORY
from rewards.earning.amounts import to_the_power
from rewards.earning.compiled import CompiledActivity, CompiledRule, Line, Programme
from rewards.earning.multipliers import EARNED
from rewards.earning.occurring import Occurrence, Standing
from rewards.earning.summing import Afterwards, Placed, Worth, worth_of


class DecisionError(Exception):
    """An event cannot be decided: a rule failed, or an amount is more than an account can hold."""


@dataclass(slots=True)
class Decision:
    """What an event is worth, by asset, zeros left out; what else its rules ask for; and how it came to that."""

    amounts: dict[str, int]
    # The version of the first rule that paid, by asset; None where only the activity did.
    rule_version_ids: dict[str, int | None]
    # The activity's; for an event that nobody registered, that of the first awarding rule which names one.
    category: str | None
    unlocks: tuple[str, ...]
    grants: tuple[str, ...]
    # `rules`: each rule tried, whether it matched, and its conditions or why not. `assets`: for each, its lines with the multipliers
    # they collected, then what multiplied their sum, and the amount. Parts of it are the programme's own: it is there to be written.
    trace: dict[str, Any]


@dataclass(slots=True)
class Findings:
    """What an activity, and the rules that hold, have led to so far."""

    category: str | None
    lines: list[Line] = field(default_factory=list)
    multipliers: list[Placed] = field(default_factory=list)
    unlocks: list[str] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    tried: list[dict[str, Any]] = field(default_factory=list)

    def take(self, rule: CompiledRule, occurrence: Occurrence) -> None:
        """What a rule that holds asks for."""
        if rule.award:
            self.lines.extend(rule.award.lines_for(occurrence.metadata))
            self.category = self.category or rule.award.category
        elif rule.multiplier:
            if rule.multiplier.concerns(occurrence.activity):
                self.multipliers.append(Placed(rule.place, rule.multiplier))
        elif rule.unlocks:
            self.unlocks.append(rule.unlocks)
        elif rule.grants:
            self.grants.append(rule.grants)


def decide(*, programme: Programme, occurrence: Occurrence, standing: Standing, paid_before_today: int) -> Decision:
    """Decide an event whose slot is free. Raises DecisionError.

    `paid_before_today`: how many events of its activity its local day has paid so far.
    """
    activity = programme.activities.get(occurrence.activity)
    found = Findings(activity.category if activity else None)
    try:
        if activity:
            found.lines.extend(activity.award.lines_for(occurrence.metadata))
        _try_rules(programme, occurrence, standing, found)
        _add_boosts(programme, occurrence, found)
        worths = _add_up(found, list(_afterwards(programme, activity, standing, paid_before_today)))
    except OverflowError as error:
        raise DecisionError(f"{occurrence.activity}: {error}") from error
    trace = {
        "version": programme.version,
        "activity": activity.id if activity else None,
        "rules": found.tried,
        "assets": {asset: worth.told for asset, worth in worths.items()},
    }
    if activity and activity.diminishing:
        trace["paid_before_today"] = paid_before_today
    return Decision(
        amounts={asset: worth.amount for asset, worth in worths.items() if worth.amount},
        rule_version_ids={asset: worth.rule_version_id for asset, worth in worths.items() if worth.amount},
        category=found.category,
        unlocks=tuple(dict.fromkeys(found.unlocks)),
        grants=tuple(found.grants),
        trace=trace,
    )


def _try_rules(programme: Programme, occurrence: Occurrence, standing: Standing, found: Findings) -> None:
    for rule in programme.rules_for(occurrence.action, occurrence.object_type, occurrence.activity):
        try:
            note = rule.tell(occurrence, standing)
            found.tried.append(note)
            if note["matched"]:
                found.take(rule, occurrence)
                if rule.stop:
                    note["stop"] = True
                    break
        except Exception as error:
            raise DecisionError(f"the rule {rule.key} (version {rule.id}) failed: {type(error).__name__}: {error}") from error


def _add_boosts(programme: Programme, occurrence: Occurrence, found: Findings) -> None:
    # They come after every rule, and no `stop` ends them.
    last = len(programme.rules)
    for boost in programme.boosts:
        if boost.multiplier.concerns(occurrence.activity) and boost.is_live(occurrence):
            found.multipliers.append(Placed(last, boost.multiplier))


def _afterwards(
    programme: Programme, activity: CompiledActivity | None, standing: Standing, paid_before_today: int
) -> Iterator[Afterwards]:
    level_factor = programme.level_factors.get(standing.level)
    if level_factor is not None:
        yield Afterwards("level_factor", level_factor, EARNED)
    if activity and activity.diminishing:
        # The k-th paid event of the day counts f to the power max(0, k - n).
        exponent = paid_before_today + 1 - activity.diminishing.after
        if exponent > 0:
            yield Afterwards("diminishing", to_the_power(activity.diminishing.factor, exponent), None)


def _add_up(found: Findings, afterwards: list[Afterwards]) -> dict[str, Worth]:
    by_asset: dict[str, list[Line]] = {}
    for line in found.lines:
        by_asset.setdefault(line.asset, []).append(line)
    category = found.category or DEFAULT_CATEGORY
    return {
        asset: worth_of(asset, lines, multipliers=found.multipliers, category=category, afterwards=afterwards)
        for asset, lines in by_asset.items()
    }
