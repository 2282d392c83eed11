"""What came in and what came of it: every event with its decision in full, and deciding one again that failed."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from rewards.activities.listing import PAGE_ROWS, EventLine, Wanted, count_by_state, event_seen_by, events
from rewards.activities.models import State
from rewards.earning.in_force import programme_in_force
from rewards.earning.queueing import replay_event
from rewards.earning.undoing import undo_event
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.ledger.queries import moved_by
from rewards.people.models import User
from rewards.web.access import me
from rewards.web.answering import answer, leave_for, wants_part
from rewards.web.asking import day_asked_for, person_asked_for
from rewards.web.movements import Movements
from rewards.web.refusing import problems_of
from rewards.web.tracing import Trace
from rewards.web.undo_preview import UNDO_WORDS, UndoneStory, UndoPreview
from rewards.web.words import words_for

incoming = Blueprint("events", __name__, url_prefix="/events")

PLACE = "/admin/events"
VIEWS = (
    ("", "All"),
    (State.PROCESSED, "Processed"),
    (State.QUEUED, "Waiting"),
    (State.RETRYING, "Retrying"),
    (State.DEAD, "Failed"),
    (State.UNDONE, "Undone"),
    ("unmatched", "No rule matched"),
)
STATE_WORDS = {
    State.PROCESSED: "Processed",
    State.QUEUED: "Waiting",
    State.RETRYING: "Retrying",
    State.DEAD: "Failed",
    State.UNDONE: "Undone",
}
REPLAYABLE = (State.QUEUED, State.RETRYING, State.DEAD)


@incoming.get("")
def show() -> ResponseReturnValue:
    """A page of events as they came in, the latest first."""
    wanted, person, problems = _wanted()
    found = [] if problems else events(wanted, before_id=request.args.get("before", type=int), limit=PAGE_ROWS + 1)
    view = request.args.get("view", "")
    counts = {str(state): count for state, count in count_by_state().items() if state is not State.PROCESSED}
    return answer(
        "admin/events.html",
        "listing",
        lines=found[:PAGE_ROWS],
        next_before=found[PAGE_ROWS - 1].id if len(found) > PAGE_ROWS else None,
        views=[(_address(key), f"{word} {counts.get(key, 0) or ''}".strip(), key == view) for key, word in VIEWS],
        person=person,
        problems=problems,
        query=_query(),
        view=view,
        **_words(),
    )


@incoming.get("/<int:event_id>")
def show_one(event_id: int) -> ResponseReturnValue:
    """One event: what was sent, every step of its decision, and the movements it made."""
    return _event(event_seen_by(me(), event_id), {})


@incoming.post("/<int:event_id>/replay")
def replay(event_id: int) -> ResponseReturnValue:
    """Decide it again under the programme in force; what is done already stays as it is."""
    event_seen_by(me(), event_id)
    try:
        with db.write():
            replay_event(event_id=event_id, actor_id=me().id)
    except Refused as error:
        return _event(event_seen_by(me(), event_id), {"": error.message}, status=409)
    return redirect(f"{PLACE}/{event_id}", 303)


@incoming.get("/<int:event_id>/undo")
def ask_to_undo(event_id: int) -> ResponseReturnValue:
    """What undoing it would do, with the numbers before and after."""
    return _undo_form(event_id, {})


@incoming.post("/<int:event_id>/undo/preview")
def preview_undo(event_id: int) -> ResponseReturnValue:
    """All that would change. Nothing does."""
    return _undo_form(event_id, {}, is_exact=True)


@incoming.post("/<int:event_id>/undo")
def undo(event_id: int) -> ResponseReturnValue:
    """Undo it, with a reason; undone already, it stays so."""
    try:
        with db.write():
            undo_event(event_id=event_id, actor=me(), reason=request.form.get("reason", ""))
    except (Invalid, Refused) as error:
        return _undo_form(event_id, problems_of(error, UNDO_WORDS), 422 if isinstance(error, Invalid) else 409)
    return leave_for(f"{PLACE}/{event_id}")


def _undo_form(event_id: int, problems: dict[str, str], status: int = 200, *, is_exact: bool = False) -> ResponseReturnValue:
    told = _words()
    preview = UndoPreview(event_seen_by(me(), event_id), me(), told["moves"], is_exact)
    context = {"preview": preview, "place": f"{PLACE}/{event_id}", "reason": request.form.get("reason", "")}
    if is_exact and wants_part():
        return render_template("parts/undo_numbers.html", **context)
    return answer("admin/event_undo.html", "dialog", status=status, problems=problems, **context, **told)


def _event(line: EventLine, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    told = _words()
    return answer(
        "admin/event.html",
        status=status,
        line=line,
        trace=Trace(line.trace, told["words"], told["moves"]),
        transfers=moved_by(line.id),
        can_replay=line.state in REPLAYABLE,
        preview=UndoPreview(line, me(), told["moves"]),
        story=UndoneStory(line, told["moves"]),
        problems=problems,
        **told,
    )


def _wanted() -> tuple[Wanted, User | None, dict[str, str]]:
    asked = request.args
    problems: dict[str, str] = {}
    person = person_asked_for(asked.get("person", ""), problems)
    view = asked.get("view", "")
    wanted = Wanted(
        user_id=person.id if person else None,
        state=State(view) if view in set(State) else None,
        text=asked.get("q", ""),
        unmatched=view == "unmatched",
        first=day_asked_for(asked, "first", problems),
        last=day_asked_for(asked, "last", problems),
    )
    return wanted, person, problems


def _query() -> dict[str, str]:
    return {name: value for name in ("q", "view", "person", "first", "last") if (value := request.args.get(name, ""))}


def _address(view: str) -> str:
    query = {name: value for name, value in (_query() | {"view": view}).items() if value}
    return f"{PLACE}?{urlencode(query)}" if query else PLACE


def _words() -> dict[str, Any]:
    words = words_for(me())
    return {"words": words, "moves": Movements(words, programme_in_force()), "state_words": STATE_WORDS}
