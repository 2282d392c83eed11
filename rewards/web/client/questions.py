"""A client misses points: about an entry of the log, or about something that is not there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.queries import event_of
from rewards.activities.reserved import RESERVED
from rewards.earning.asking import ask_about_event, ask_about_missing, questions_of
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.queries import is_storable
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.client.desk import Desk
from rewards.web.client.explaining import Explanation
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed

questions = Blueprint("questions", __name__)

WORDS = {
    "note": "Say in up to 500 characters what is missing.",
    "activity": "Choose what you did.",
    "day": "Choose a day of the last 60 days.",
}


@questions.get("/questions")
def show() -> ResponseReturnValue:
    """What they asked and what was answered, and the form for what is not in their log."""
    return _page({}, {})


@questions.post("/questions")
def ask() -> ResponseReturnValue:
    """Say that something they did is not there."""
    typed, person = Typed(request.form), me()
    try:
        day = _day(typed.text("day"))
        with db.write():
            ask_about_missing(user_id=person.id, activity=typed.text("activity") or "", day=day, note=_note(typed))
    except (Invalid, Refused) as error:
        return _page(typed, problems_of(error, WORDS), status=422)
    return redirect("/client/questions?told=asked", 303)


@questions.post("/log/<int:event_id>/question")
def ask_about(event_id: int) -> ResponseReturnValue:
    """Say that an entry should have brought more."""
    typed, person = Typed(request.form), me()
    try:
        with db.write():
            ask_about_event(user_id=person.id, event_id=event_id, note=_note(typed))
    except (Invalid, Refused) as error:
        return _explanation(event_id, typed, problems_of(error, WORDS), status=422)
    return _explanation(event_id, {}, {}) if wants_part() else redirect(f"/client/log/{event_id}", 303)


def _explanation(event_id: int, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    desk = Desk(me())
    event = event_of(desk.person.id, event_id)
    explanation = Explanation(desk, event) if event.is_decided else None
    context = {"desk": desk, "event": event, "explanation": explanation, "typed": typed, "problems": problems}
    return answer("client/explanation.html", "asking", status=status, asked=questions_of(desk.person.id, event_id=event_id), **context)


def _page(typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    desk = Desk(me())
    activities = [one for one in desk.programme.activities.values() if one.active and one.key not in RESERVED]
    offered = sorted(((one.key, one.name) for one in activities), key=lambda pair: pair[1].casefold())
    context = {"desk": desk, "asked": questions_of(desk.person.id), "activities": [("", "Choose"), *offered], "typed": typed}
    return answer("client/questions.html", status=status, problems=problems, told=request.args.get("told", ""), **context)


def _note(typed: Typed) -> str:
    note = typed.text("note") or ""
    if not is_storable(note):
        raise Invalid.single("note", "Use plain text.")
    return note


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Invalid.single("day", "a day", text) from None
