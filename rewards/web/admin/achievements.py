"""Everybody's achievements and the coaches': an admin makes, changes and takes away all of them, and gives one to several at once."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from rewards.achievements.documents import AchievementDocument, AchievementType
from rewards.achievements.identities import achievement_ids
from rewards.earning.granting import award_achievement
from rewards.earning.in_force import forget_programme
from rewards.earning.retroacting import unlock_retroactively
from rewards.insights.reaching_back import count_earned
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Problem, Refused
from rewards.people.models import Role
from rewards.people.queries import user_by_email
from rewards.programme.owning import add_achievement, change_achievement, free_key, remove_achievement
from rewards.web import achievement_forms as form
from rewards.web.access import me
from rewards.web.achievement_lists import Shelf, achievement_seen_by
from rewards.web.admin.rehearsing import drafted, dry_run, is_dry_run
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import words_for

achievements = Blueprint("achievements", __name__, url_prefix="/achievements")

PLACE = "/admin/achievements"
TOLD = {"made": "Made. Everybody can earn it from now on.", "changed": "Saved.", "removed": "Taken away.", "off": "Switched off."}
GROUP_MAX = 100
NOTE_LENGTH_MAX = 500


@achievements.get("")
def show() -> ResponseReturnValue:
    """Everybody's and the coaches'; `?told=WHAT` says what was done."""
    told = TOLD.get(request.args.get("told", ""))
    given = request.args.get("given", type=int)
    if given is not None:
        told = f"Given to {given} {'person' if given == 1 else 'people'}."
    return answer("admin/achievements.html", "listing", shelf=Shelf(me(), request.args), place=PLACE, icons=form.ICONS, told=told)


@achievements.get("/create")
def ask_for_achievement() -> ResponseReturnValue:
    """The form for a new one; `?draft=ID` goes on with what was rehearsed."""
    draft = drafted(AchievementDocument)
    return _form(form.form_of(draft) if draft else form.empty_form(), {})


@achievements.post("/create")
def create() -> ResponseReturnValue:
    """A new one for everybody."""
    typed, admin = Typed(request.form), me()
    try:
        wanted = form.read_achievement(typed)
        if is_dry_run():
            # Under the key that it will have: that of another would be another's change.
            new = wanted.model_copy(update={"key": free_key(wanted.key)})
            return dry_run("achievements", new, subject=f"Achievement {new.name}")
        with db.write():
            made = add_achievement(achievement=wanted, actor=admin)
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _saved("made", made)


@achievements.post("/create/preview")
def preview_new() -> ResponseReturnValue:
    """What would come of what is typed so far. Nothing is saved."""
    return _preview(None)


@achievements.get("/<int:achievement_id>/edit")
def ask_for_changes(achievement_id: int) -> ResponseReturnValue:
    """The form with what holds now."""
    achievement = achievement_seen_by(me(), achievement_id)
    return _form(form.form_of(drafted(AchievementDocument) or achievement), {}, achievement)


@achievements.post("/<int:achievement_id>/edit")
def change(achievement_id: int) -> ResponseReturnValue:
    """Change one. It stays whose it is."""
    before, typed, admin = achievement_seen_by(me(), achievement_id), Typed(request.form), me()
    try:
        wanted = form.read_achievement(typed, before)
        if is_dry_run():
            return dry_run("achievements", wanted, subject=f"Achievement {wanted.name}")
        with db.write():
            change_achievement(achievement=wanted, actor=admin)
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    return _saved("changed", wanted)


@achievements.post("/<int:achievement_id>/edit/preview")
def preview_changes(achievement_id: int) -> ResponseReturnValue:
    """The same for one that is there already."""
    return _preview(achievement_seen_by(me(), achievement_id))


@achievements.get("/<int:achievement_id>/deletion")
def ask_to_remove(achievement_id: int) -> ResponseReturnValue:
    """What taking it away would do; where somebody has it, switching it off is offered instead."""
    return _deletion(achievement_seen_by(me(), achievement_id), {})


@achievements.post("/<int:achievement_id>")
def remove_by_form(achievement_id: int) -> ResponseReturnValue:
    """What a form means by `_method`: browsers have no other way to send it."""
    if request.form.get("_method", "").upper() != "DELETE":
        abort(405)
    return remove(achievement_id)


@achievements.delete("/<int:achievement_id>")
def remove(achievement_id: int) -> ResponseReturnValue:
    """Take away one that nobody has yet."""
    achievement, admin = achievement_seen_by(me(), achievement_id), me()
    try:
        with db.write():
            remove_achievement(key=achievement.key, actor=admin)
    except Refused as error:
        return _deletion(achievement, problems_of(error), status=409)
    return _go(f"{PLACE}?told=removed")


@achievements.post("/<int:achievement_id>/deactivation")
def switch_off(achievement_id: int) -> ResponseReturnValue:
    """Nobody earns it any more; whoever has it keeps it."""
    achievement, admin = achievement_seen_by(me(), achievement_id), me()
    with db.write():
        change_achievement(achievement=achievement.model_copy(update={"active": False}), actor=admin)
    return _go(f"{PLACE}?told=off")


@achievements.get("/<int:achievement_id>/group")
def ask_for_group(achievement_id: int) -> ResponseReturnValue:
    """Whom to give it to."""
    return _group(_by_hand(achievement_id), {}, {})


@achievements.post("/<int:achievement_id>/group")
def award_group(achievement_id: int) -> ResponseReturnValue:
    """Give it to several people: to all of them, or to nobody where one cannot have it."""
    achievement, typed, admin_id = _by_hand(achievement_id), Typed(request.form), me().id
    try:
        people, note = _people(typed), typed.text("note")
        if len(note or "") > NOTE_LENGTH_MAX:
            raise Invalid([Problem("note", f"Use at most {NOTE_LENGTH_MAX} characters.")])
        with db.write():
            for user_id, email in people:
                _award(user_id, email, achievement, admin_id, note)
    except Invalid as error:
        return _group(achievement_seen_by(me(), achievement_id), typed, problems_of(error), status=422)
    return _go(f"{PLACE}?given={len(people)}")


def _award(user_id: int, email: str, achievement: AchievementDocument, admin_id: int, note: str | None) -> None:
    try:
        award_achievement(user_id=user_id, achievement=achievement.key, awarded_by=admin_id, note=note)
    except Refused as error:
        raise Invalid([Problem("emails", f"Nothing was given. {email}: {error.message}")]) from error
    except NotFound as error:
        raise Invalid(
            [Problem("emails", f"Nothing was given: {email} is a client of another coach, whose achievement this is not.")]
        ) from error


def _people(typed: Typed) -> list[tuple[int, str]]:
    """The clients who were named, each once. Raises Invalid with everybody who is not known."""
    emails = list(dict.fromkeys(str(typed.get("emails", "")).replace(",", " ").split()))
    if not emails or len(emails) > GROUP_MAX:
        raise Invalid([Problem("emails", f"Enter 1 to {GROUP_MAX} e-mail addresses, one a line.")])
    found = {email: user_by_email(email) for email in emails}
    unknown = [email for email, user in found.items() if user is None or user.role != Role.CLIENT]
    if unknown:
        raise Invalid([Problem("emails", f"No client has the address {', '.join(unknown[:5])}.")])
    return [(user.id, email) for email, user in found.items() if user]


def _by_hand(achievement_id: int) -> AchievementDocument:
    found = achievement_seen_by(me(), achievement_id)
    if found.type != AchievementType.MANUAL or not found.active:
        raise NotFound(f"achievement {achievement_id} is not given by hand")
    return found


def _saved(told: str, achievement: AchievementDocument) -> ResponseReturnValue:
    forget_programme()
    if "give_now" in request.form and achievement.active and achievement.type == AchievementType.AUTOMATIC:
        unlock_retroactively(achievement=achievement.key, actor_id=me().id)
    return _go(f"{PLACE}?told={told}")


def _go(address: str) -> ResponseReturnValue:
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _preview(before: AchievementDocument | None) -> ResponseReturnValue:
    context = _context(Typed(request.form), {}, before)
    return form.preview_part(context) or answer("admin/achievement.html", **context)


def _form(
    typed: Mapping[str, Any], problems: Mapping[str, str], before: AchievementDocument | None = None, status: int = 200
) -> ResponseReturnValue:
    return answer("admin/achievement.html", "form", status=status, **_context(typed, problems, before))


def _context(typed: Mapping[str, Any], problems: Mapping[str, str], before: AchievementDocument | None) -> dict[str, Any]:
    at = _id_of(before) if before else None
    place = f"{PLACE}/{at}/edit" if at else f"{PLACE}/create"
    return form.context_of(typed, problems, before, viewer=me(), place=place, back=PLACE) | {"achievement_id": at}


def _group(
    achievement: AchievementDocument, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    context = {"achievement": achievement, "achievement_id": _id_of(achievement), "typed": typed, "problems": problems}
    return answer("admin/achievement_group.html", "form", status=status, **context)


def _deletion(achievement: AchievementDocument, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    return answer(
        "admin/achievement_deletion.html",
        "dialog",
        status=status,
        achievement=achievement,
        achievement_id=_id_of(achievement),
        earned=count_earned(me()).get(achievement.key, 0),
        problems=problems,
        words=words_for(me()),
    )


def _id_of(achievement: AchievementDocument) -> int:
    return achievement_ids([achievement.key])[achievement.key]
