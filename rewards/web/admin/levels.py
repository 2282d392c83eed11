"""Levels: the ladder, how many clients stand on each rung, and what a change of it would do to them before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.in_force import programme_in_force
from rewards.insights.climbing import Movement, count_by_level, movement_between
from rewards.kit.errors import Invalid, NotFound, Problem
from rewards.kit.written import read_part
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import GROUND, Ladder, missteps
from rewards.web.access import me
from rewards.web.admin.rehearsing import drafted, dry_run, is_dry_run
from rewards.web.admin.saving import save
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed, beside, number_text, with_held
from rewards.web.words import words_for

levels = Blueprint("levels", __name__, url_prefix="/levels")

PLACE = "/admin/levels"
# Symbols that a level may have, with what they show.
ICONS = {
    "rosette": "Rosette",
    "medal": "Medal",
    "trophy": "Trophy",
    "star": "Star",
    "award": "Award",
    "flame": "Flame",
    "bolt": "Lightning",
    "sparkles": "Sparkles",
    "leaf": "Leaf",
    "heart": "Heart",
    "target": "Target",
    "shield-lock": "Shield",
}
FIELDS = {"levels": ""}


@dataclass(frozen=True, slots=True)
class Rung:
    """A level, how far it is above the one below, and how many clients stand on it."""

    level: LevelDocument
    gap: int | None
    clients: int


@levels.get("")
def show() -> ResponseReturnValue:
    """The ladder, lowest first; `?saved=NUMBER` says which level was saved."""
    ladder = _ladder()
    clients = count_by_level(ladder)
    below = [None, *ladder.levels]
    rungs = [
        Rung(level, level.xp_required - lower.xp_required if lower else None, clients[level.number])
        for lower, level in zip(below, ladder.levels, strict=False)
    ]
    saved = next((one for one in ladder.levels if str(one.number) == request.args.get("saved")), None)
    return answer("admin/levels.html", rungs=rungs, words=words_for(me()), saved=saved, icons=ICONS)


@levels.get("/create")
def ask_for_level() -> ResponseReturnValue:
    """The form for one more level, on top; `?draft=ID` goes on with what was rehearsed."""
    if draft := drafted(LevelDocument):
        return _form({**_typed(draft), "number": str(draft.number)}, {})
    return _form({"number": str(_ladder().levels[-1].number + 1), "icon": "rosette"}, {})


@levels.post("/create")
def create() -> ResponseReturnValue:
    """One more level."""
    return _save(Typed(request.form), None)


@levels.get("/<int:number>/edit")
def ask_for_changes(number: int) -> ResponseReturnValue:
    """The form with what holds now."""
    level = _level(number)
    return _form(_typed(drafted(LevelDocument) or level), {}, level)


@levels.post("/<int:number>/edit")
def change(number: int) -> ResponseReturnValue:
    """Change a level."""
    return _save(Typed(request.form), _level(number))


@levels.post("/effect")
def tell_effect() -> ResponseReturnValue:
    """Who would move, while the form is being filled in. Nothing is saved."""
    typed = Typed(request.form)
    number = request.form.get("of", type=int)
    level = _level(number) if number else None
    try:
        movement = _movement(_read(typed, level))
    except Invalid:
        # What is wrong is said when the form is sent, not while it is being typed.
        movement = None
    return _form(typed, {}, level, movement=movement, part="effect")


def _save(typed: Typed, before: LevelDocument | None) -> ResponseReturnValue:
    try:
        level = _read(typed, before)
        ground = [GROUND] if level.number != GROUND.number and _ladder().levels == [GROUND] else []
        if is_dry_run():
            return dry_run("levels", level, *ground, subject=f"Level {level.name}", fields=FIELDS)
        movement = _movement(level)
        # Nobody is moved by surprise: who sends the form has seen how many it moves.
        if movement and typed.get("seen") != _seen(movement):
            return _form(typed, {}, before, movement=movement, must_see=True)
        save("levels", level, *ground, note=f"{'Changed' if before else 'New'} level {level.name}", fields=FIELDS)
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    address = f"{PLACE}?saved={level.number}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _read(typed: Typed, before: LevelDocument | None) -> LevelDocument:
    ladder = _ladder()
    members: dict[str, Any] = {
        "number": before.number if before else typed.whole("number"),
        "name": typed.line("name", before.name if before else None) or "",
        "xp_required": typed.whole("xp_required"),
        "icon": typed.text("icon"),
        "multiplier": typed.fraction("multiplier"),
        "perks": before.perks
        if before and _lines(typed.get("perks", "")) == _lines("\n".join(before.perks))
        else _lines(typed.get("perks", "")),
    }
    for name, said in (("number", "Enter the number of the level."), ("xp_required", "Enter how much XP it takes.")):
        if members[name] is None:
            typed.problems.setdefault(name, said)
    if not members["name"]:
        typed.problems["name"] = "Enter a name, for example Diamond."
    if before is None and any(level.number == members["number"] for level in ladder.levels):
        typed.problems["number"] = "This number is taken. Edit the level that has it, or choose another."
    typed.check()
    try:
        level = read_part(LevelDocument, members)
    except Invalid as error:
        raise beside(error, {}) from error
    wrong = missteps([*(one for one in ladder.levels if one.number != level.number), level])
    if wrong:
        number, message = next(iter(wrong.items()))
        told = (
            f"XP must rise from level to level: {message}" if number == level.number else f"Level {number} would be too low then: {message}"
        )
        raise Invalid([Problem("xp_required", told)])
    return level


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _movement(level: LevelDocument) -> Movement:
    before = _ladder()
    after = Ladder([*(one for one in before.levels if one.number != level.number), level])
    return movement_between(before, after)


def _seen(movement: Movement) -> str:
    return f"{movement.up} up, {movement.down} down"


def _form(
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    level: LevelDocument | None = None,
    *,
    movement: Movement | None = None,
    must_see: bool = False,
    status: int = 200,
    part: str = "form",
) -> ResponseReturnValue:
    ladder = _ladder()
    return answer(
        "admin/level.html",
        part,
        status=status,
        typed=typed,
        problems=problems,
        level=level,
        ladder=ladder,
        movement=movement,
        must_see=must_see,
        seen=_seen(movement) if movement else "",
        icons=with_held(ICONS.items(), [level.icon] if level else []),
        words=words_for(me()),
        place=f"{PLACE}/{level.number}/edit" if level else f"{PLACE}/create",
    )


def _typed(level: LevelDocument) -> dict[str, Any]:
    return {
        "name": level.name,
        "xp_required": number_text(level.xp_required),
        "icon": level.icon or "",
        "multiplier": number_text(level.multiplier),
        "perks": "\n".join(level.perks),
    }


def _ladder() -> Ladder:
    return programme_in_force().ladder


def _level(number: int) -> LevelDocument:
    found = next((one for one in _ladder().levels if one.number == number), None)
    if found is None:
        raise NotFound(f"level {number}")
    return found
