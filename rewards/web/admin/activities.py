"""Activities: what people can do, what one is worth, and how often it counts. Amounts and the switch can be changed in the row."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.documents import ActivityDocument
from rewards.earning.in_force import programme_in_force
from rewards.kit.errors import Invalid, NotFound
from rewards.web.access import me
from rewards.web.admin.activity_form import form_of, read_activity, read_amounts, sent_form, suggestion, taken
from rewards.web.admin.activity_listing import RECORDERS, SHOWS, Edited, Listing, limits, who, worth
from rewards.web.admin.rehearsing import drafted, dry_run, is_dry_run
from rewards.web.admin.saving import save
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed, with_held
from rewards.web.words import words_for

activities = Blueprint("activities", __name__, url_prefix="/activities")

PLACE = "/admin/activities"


@activities.get("")
def show() -> ResponseReturnValue:
    """Everything that counts; `?edit=KEY` opens the amounts of one for editing, `?saved=KEY` and `?switched=KEY` say what was done."""
    edited = None
    if key := request.args.get("edit"):
        edited = Edited(key, form_of(_activity(key), _currency()), {})
    return _show(edited=edited)


@activities.post("/<key>/amounts")
def change_amounts(key: str) -> ResponseReturnValue:
    """Other XP and points, from the row."""
    before, typed = _activity(key), Typed(request.form)
    try:
        after = read_amounts(typed, before)
        save("activities", after, note=f"Amounts of {before.name}")
    except Invalid as error:
        return _show(edited=Edited(key, typed, problems_of(error)), status=422)
    return _show(saved=key) if wants_part() else redirect(f"{PLACE}?saved={key}", 303)


@activities.post("/<key>/activation")
def switch(key: str) -> ResponseReturnValue:
    """On or off."""
    before, is_on = _activity(key), request.form.get("active") == "1"
    save("activities", before.model_copy(update={"active": is_on}), note=f"{before.name} switched {'on' if is_on else 'off'}")
    return _show(switched=key) if wants_part() else redirect(f"{PLACE}?switched={key}", 303)


@activities.get("/create")
def ask_for_activity() -> ResponseReturnValue:
    """The form for a new one; `?draft=ID` goes on with what was rehearsed."""
    if draft := drafted(ActivityDocument):
        return _form(form_of(draft, _currency()), {})
    usual = {"recorded_by": ["client", "coach", "service"], "active": True, "category": request.args.get("category", "participation")}
    return _form(usual, {})


@activities.post("/create")
def create() -> ResponseReturnValue:
    """A new activity."""
    typed = sent_form(request.form)
    try:
        activity = read_activity(typed, _currency())
        if activity.key in programme_in_force().activities:
            raise taken(activity.key)
        if is_dry_run():
            return dry_run("activities", activity, subject=f"Activity {activity.name}")
        save("activities", activity, note=f"New activity {activity.name}")
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _saved(activity)


@activities.get("/<key>/edit")
def ask_for_changes(key: str) -> ResponseReturnValue:
    """The form with what holds now."""
    activity = _activity(key)
    return _form(form_of(drafted(ActivityDocument) or activity, _currency()), {}, activity)


@activities.post("/<key>/edit")
def change(key: str) -> ResponseReturnValue:
    """Change an activity."""
    before, typed = _activity(key), sent_form(request.form)
    try:
        activity = read_activity(typed, _currency(), before)
        if is_dry_run():
            return dry_run("activities", activity, subject=f"Activity {activity.name}")
        save("activities", activity, note=f"Changed {before.name}")
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    return _saved(before)


@activities.post("/suggestion")
def suggest() -> ResponseReturnValue:
    """What the rubric suggests: beside the questions, or as the form again. Nothing is saved."""
    typed = sent_form(request.form)
    known = programme_in_force().activities.get(request.form.get("of", ""))
    return _form(typed, {}, known.document if known else None, part="suggestion")


def _show(*, edited: Edited | None = None, saved: str | None = None, switched: str | None = None, status: int = 200) -> ResponseReturnValue:
    words = words_for(me())
    listing = Listing(request.args, words)
    known = listing.programme.activities
    saved, switched = (
        key if key in known else None for key in (saved or request.args.get("saved"), switched or request.args.get("switched"))
    )
    return answer(
        "admin/activities.html",
        "listing",
        status=status,
        listing=listing,
        words=words,
        edited=edited,
        shows=SHOWS,
        saved=known[saved].document if saved else None,
        switched=known[switched].document if switched else None,
        limits=partial(limits, words),
        worth=partial(worth, words),
        who=who,
    )


def _form(
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    activity: ActivityDocument | None = None,
    *,
    status: int = 200,
    part: str = "form",
) -> ResponseReturnValue:
    programme = programme_in_force()
    suggested, warnings = suggestion(typed)
    return answer(
        "admin/activity.html",
        part,
        status=status,
        typed=typed,
        problems=problems,
        activity=activity,
        suggested=suggested,
        warnings=warnings,
        categories=with_held(((one.key, one.name) for one in programme.categories.values()), [activity.category] if activity else ()),
        recorders=RECORDERS,
        currency=programme.settings.currency,
        place=f"{PLACE}/{activity.key}/edit" if activity else f"{PLACE}/create",
    )


def _saved(activity: ActivityDocument) -> ResponseReturnValue:
    address = f"{PLACE}?saved={activity.key}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _activity(key: str) -> ActivityDocument:
    found = programme_in_force().activities.get(key)
    if found is None:
        raise NotFound(f"activity {key}")
    return found.document


def _currency() -> str:
    return programme_in_force().settings.currency
