"""The form of an activity: a definition as text to type into, and what was typed as a definition."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from rewards.activities.documents import ActivityDocument
from rewards.activities.rubric import Degree, Frequency, Range, suggested_range, warning_about
from rewards.earning.documents import key_from
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import read_part
from rewards.web.typed import Typed, beside, money_text, number_text

# Where the members of the document stand on the form.
FIELDS = {
    "per_unit": "unit_field",
    "per_unit.xp": "unit_xp",
    "per_unit.points": "unit_points",
    "per_unit.money": "unit_money",
    "diminishing": "diminishing_after",
    "diminishing.factor": "diminishing_factor",
}
TEXTS = ("key", "name", "description", "category", "notes")
NUMBERS = ("cooldown_hours", "max_per_day", "max_per_week")
UNIT_AMOUNTS = ("unit_xp", "unit_points", "unit_money")


def sent_form(sent: MultiDict[str, str]) -> Typed:
    """The form as it was sent."""
    return Typed(sent, many=("recorded_by",))


def form_of(activity: ActivityDocument, currency: str) -> dict[str, Any]:
    """The form as it stands for an activity."""
    unit, fading = activity.per_unit, activity.diminishing
    return {
        **{name: getattr(activity, name) for name in TEXTS},
        **{name: number_text(getattr(activity, name)) for name in ("xp", "points", *NUMBERS)},
        "money": money_text(activity.money.get(currency), currency),
        "unit_field": unit.field if unit else "",
        "unit_xp": number_text(unit.xp or None) if unit else "",
        "unit_points": number_text(unit.points or None) if unit else "",
        "unit_money": money_text(unit.money.get(currency), currency) if unit else "",
        "diminishing_after": number_text(fading.after) if fading else "",
        "diminishing_factor": number_text(fading.factor) if fading else "",
        "recorded_by": [str(recorder) for recorder in activity.recorded_by],
        "active": activity.active,
    }


def read_activity(typed: Typed, currency: str, before: ActivityDocument | None = None) -> ActivityDocument:
    """The activity that was typed; what the form does not show stays as it was `before`. Raises Invalid beside the fields."""
    members: dict[str, Any] = {name: typed.text(name) or "" for name in TEXTS}
    members["name"] = typed.line("name", before.name if before else None) or ""
    if before:
        # A key is for good: events and other systems know the activity by it.
        members["key"] = before.key
    elif not members["key"]:
        members["key"] = key_from(members["name"])
    members |= {name: typed.whole(name) or 0 for name in ("xp", "points")}
    members |= {name: typed.whole(name) for name in NUMBERS}
    members |= {"recorded_by": typed["recorded_by"], "active": bool(typed.get("active"))}
    members["money"] = _money(before.money if before else {}, currency, typed.minor("money", currency))
    members["per_unit"] = _per_unit(typed, currency, before)
    members["diminishing"] = _diminishing(typed)
    if not typed["recorded_by"]:
        typed.problems["recorded_by"] = "Choose at least one."
    if before is None and not members["name"]:
        typed.problems["name"] = "Enter a name, for example Book read."
    typed.check()
    try:
        return read_part(ActivityDocument, members)
    except Invalid as error:
        raise beside(error, FIELDS | {f"money.{currency}": "money"}) from error


def read_amounts(typed: Typed, before: ActivityDocument) -> ActivityDocument:
    """The same activity with other amounts of XP and points. Raises Invalid beside the fields."""
    amounts = {name: typed.whole(name) or 0 for name in ("xp", "points")}
    typed.check()
    return read_part(ActivityDocument, before.plain() | amounts)


def suggestion(typed: Mapping[str, Any]) -> tuple[Range | None, list[str]]:
    """What the rubric suggests for what was typed, and what to know about the amounts; None until all three questions are answered."""
    try:
        suggested = suggested_range(
            effort=Degree(typed.get("effort", "")),
            impact=Degree(typed.get("impact", "")),
            frequency=Frequency(typed.get("frequency", "")),
        )
    except ValueError:
        return None, []
    amounts = Typed(MultiDict({name: str(typed.get(name, "")) for name in ("xp", "points")}))
    told = {name: amounts.whole(name) for name in amounts}
    words = {"xp": "XP", "points": "Points"}
    warnings = [
        f"{words[name]}: {said}" for name, amount in told.items() if amount is not None and (said := warning_about(amount, suggested))
    ]
    return suggested, warnings


def _money(before: Mapping[str, Any], currency: str, amount: Decimal | int | None) -> dict[str, Any]:
    others = {asset: value for asset, value in before.items() if asset != currency}
    return others | ({currency: amount} if amount else {})


def _per_unit(typed: Typed, currency: str, before: ActivityDocument | None) -> dict[str, Any] | None:
    field = typed.text("unit_field")
    if field is None:
        if any(typed.text(name) for name in UNIT_AMOUNTS):
            typed.problems["unit_field"] = "Say what is counted, for example kg."
        return None
    held = before.per_unit.money if before and before.per_unit else {}
    return {
        "field": field,
        "xp": typed.fraction("unit_xp") or 0,
        "points": typed.fraction("unit_points") or 0,
        "money": _money(held, currency, typed.minor("unit_money", currency)),
    }


def _diminishing(typed: Typed) -> dict[str, Any] | None:
    after, factor = typed.whole("diminishing_after"), typed.fraction("diminishing_factor")
    if after is None and factor is None:
        return None
    for name, value in (("diminishing_after", after), ("diminishing_factor", factor)):
        if value is None:
            typed.problems.setdefault(name, "Fill in both, or neither.")
    return {"after": after, "factor": factor}


def taken(key: str) -> Invalid:
    """What to say about a key that is somebody else's."""
    return Invalid([Problem("key", "This key is taken. Choose another, or edit the activity that has it.", key)])
