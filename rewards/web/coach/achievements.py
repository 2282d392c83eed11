"""A coach's achievements: everybody's to read, their own to make, to change and to take away."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from rewards.achievements.documents import AchievementDocument, AchievementType
from rewards.achievements.identities import achievement_ids
from rewards.earning.in_force import forget_programme, programme_in_force
from rewards.earning.retroacting import unlock_retroactively
from rewards.insights.reaching_back import count_earned
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.programme.owning import add_achievement, change_achievement, may_change, remove_achievement
from rewards.web import achievement_forms as form
from rewards.web.access import me
from rewards.web.achievement_lists import Shelf, achievement_seen_by
from rewards.web.achievement_sentences import sentence
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import words_for

achievements = Blueprint("achievements", __name__, url_prefix="/achievements")

PLACE = "/coach/achievements"
TOLD = {"made": "Made. Your clients can earn it from now on.", "changed": "Saved.", "removed": "Taken away.", "off": "Switched off."}


@achievements.get("")
def show() -> ResponseReturnValue:
    """Their own and everybody's; `?told=WHAT` says what was done."""
    told = TOLD.get(request.args.get("told", ""))
    return answer("coach/achievements.html", "listing", shelf=Shelf(me(), request.args), place=PLACE, icons=form.ICONS, told=told)


@achievements.get("/create")
def ask_for_achievement() -> ResponseReturnValue:
    """The form for a new one; `?type=manual` for one that is given by hand."""
    usual = form.empty_form()
    return _form(usual | {"type": "manual"} if request.args.get("type") == "manual" else usual, {})


@achievements.post("/create")
def create() -> ResponseReturnValue:
    """A new one of their own."""
    typed, coach = Typed(request.form), me()
    try:
        wanted = form.read_achievement(typed, coach_id=coach.id)
        with db.write():
            made = add_achievement(achievement=wanted, actor=coach)
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _saved("made", made)


@achievements.get("/<int:achievement_id>/edit")
def ask_for_changes(achievement_id: int) -> ResponseReturnValue:
    """The form with what holds now; a System one is read only."""
    achievement = achievement_seen_by(me(), achievement_id)
    if not may_change(me(), achievement):
        return _read_only(achievement)
    return _form(form.form_of(achievement), {}, achievement)


@achievements.post("/<int:achievement_id>/edit")
def change(achievement_id: int) -> ResponseReturnValue:
    """Change one of their own."""
    before, typed, coach = _own(achievement_id), Typed(request.form), me()
    try:
        wanted = form.read_achievement(typed, before)
        with db.write():
            change_achievement(achievement=wanted, actor=coach)
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    return _saved("changed", wanted)


@achievements.post("/create/preview")
def preview_new() -> ResponseReturnValue:
    """What would come of what is typed so far. Nothing is saved."""
    return _preview(None)


@achievements.post("/<int:achievement_id>/edit/preview")
def preview_changes(achievement_id: int) -> ResponseReturnValue:
    """The same for one that is there already."""
    return _preview(_own(achievement_id))


@achievements.get("/<int:achievement_id>/deletion")
def ask_to_remove(achievement_id: int) -> ResponseReturnValue:
    """What taking it away would do; where somebody has it, switching it off is offered instead."""
    return _deletion(_own(achievement_id), {})


@achievements.post("/<int:achievement_id>")
def remove_by_form(achievement_id: int) -> ResponseReturnValue:
    """What a form means by `_method`: browsers have no other way to send it."""
    if request.form.get("_method", "").upper() != "DELETE":
        abort(405)
    return remove(achievement_id)


@achievements.delete("/<int:achievement_id>")
def remove(achievement_id: int) -> ResponseReturnValue:
    """Take away one of their own that nobody has yet."""
    achievement, coach = _own(achievement_id), me()
    try:
        with db.write():
            remove_achievement(key=achievement.key, actor=coach)
    except Refused as error:
        return _deletion(achievement, problems_of(error), status=409)
    return _done("removed")


@achievements.post("/<int:achievement_id>/deactivation")
def switch_off(achievement_id: int) -> ResponseReturnValue:
    """Nobody earns it any more; whoever has it keeps it."""
    achievement, coach = _own(achievement_id), me()
    with db.write():
        change_achievement(achievement=achievement.model_copy(update={"active": False}), actor=coach)
    return _done("off")


def _own(achievement_id: int) -> AchievementDocument:
    found = achievement_seen_by(me(), achievement_id)
    if not may_change(me(), found):
        raise NotFound(f"achievement {achievement_id}")
    return found


def _saved(told: str, achievement: AchievementDocument) -> ResponseReturnValue:
    forget_programme()
    if "give_now" in request.form and achievement.active and achievement.type == AchievementType.AUTOMATIC:
        unlock_retroactively(achievement=achievement.key, actor_id=me().id)
    return _done(told)


def _done(told: str) -> ResponseReturnValue:
    address = f"{PLACE}?told={told}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _preview(before: AchievementDocument | None) -> ResponseReturnValue:
    context = _context(Typed(request.form), {}, before)
    return form.preview_part(context) or answer("coach/achievement.html", **context)


def _form(
    typed: Mapping[str, Any], problems: Mapping[str, str], before: AchievementDocument | None = None, status: int = 200
) -> ResponseReturnValue:
    return answer("coach/achievement.html", "form", status=status, **_context(typed, problems, before))


def _context(typed: Mapping[str, Any], problems: Mapping[str, str], before: AchievementDocument | None) -> dict[str, Any]:
    at = achievement_ids([before.key])[before.key] if before else None
    return form.context_of(
        typed,
        problems,
        before,
        viewer=me(),
        place=f"{PLACE}/{at}/edit" if at else f"{PLACE}/create",
        back=PLACE,
    ) | {"achievement_id": at}


def _read_only(achievement: AchievementDocument) -> ResponseReturnValue:
    words = words_for(me())
    return answer(
        "coach/system_achievement.html",
        achievement=achievement,
        sentence=sentence(achievement, programme_in_force(), words),
        earned=count_earned(me()).get(achievement.key, 0),
        words=words,
        icons=form.ICONS,
    )


def _deletion(achievement: AchievementDocument, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    # What a write block found is asked for anew: it has closed what was read before.
    return answer(
        "coach/achievement_deletion.html",
        "dialog",
        status=status,
        achievement=achievement,
        achievement_id=achievement_ids([achievement.key])[achievement.key],
        earned=count_earned(me()).get(achievement.key, 0),
        problems=problems,
        words=words_for(me()),
    )
