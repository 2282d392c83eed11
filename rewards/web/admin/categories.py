"""Categories: the kinds of deeds by which every chart is drawn."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.documents import STANDARD_CATEGORIES, CategoryDocument
from rewards.earning.documents import key_from
from rewards.earning.in_force import programme_in_force
from rewards.insights.overview import by_activity
from rewards.insights.windows import last_days
from rewards.kit.errors import Invalid, NotFound, Problem
from rewards.kit.written import read_part
from rewards.web.access import me
from rewards.web.admin.saving import save
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed, beside
from rewards.web.words import words_for

categories = Blueprint("categories", __name__, url_prefix="/categories")

PLACE = "/admin/categories"
FIELDS = {"key": "name"}
NAME_LENGTH_MAX = 200


@categories.get("")
def show() -> ResponseReturnValue:
    """Each with how many activities it has and what they brought lately; `?saved=KEY` says which one was saved."""
    words, programme = words_for(me()), programme_in_force()
    brought = by_activity(last_days(30, words.today))
    rows = []
    for one in programme.categories.values():
        inside = [activity.key for activity in programme.activities.values() if activity.category == one.key]
        rows.append((one, len(inside), sum(brought[key].xp for key in inside if key in brought)))
    return answer(
        "admin/categories.html",
        rows=rows,
        words=words,
        saved=programme.categories.get(request.args.get("saved", "")),
        standard=STANDARD_CATEGORIES,
    )


@categories.get("/create")
def ask_for_category() -> ResponseReturnValue:
    """The form for a new one."""
    return _form({}, {})


@categories.post("/create")
def create() -> ResponseReturnValue:
    """A new category, known by a key made of its name."""
    return _save(Typed(request.form), None)


@categories.get("/<key>/edit")
def ask_for_changes(key: str) -> ResponseReturnValue:
    """The form with its name."""
    category = _category(key)
    return _form({"name": category.name}, {}, category)


@categories.post("/<key>/edit")
def change(key: str) -> ResponseReturnValue:
    """Call it otherwise."""
    return _save(Typed(request.form), _category(key))


def _save(typed: Typed, before: CategoryDocument | None) -> ResponseReturnValue:
    name = typed.text("name")
    try:
        if name is None:
            raise Invalid([Problem("name", "Enter a name, for example Kindness.")])
        key = before.key if before else key_from(name)
        if before is None and key in programme_in_force().categories:
            raise Invalid([Problem("name", "There is a category of this name already.")])
        category = _read(key, name)
        save("categories", category, note=f"{'Changed' if before else 'New'} category {name}")
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    address = f"{PLACE}?saved={category.key}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _read(key: str, name: str) -> CategoryDocument:
    try:
        return read_part(CategoryDocument, {"key": key, "name": name})
    except Invalid as error:
        raise beside(error, FIELDS) from error


def _form(
    typed: Mapping[str, Any], problems: Mapping[str, str], category: CategoryDocument | None = None, *, status: int = 200
) -> ResponseReturnValue:
    place = f"{PLACE}/{category.key}/edit" if category else f"{PLACE}/create"
    return answer("admin/category.html", "form", status=status, typed=typed, problems=problems, category=category, place=place)


def _category(key: str) -> CategoryDocument:
    found = programme_in_force().categories.get(key)
    if found is None:
        raise NotFound(f"category {key}")
    return found
