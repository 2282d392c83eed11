"""The form of a reward, for coaches and admins alike: a reward as text to type into, and what was typed as a reward with its codes."""

import json
from collections.abc import Mapping
from typing import Any

from rewards.earning.compiled import Programme
from rewards.earning.documents import key_from
from rewards.earning.in_force import programme_in_force
from rewards.insights.overview import by_activity
from rewards.insights.windows import last_days
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import read_part
from rewards.people.models import User
from rewards.people.zones import zone_named
from rewards.shop.describing import document_of
from rewards.shop.documents import RewardDocument
from rewards.shop.models import Reward, RewardType
from rewards.web.day_fields import day_text, days_typed
from rewards.web.redemption_words import TYPES
from rewards.web.typed import Typed, beside, money_text, number_text
from rewards.web.words import Words, plural, words_for

PERIODS = [("", "No limit"), ("day", "a day"), ("week", "a week"), ("month", "a month"), ("ever", "in all")]
TEXTS = ("name", "description", "type", "external_url", "external_id", "picture_alt")
NUMBERS = ("points_cost", "limit_count", "level_number", "valid_days")
LENGTHS = {"name": 200, "description": 5000, "picture_alt": 300, "external_url": 2000, "external_id": 200}
DAYS = {"first_day": "available_from", "last_day": "available_until"}
# A document says it in other names than the form.
FIELDS = {"value_minor": "value", "currency": "value", "available_from": "first_day", "available_until": "last_day", "key": "name"}
SAID = {
    "name": "Enter a name, for example Water bottle.",
    "points_cost": "Enter what it costs, for example 500.",
    "value": "Cashback needs it: enter what is paid out, for example 5.",
    "limit_period": "Choose in what time.",
    "limit_count": "Enter how often, for example 1.",
    "payload": 'Enter JSON with members, for example {"size": "L"}.',
}
# What the document says of these is not about what stands in the field.
CLEARER = {"last_day": "Choose a day that is not before the first one.", "external_url": "Enter an address that begins with https://."}
# What stands behind "More options".
MORE = (
    "type",
    "value",
    "first_day",
    "limit_count",
    "limit_period",
    "level_number",
    "valid_days",
    "codes",
    "external_url",
    "external_id",
    "payload",
)
USED_DAYS = 30


def form_of(reward: Reward, programme: Programme) -> dict[str, Any]:
    """The form as it stands for a reward."""
    document, zone = document_of(reward), zone_named(programme.settings.timezone)
    stock = number_text(document.stock)
    return {
        **{name: str(getattr(document, name) or "") for name in TEXTS},
        **{name: number_text(getattr(document, name)) for name in NUMBERS},
        "stock": stock,
        # What is sold while the form is open must not come back with it.
        "stock_was": stock,
        "limit_period": str(document.limit_period or ""),
        "value": money_text(document.value_minor, document.currency or programme.settings.currency),
        "first_day": day_text(document.available_from, zone),
        "last_day": day_text(document.available_until, zone, ends=True),
        "payload": json.dumps(document.payload, ensure_ascii=False, indent=2) if document.payload else "",
        "active": document.active,
    }


def empty_form() -> dict[str, Any]:
    """The form for a new one."""
    return {"type": RewardType.PRODUCT.value, "active": True}


def read_reward(typed: Typed, before: Reward | None = None) -> tuple[RewardDocument, list[str]]:
    """The reward that was typed, and codes for its pool. Raises Invalid beside the fields."""
    settings = programme_in_force().settings
    codes = [line.strip() for line in str(typed.get("codes", "")).splitlines() if line.strip()]
    members: dict[str, Any] = {name: typed.text(name) for name in TEXTS}
    members |= {name: typed.whole(name) for name in NUMBERS}
    members |= {
        "limit_period": typed.text("limit_period"),
        "active": bool(typed.get("active")),
        "payload": typed.members("payload", SAID["payload"]),
    }
    members["key"] = before.key if before else key_from(members["name"] or "reward")[:60]
    currency = (before.currency if before else None) or settings.currency
    if (value := typed.minor("value", currency)) is not None:
        members |= {"value_minor": value, "currency": currency}
    held = {field: (name, getattr(before, name) if before else None) for field, name in DAYS.items()}
    members |= days_typed(typed, held, zone_named(settings.timezone))
    _check(typed, members)
    wanted = {name: value for name, value in members.items() if value is not None}
    wanted |= {"pooled": True} if codes or (before and before.pooled) else _stock(typed, before)
    typed.check()
    try:
        return read_part(RewardDocument, wanted), codes
    except Invalid as error:
        found = beside(error, FIELDS).problems
        raise Invalid([Problem(one.field, CLEARER.get(one.field, one.message), one.value) for one in found]) from error


def effort(points: int | None, programme: Programme, words: Words) -> str:
    """What somebody has to do for so many points: about 25 times Workout logged."""
    if not points or points < 1:
        return ""
    used = by_activity(last_days(USED_DAYS, words.today))
    paying = [one for one in programme.activities.values() if one.active and one.document.points]
    if not paying:
        return ""
    usual = max(paying, key=lambda one: used[one.key].events if one.key in used else 0)
    times = max(1, round(points / int(usual.document.points)))
    return f"About {words.number(times)} {plural(times, 'time')} {usual.name}."


def context_of(
    typed: Mapping[str, Any], problems: Mapping[str, str], before: Reward | None, *, viewer: User, place: str, back: str
) -> dict[str, Any]:
    """What the templates of the form need (parts/reward_form.html): `place` is where it is sent to, `back` the list it belongs to."""
    programme, words = programme_in_force(), words_for(viewer)
    usual = empty_form() if before is None else form_of(before, programme)
    return {
        "typed": typed,
        "problems": problems,
        "reward": before,
        "place": place,
        "back": back,
        "words": words,
        "effort": effort(cost_in(typed), programme, words),
        "currency": (before.currency if before else None) or programme.settings.currency,
        "types": [(kind.value, word) for kind, word in TYPES.items()],
        "periods": PERIODS,
        "levels": [("", "Any"), *((level.number, level.name) for level in programme.ladder.levels)],
        "zone": programme.settings.timezone,
        # Whatever is not as usual, or wrong, is not hidden.
        "has_more": any(typed.get(name) and (before or typed.get(name) != usual.get(name)) for name in MORE if name != "type")
        or any(name in problems for name in MORE),
    }


def cost_in(typed: Mapping[str, Any]) -> int | None:
    """What it costs as far as that can be read."""
    return Typed.of(typed).whole("points_cost")


def _check(typed: Typed, members: Mapping[str, Any]) -> None:
    for name, is_missing in (
        ("name", not members["name"]),
        ("points_cost", members["points_cost"] is None),
        ("value", members["type"] == RewardType.CASHBACK and "value_minor" not in members),
        ("limit_period", members["limit_count"] is not None and members["limit_period"] is None),
        ("limit_count", members["limit_period"] is not None and members["limit_count"] is None),
    ):
        if is_missing:
            typed.problems.setdefault(name, SAID[name])
    for name, most in LENGTHS.items():
        if len(members[name] or "") > most:
            typed.problems[name] = f"Use at most {most} characters."


def _stock(typed: Typed, before: Reward | None) -> dict[str, Any]:
    """Nothing where it was left as it stood: it may have been sold meanwhile."""
    if before is not None and typed.text("stock") == typed.text("stock_was"):
        return {}
    return {"stock": typed.whole("stock")}
