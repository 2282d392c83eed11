"""Boosts: multipliers for a while, on certain days and hours, for some categories or activities."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.documents import BoostDocument, key_from
from rewards.earning.in_force import programme_in_force
from rewards.earning.moments import instant_of
from rewards.earning.outcomes import Stacking
from rewards.earning.paths import WEEKDAYS
from rewards.kit import clock
from rewards.kit.errors import Invalid, Problem
from rewards.kit.values import readable
from rewards.kit.written import read_part
from rewards.people.audit import Wanted, entries
from rewards.programme.rulebook import all_boosts, boost_named
from rewards.web.access import me
from rewards.web.admin.saving import save
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.rule_sentences import STACKING, Teller
from rewards.web.typed import Typed, beside, number_text, with_held
from rewards.web.words import words_for

boosts = Blueprint("boosts", __name__, url_prefix="/boosts")

PLACE = "/admin/boosts"
MANY = ("weekdays", "categories", "activities")
FIELDS = {"from": "begins", "until": "ends", "hours": "hour_from", "hours.until": "hour_until", "key": "name"}
ASSETS = (("", "XP and points"), ("xp", "XP"), ("points", "Points"))
STATES = {"Live": "good", "Planned": "info", "Over": "", "Off": ""}


@boosts.get("")
def show() -> ResponseReturnValue:
    """Every boost as a sentence, with whether it is live."""
    return _show()


@boosts.post("/<key>/activation")
def switch(key: str) -> ResponseReturnValue:
    """On or off."""
    before, is_on = boost_named(key), request.form.get("active") == "1"
    save("boosts", before.model_copy(update={"active": is_on}), note=f"{before.name} switched {'on' if is_on else 'off'}")
    return _show(switched=key) if wants_part() else redirect(f"{PLACE}?switched={key}", 303)


@boosts.get("/create")
def ask_for_boost() -> ResponseReturnValue:
    """The form for a new one."""
    return _form({"factor": "2", "active": True, "stacking": "compound"}, {})


@boosts.post("/create")
def create() -> ResponseReturnValue:
    """A new boost."""
    typed = Typed(request.form, MANY)
    try:
        boost = _read(typed)
        if any(other.key == boost.key for other in all_boosts()):
            raise Invalid([Problem("name", "Another boost is called so. Choose another name, or edit that one.")])
        save("boosts", boost, note=f"New boost {boost.name}")
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _saved(boost)


@boosts.get("/<key>/edit")
def ask_for_changes(key: str) -> ResponseReturnValue:
    """The form with what holds now."""
    boost = boost_named(key)
    return _form(_typed(boost), {}, boost)


@boosts.post("/<key>/edit")
def change(key: str) -> ResponseReturnValue:
    """Change a boost. It holds for what happened in its time, whenever that is recorded."""
    before, typed = boost_named(key), Typed(request.form, MANY)
    try:
        save("boosts", _read(typed, before), note=f"Changed {before.name}")
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    return _saved(before)


def _read(typed: Typed, before: BoostDocument | None = None) -> BoostDocument:
    name, factor = typed.line("name", before.name if before else None), typed.fraction("factor")
    hours = {"from": typed.whole("hour_from"), "until": typed.whole("hour_until")}
    for field, is_missing, said in (
        ("name", name is None, "Enter a name, for example Double June."),
        ("factor", factor is None, "Enter a factor, for example 2."),
        ("hour_from", hours["from"] is None and hours["until"] is not None, "Fill in both hours, or neither."),
        ("hour_until", hours["until"] is None and hours["from"] is not None, "Fill in both hours, or neither."),
    ):
        if is_missing:
            typed.problems.setdefault(field, said)
    typed.check()
    members = {
        "key": before.key if before else key_from(name or ""),
        "name": name,
        "factor": factor,
        "asset": typed.text("asset"),
        "stacking": typed.text("stacking") or "compound",
        "from": typed.text("begins"),
        "until": typed.text("ends"),
        "hours": hours if hours["from"] is not None else None,
        "active": bool(typed.get("active")),
        **{field: typed[field] for field in MANY},
    }
    try:
        return read_part(BoostDocument, members)
    except Invalid as error:
        raise beside(error, FIELDS) from error


def _typed(boost: BoostDocument) -> dict[str, Any]:
    return {
        "name": boost.name,
        "factor": number_text(boost.factor),
        "asset": boost.asset or "",
        "stacking": str(boost.stacking),
        "begins": boost.from_.isoformat() if boost.from_ else "",
        "ends": boost.until.isoformat() if boost.until else "",
        "hour_from": number_text(boost.hours.from_) if boost.hours else "",
        "hour_until": number_text(boost.hours.until) if boost.hours else "",
        "active": boost.active,
        **{field: list(getattr(boost, field)) for field in MANY},
    }


def _state(boost: BoostDocument) -> str:
    now, zone = clock.now(), ZoneInfo(programme_in_force().settings.timezone)
    if not boost.active:
        return "Off"
    if boost.from_ and now < instant_of(boost.from_, zone):
        return "Planned"
    return "Over" if boost.until and now >= instant_of(boost.until, zone) else "Live"


def _show(*, switched: str | None = None) -> ResponseReturnValue:
    teller, known = Teller(programme_in_force(), words_for(me())), all_boosts()
    switched, saved = switched or request.args.get("switched"), request.args.get("saved")
    return answer(
        "admin/boosts.html",
        "listing",
        boosts=[(boost, teller.boost(boost), _state(boost)) for boost in known],
        states=STATES,
        switched=next((one for one in known if one.key == switched), None),
        saved=next((one for one in known if one.key == saved), None),
    )


def _form(
    typed: Mapping[str, Any], problems: Mapping[str, str], before: BoostDocument | None = None, *, status: int = 200
) -> ResponseReturnValue:
    programme = programme_in_force()
    currency = programme.settings.currency
    activities = sorted(((one.key, one.name) for one in programme.activities.values()), key=lambda pair: pair[1].casefold())
    found = entries(Wanted(object_kind="boost", object_id=before.key), limit=10) if before else []
    return answer(
        "admin/boost.html",
        "form",
        status=status,
        typed=typed,
        problems=problems,
        boost=before,
        weekdays=[(day, readable(day)) for day in WEEKDAYS],
        categories=with_held(((one.key, one.name) for one in programme.categories.values()), before.categories if before else ()),
        activities=with_held(activities, before.activities if before else ()),
        assets=with_held([*ASSETS, (currency, f"Money ({currency})")], [before.asset or ""] if before else ()),
        stackings=[(str(one), STACKING[one].capitalize()) for one in Stacking],
        history=[{"entry": entry, "sentence": ""} for entry in found],
        words=words_for(me()),
        place=f"{PLACE}/{before.key}/edit" if before else f"{PLACE}/create",
    )


def _saved(boost: BoostDocument) -> ResponseReturnValue:
    address = f"{PLACE}?saved={boost.key}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)
