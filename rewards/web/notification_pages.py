"""What happened to somebody that they may want to know: told on the bell until it was read, listed for good, the unread first."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.achievements.acknowledging import acknowledge_unlocks
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.levels.acknowledging import acknowledge_reaches
from rewards.messages.notices import ID_MAX, PAGE_ROWS, NoticeLine, mark_one_seen, mark_seen, notices_of
from rewards.people.models import Role
from rewards.web.access import home_of, me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk
from rewards.web.notice_words import notifications
from rewards.web.words import words_for


def notification_pages(role: Role) -> Blueprint:
    """The pages of one audience: the same for all of them."""
    pages = Blueprint("notifications", __name__, url_prefix="/notifications")
    pages.get("")(show)
    pages.post("/reading")(read_all)
    pages.post("/<int:notice_id>/reading")(read_one)
    return pages


def show() -> ResponseReturnValue:
    """The unread ones and, below them, those that were read; `?new_before=` and `?before=` are the pages after the first."""
    person = me()
    new_before, before = (_id(name) for name in ("new_before", "before"))
    new = [] if before else notices_of(person.id, seen=False, before_id=new_before, limit=PAGE_ROWS + 1)
    read = [] if len(new) > PAGE_ROWS else notices_of(person.id, seen=True, before_id=before, limit=PAGE_ROWS + 1)
    lines = [*new[:PAGE_ROWS], *read[:PAGE_ROWS]]
    words = words_for(person)
    return answer(
        "parts/notifications.html",
        frame=f"{person.role}/frame.html",
        home=home_of(person),
        words=words,
        desk=Desk(person) if person.role == Role.CLIENT else None,
        rows=notifications(person, words, programme_in_force(), lines),
        last_id=max((line.id for line in new), default=0),
        next_page=_next(new, "new_before") or _next(read, "before"),
        is_first=not (before or new_before),
    )


def read_all() -> ResponseReturnValue:
    """They have read what they were shown."""
    person, last_id = me(), _id("last_id", request.form.get("last_id"))
    with db.write():
        mark_seen(user_id=person.id, up_to_id=last_id)
        if person.role == Role.CLIENT and last_id:
            # The same moments, told in a list: no dialog tells them again.
            acknowledge_reaches(user_id=person.id, up_to=_id("level", request.form.get("level")))
            acknowledge_unlocks(user_id=person.id, up_to_id=_id("unlock_id", request.form.get("unlock_id")))
    return redirect(f"{home_of(person)}/notifications", 303)


def read_one(notice_id: int) -> ResponseReturnValue:
    """They have read this one."""
    person = me()
    with db.write():
        mark_one_seen(user_id=person.id, notice_id=notice_id)
    return redirect(f"{home_of(person)}/notifications", 303)


def _next(lines: list[NoticeLine], member: str) -> str:
    return f"?{member}={lines[PAGE_ROWS - 1].id}" if len(lines) > PAGE_ROWS else ""


def _id(name: str, typed: str | None = None) -> int:
    text = typed if typed is not None else request.args.get(name, "")
    return min(int(text), ID_MAX) if text.isascii() and text.isdigit() and len(text) < 20 else 0
