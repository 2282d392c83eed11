"""Notes about a client: one list with a form above it for their coach, and the same for admins."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.people.noting import PAGE_ROWS, add_note, change_note, may_change, note_about, notes_about, remove_note
from rewards.people.queries import client_of
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.coach.case import Case
from rewards.web.refusing import problems_of
from rewards.web.words import words_for

CLIENTS = {"coach": "clients", "admin": "people"}


def note_pages(audience: str) -> Blueprint:
    """The pages of one audience: the same for both."""
    pages = Blueprint("notes", __name__, url_prefix=f"/{CLIENTS[audience]}/<int:user_id>/notes")
    pages.get("")(show)
    pages.post("")(add)
    pages.get("/<int:note_id>/edit")(ask)
    pages.post("/<int:note_id>/edit")(change)
    pages.post("/<int:note_id>/removal")(remove)
    return pages


def show(user_id: int) -> ResponseReturnValue:
    """What is remembered about them, newest first."""
    return _page(user_id, "", {})


def add(user_id: int) -> ResponseReturnValue:
    """One more."""
    text = request.form.get("text", "")
    try:
        with db.write():
            add_note(user_id=user_id, text=text, actor=me())
    except Invalid as error:
        return _page(user_id, text, problems_of(error), status=422)
    return redirect(_place(user_id), 303)


def ask(user_id: int, note_id: int) -> ResponseReturnValue:
    """The form of one."""
    return _form(user_id, note_id, note_about(me(), user_id, note_id).text, {})


def change(user_id: int, note_id: int) -> ResponseReturnValue:
    """Other words."""
    text = request.form.get("text", "")
    try:
        with db.write():
            change_note(user_id=user_id, note_id=note_id, text=text, actor=me())
    except Invalid as error:
        return _form(user_id, note_id, text, problems_of(error), status=422)
    return redirect(_place(user_id), 303)


def remove(user_id: int, note_id: int) -> ResponseReturnValue:
    """Away with it."""
    with db.write():
        remove_note(user_id=user_id, note_id=note_id, actor=me())
    return redirect(_place(user_id), 303)


def _place(user_id: int) -> str:
    role = me().role
    return f"/{role}/{CLIENTS[role]}/{user_id}/notes"


def _page(user_id: int, text: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    viewer = me()
    before = request.args.get("before", type=int)
    found = notes_about(viewer, user_id, before_id=before, limit=PAGE_ROWS + 1)
    return answer(
        f"{viewer.role}/client_notes.html",
        status=status,
        # What stands above all pages about a client is a coach's.
        case=Case(viewer, user_id) if viewer.role == "coach" else None,
        tab="notes",
        person=client_of(viewer, user_id),
        place=_place(user_id),
        words=words_for(viewer),
        notes=[(line, may_change(viewer, line.note)) for line in found[:PAGE_ROWS]],
        next_before=found[PAGE_ROWS - 1].note.id if len(found) > PAGE_ROWS else None,
        is_first=before is None,
        typed=text,
        problems=problems,
    )


def _form(user_id: int, note_id: int, text: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    viewer = me()
    note_about(viewer, user_id, note_id)
    context = {"person": client_of(viewer, user_id), "place": _place(user_id), "note_id": note_id, "typed": text, "problems": problems}
    return answer("parts/note.html", "dialog", status=status, frame=f"{viewer.role}/frame.html", **context)
