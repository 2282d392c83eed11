"""What the forms of all rules share, the programme's and a campaign's: their name, conditions in rows, days and place among the others."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.campaigns.rule_documents import CampaignRule
from rewards.earning.documents import RuleDocument, key_from
from rewards.kit.errors import Invalid
from rewards.web.condition_rows import LOOKS_AT, ROWS_MAX, Row, as_document, conditions_from, from_document, rows_of, rows_sent
from rewards.web.typed import Typed, number_text

MANY = ("condition_what", "condition_name", "condition_operator", "condition_value")
PRIORITY = 100
# What every new rule begins with.
EMPTY: Mapping[str, Any] = {"rows": (), "match": "all", "active": True, "priority": number_text(PRIORITY)}
AnyRule = RuleDocument | CampaignRule
NAMELESS = "Say in a few words what it is for."
TAKEN = "Another rule is called so. Say it in other words, or edit that one."


def sent_rule(
    sent: MultiDict[str, str], *, many: tuple[str, ...] = (), looks_at: Mapping[str, str] = LOOKS_AT, new: Row | None = None
) -> Typed:
    """A form as it was sent, with a row more or one fewer where that was asked for; `many` are further fields with several values."""
    typed = Typed(sent, (*MANY, *many))
    rows = rows_sent(typed, looks_at)
    if "add" in sent and len(rows) < ROWS_MAX:
        rows.append(new or Row())
    gone = sent.get("remove", type=int)
    typed["rows"] = [row for place, row in enumerate(rows, 1) if place != gone]
    return typed


def shared_form(rule: AnyRule, conditions: Mapping[str, Any], looks_at: Mapping[str, str] = LOOKS_AT) -> dict[str, Any]:
    """These parts of a form as they stand for a rule with such conditions."""
    shown = rows_of(conditions, looks_at)
    return {
        "description": rule.description or rule.key,
        "priority": number_text(rule.priority),
        "match": shown[0] if shown else "all",
        "rows": shown[1] if shown else [],
        "is_document": shown is None,
        "conditions_document": "" if shown else as_document(conditions),
        "active_from": moment_text(rule.active_from),
        "active_until": moment_text(rule.active_until),
        "stop": rule.stop,
        "active": rule.active,
    }


def shared_members(typed: Typed, before: AnyRule | None) -> dict[str, Any]:
    """The same parts as members of a document; what is wrong is collected."""
    description = typed.line("description", before.description if before else None)
    if description is None:
        typed.problems["description"] = NAMELESS
    return {
        "key": before.key if before else key_from(description or "rule"),
        # Where it has none, the form shows its key.
        "description": before.description if before and description == (before.description or before.key) else description or "",
        "priority": typed.whole("priority") if typed.text("priority") else PRIORITY,
        "conditions": _conditions(typed),
        "active_from": typed.text("active_from"),
        "active_until": typed.text("active_until"),
        "stop": bool(typed.get("stop")),
        "active": bool(typed.get("active")),
    }


def named_somehow(typed: Mapping[str, Any]) -> Typed:
    """What is typed so far, to be read as a rule: its name is often typed last, and changes nothing."""
    copied = Typed.of(typed)
    copied["description"] = copied.get("description") or "It"
    return copied


def moment_text(moment: date | None) -> str:
    """A day or a moment as one would type it."""
    return moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment.isoformat() if moment else ""


def _conditions(typed: Typed) -> dict[str, Any]:
    try:
        if typed.get("is_document"):
            return from_document(str(typed.get("conditions_document", "")))
        return conditions_from(str(typed.get("match")), typed["rows"])
    except Invalid as error:
        typed.problems |= {one.field: one.message for one in error.problems}
        return {}
