"""The form of a rule: when, if, then and limits as text to type into, and what was typed as a definition."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.earning.documents import RuleDocument
from rewards.earning.outcomes import AwardPoints, GrantReward, Multiply, UnlockAchievement
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import read_part
from rewards.web.rule_parts import EMPTY, TAKEN, sent_rule, shared_form, shared_members
from rewards.web.typed import Typed, beside, money_text, number_text

FIELDS = {
    "pattern.activity": "activity",
    "pattern.action": "action",
    "pattern.object_type": "object_type",
    "pattern": "activity",
    "conditions": "conditions_document",
    "outcome.achievement": "achievement",
    "outcome.reward": "reward",
    "outcome.factor": "factor",
    "outcome.xp": "xp",
    "outcome.points": "points",
    "outcome.money": "money",
    "outcome.per_unit": "unit_field",
    "outcome": "outcome",
}
OUTCOMES = [
    ("award_points", "Give something", "XP, points or money, on top of what the activity itself is worth."),
    ("multiply", "Multiply", "What comes before it, by a factor."),
    ("unlock_achievement", "Unlock an achievement", ""),
    ("grant_reward", "Give a reward", "For nothing, once for each event. It waits to be handed out."),
]


def sent_form(sent: MultiDict[str, str]) -> Typed:
    """The form as it was sent, with a row more or one fewer where that was asked for."""
    return sent_rule(sent, many=("categories",))


def empty_form() -> dict[str, Any]:
    """The form for a new rule."""
    return {**EMPTY, "outcome": "award_points", "stacking": "compound", "categories": []}


def form_of(rule: RuleDocument, currency: str) -> dict[str, Any]:
    """The form as it stands for a rule."""
    fields = {f"metadata.{name}": {"equals": value} for name, value in rule.pattern.metadata.items()}
    asked = rule.conditions if not fields else fields if not rule.conditions else {**fields, "all": [rule.conditions]}
    if fields and not set(fields) & set(rule.conditions) and not {"any", "all", "not"} & set(rule.conditions):
        asked = {**fields, **rule.conditions}
    return {
        **shared_form(rule, asked),
        "activity": rule.pattern.activity or "",
        "action": rule.pattern.action or "",
        "object_type": rule.pattern.object_type or "",
        "outcome": rule.outcome.type,
        "categories": [],
        **_outcome_form(rule, currency),
    }


def read_rule(typed: Typed, currency: str, before: RuleDocument | None = None) -> RuleDocument:
    """The rule that was typed; what the form does not show stays as it was `before`. Raises Invalid beside the fields."""
    members = shared_members(typed, before)
    members |= {"pattern": {name: typed.text(name) for name in ("activity", "action", "object_type")}}
    members |= {"outcome": _outcome(typed, currency, before)}
    typed.check()
    try:
        return read_part(RuleDocument, members)
    except Invalid as error:
        raise beside(error, FIELDS) from error


def _outcome(typed: Typed, currency: str, before: RuleDocument | None) -> dict[str, Any]:
    kind, held = typed.text("outcome"), before.outcome if before else None
    if kind == "multiply":
        factor = typed.fraction("factor")
        if factor is None:
            typed.problems.setdefault("factor", "Enter a factor, for example 2.")
        activities = held.activities if isinstance(held, Multiply) else []
        scope = {"asset": typed.text("asset"), "stacking": typed.text("stacking") or "compound"}
        return {"type": kind, "factor": factor, **scope, "categories": typed["categories"], "activities": activities}
    if kind == "unlock_achievement":
        if typed.text("achievement") is None:
            typed.problems["achievement"] = "Choose an achievement."
        return {"type": kind, "achievement": typed.text("achievement") or ""}
    if kind == "grant_reward":
        if typed.text("reward") is None:
            typed.problems["reward"] = "Choose a reward."
        return {"type": kind, "reward": typed.text("reward") or ""}
    return _award(typed, currency, held if isinstance(held, AwardPoints) else None)


def _award(typed: Typed, currency: str, held: AwardPoints | None) -> dict[str, Any]:
    award: dict[str, Any] = {"type": "award_points", "category": typed.text("category")}
    award |= {name: typed.whole(name) or 0 for name in ("xp", "points")}
    award["money"] = other_money(held.money if held else {}, currency, typed.minor("money", currency))
    award["score"] = held.score if held else 0
    award["per_unit"] = per_unit(typed, currency, held.per_unit.money if held and held.per_unit else {})
    if not any(award[name] for name in ("xp", "points", "money", "score", "per_unit")) and not typed.problems:
        typed.problems["xp"] = "Enter what it gives: XP, points or money."
    return award


def other_money(held: Mapping[str, Any], currency: str, amount: Any) -> dict[str, Any]:
    """Money with another amount in one currency; what is held in others stays."""
    return {asset: value for asset, value in held.items() if asset != currency} | ({currency: amount} if amount else {})


def per_unit(typed: Typed, currency: str, held: Mapping[str, Any]) -> dict[str, Any] | None:
    """Amounts for each unit of a field, where one is named."""
    field = typed.text("unit_field")
    if field is None:
        if any(typed.text(name) for name in ("unit_xp", "unit_points", "unit_money")):
            typed.problems["unit_field"] = "Say what is counted, for example kg."
        return None
    amounts = {"xp": typed.fraction("unit_xp") or 0, "points": typed.fraction("unit_points") or 0}
    return {"field": field, **amounts, "money": other_money(held, currency, typed.minor("unit_money", currency))}


def _outcome_form(rule: RuleDocument, currency: str) -> dict[str, Any]:
    outcome = rule.outcome
    if isinstance(outcome, UnlockAchievement):
        return {"achievement": outcome.achievement}
    if isinstance(outcome, GrantReward):
        return {"reward": outcome.reward}
    if isinstance(outcome, Multiply):
        scope = {"asset": outcome.asset or "", "stacking": str(outcome.stacking), "categories": list(outcome.categories)}
        return {"factor": number_text(outcome.factor), **scope}
    unit = outcome.per_unit
    return {
        "xp": number_text(outcome.xp or None),
        "points": number_text(outcome.points or None),
        "money": money_text(outcome.money.get(currency), currency),
        "category": outcome.category or "",
        "unit_field": unit.field if unit else "",
        "unit_xp": number_text(unit.xp or None) if unit else "",
        "unit_points": number_text(unit.points or None) if unit else "",
        "unit_money": money_text(unit.money.get(currency), currency) if unit else "",
    }


def taken(key: str) -> Invalid:
    """What to say about a description whose key is another rule's."""
    return Invalid([Problem("description", TAKEN, key)])
