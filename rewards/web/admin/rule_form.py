"""The form of a rule: when, if, then and limits as text to type into, and what was typed as a definition."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.earning.documents import RuleDocument, key_from
from rewards.earning.outcomes import AwardPoints, GrantReward, Multiply, UnlockAchievement
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import read_part
from rewards.web.admin.condition_rows import ROWS_MAX, Row, as_document, conditions_from, from_document, rows_of, rows_sent
from rewards.web.typed import Typed, beside, money_text, number_text

MANY = ("condition_what", "condition_name", "condition_operator", "condition_value", "categories")
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
    typed = Typed(sent, MANY)
    rows = rows_sent(typed)
    if "add" in sent and len(rows) < ROWS_MAX:
        rows.append(Row())
    gone = sent.get("remove", type=int)
    typed["rows"] = [row for place, row in enumerate(rows, 1) if place != gone]
    return typed


def empty_form() -> dict[str, Any]:
    """The form for a new rule."""
    return {
        "outcome": "award_points",
        "rows": [],
        "match": "all",
        "active": True,
        "priority": "100",
        "stacking": "compound",
        "categories": [],
    }


def form_of(rule: RuleDocument, currency: str) -> dict[str, Any]:
    """The form as it stands for a rule."""
    fields = {f"metadata.{name}": {"equals": value} for name, value in rule.pattern.metadata.items()}
    asked = rule.conditions if not fields else fields if not rule.conditions else {**fields, "all": [rule.conditions]}
    if fields and not set(fields) & set(rule.conditions) and not {"any", "all", "not"} & set(rule.conditions):
        asked = {**fields, **rule.conditions}
    shown = rows_of(asked)
    return {
        "description": rule.description or rule.key,
        "priority": number_text(rule.priority),
        "activity": rule.pattern.activity or "",
        "action": rule.pattern.action or "",
        "object_type": rule.pattern.object_type or "",
        "match": shown[0] if shown else "all",
        "rows": shown[1] if shown else [],
        "is_document": shown is None,
        "conditions_document": "" if shown else as_document(asked),
        "active_from": moment_text(rule.active_from),
        "active_until": moment_text(rule.active_until),
        "stop": rule.stop,
        "active": rule.active,
        "outcome": rule.outcome.type,
        "categories": [],
        **_outcome_form(rule, currency),
    }


def read_rule(typed: Typed, currency: str, before: RuleDocument | None = None) -> RuleDocument:
    """The rule that was typed; what the form does not show stays as it was `before`. Raises Invalid beside the fields."""
    description = typed.line("description", before.description if before else None)
    if description is None:
        typed.problems["description"] = "Say in a few words what it is for."
    members: dict[str, Any] = {
        "key": before.key if before else key_from(description or "rule"),
        # Where it has none, the form shows its key.
        "description": before.description if before and description == (before.description or before.key) else description or "",
        "priority": typed.whole("priority") if typed.text("priority") else 100,
        "pattern": {name: typed.text(name) for name in ("activity", "action", "object_type")},
        "conditions": conditions_typed(typed),
        "outcome": _outcome(typed, currency, before),
        "active_from": typed.text("active_from"),
        "active_until": typed.text("active_until"),
        "stop": bool(typed.get("stop")),
        "active": bool(typed.get("active")),
    }
    typed.check()
    try:
        return read_part(RuleDocument, members)
    except Invalid as error:
        raise beside(error, FIELDS) from error


def conditions_typed(typed: Typed) -> dict[str, Any]:
    """The conditions in the rows, or in the document where they are one; what is wrong is collected."""
    try:
        if typed.get("is_document"):
            return from_document(str(typed.get("conditions_document", "")))
        return conditions_from(str(typed.get("match")), typed["rows"])
    except Invalid as error:
        typed.problems |= {one.field: one.message for one in error.problems}
        return {}


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


def moment_text(moment: date | None) -> str:
    """A day or a moment as one would type it."""
    return moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment.isoformat() if moment else ""


def taken(key: str) -> Invalid:
    """What to say about a description whose key is another rule's."""
    return Invalid([Problem("description", "Another rule is called so. Say it in other words, or edit that one.", key)])
