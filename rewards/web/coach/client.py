"""A client's pages for their coach: how they are doing, and everything they did with how it was decided."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from rewards.activities.listing import PAGE_ROWS, EventLine, Wanted, event_seen_by, events
from rewards.activities.models import State
from rewards.earning.queueing import replay_event
from rewards.earning.undoing import undo_event
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import moved_by
from rewards.web.access import me
from rewards.web.admin.events import REPLAYABLE, STATE_WORDS
from rewards.web.answering import answer, leave_for, wants_part
from rewards.web.asking import day_asked_for
from rewards.web.coach.case import Case
from rewards.web.refusing import problems_of
from rewards.web.tracing import Trace
from rewards.web.undo_preview import UNDO_WORDS, UndoneStory, UndoPreview

client = Blueprint("client", __name__, url_prefix="/clients/<int:user_id>")

VIEWS = (
    ("", "All"),
    (State.QUEUED, "Waiting"),
    (State.RETRYING, "Retrying"),
    (State.DEAD, "Failed"),
    (State.UNDONE, "Undone"),
    ("unmatched", "No rule matched"),
)


@client.get("")
def show(user_id: int) -> ResponseReturnValue:
    """How they are doing; `?told=WHAT` says what was just done for them."""
    case = Case(me(), user_id)
    return answer("coach/client.html", case=case, tab="", told=request.args.get("told", ""))


@client.get("/log")
def show_log(user_id: int) -> ResponseReturnValue:
    """Everything they did and what came of it, the latest first; days are their own."""
    case, problems = Case(me(), user_id), dict[str, str]()
    view, asked = request.args.get("view", ""), request.args
    wanted = Wanted(
        user_id=case.person.id,
        state=State(view) if view in set(State) else None,
        text=asked.get("q", ""),
        unmatched=view == "unmatched",
        first=day_asked_for(asked, "first", problems),
        last=day_asked_for(asked, "last", problems),
    )
    found = [] if problems else events(wanted, before_id=asked.get("before", type=int), limit=PAGE_ROWS + 1)
    query = _query("q", "view", "first", "last")
    return answer(
        "coach/client_log.html",
        "listing",
        case=case,
        tab="log",
        lines=found[:PAGE_ROWS],
        next_before=found[PAGE_ROWS - 1].id if len(found) > PAGE_ROWS else None,
        views=[(_address(f"{case.place}/log", query | {"view": str(key)}), word, key == view) for key, word in VIEWS],
        problems=problems,
        query=query,
        state_words=STATE_WORDS,
    )


@client.get("/log/<int:event_id>")
def show_event(user_id: int, event_id: int) -> ResponseReturnValue:
    """One thing they did: what was sent, every step of its decision, and the movements it made."""
    return _event(Case(me(), user_id), event_id)


@client.post("/log/<int:event_id>/replay")
def replay(user_id: int, event_id: int) -> ResponseReturnValue:
    """Decide it again under the programme in force; what is done already stays as it is."""
    case = Case(me(), user_id)
    _event_of(case, event_id)
    try:
        with db.write():
            replay_event(event_id=event_id, actor_id=case.viewer.id)
    except Refused as error:
        return _event(Case(me(), user_id), event_id, problems_of(error), status=409)
    return redirect(f"{case.place}/log/{event_id}", 303)


@client.get("/log/<int:event_id>/undo")
def ask_to_undo(user_id: int, event_id: int) -> ResponseReturnValue:
    """What undoing it would do, with the numbers before and after."""
    return _undo_form(Case(me(), user_id), event_id, {})


@client.post("/log/<int:event_id>/undo/preview")
def preview_undo(user_id: int, event_id: int) -> ResponseReturnValue:
    """All that would change. Nothing does."""
    return _undo_form(Case(me(), user_id), event_id, {}, is_exact=True)


@client.post("/log/<int:event_id>/undo")
def undo(user_id: int, event_id: int) -> ResponseReturnValue:
    """Undo it, with a reason; undone already, it stays so."""
    case = Case(me(), user_id)
    _event_of(case, event_id)
    try:
        with db.write():
            undo_event(event_id=event_id, actor=case.viewer, reason=request.form.get("reason", ""))
    except (Invalid, Refused) as error:
        status = 422 if isinstance(error, Invalid) else 409
        return _undo_form(Case(me(), user_id), event_id, problems_of(error, UNDO_WORDS), status)
    return leave_for(f"/coach/clients/{user_id}/log/{event_id}")


def _undo_form(case: Case, event_id: int, problems: dict[str, str], status: int = 200, *, is_exact: bool = False) -> ResponseReturnValue:
    preview = UndoPreview(_event_of(case, event_id), case.viewer, case.moves, is_exact)
    context = {"case": case, "preview": preview, "place": f"{case.place}/log/{event_id}", "reason": request.form.get("reason", "")}
    if is_exact and wants_part():
        return render_template("parts/undo_numbers.html", **context)
    return answer("coach/client_undo.html", "dialog", status=status, problems=problems, **context)


def _event(case: Case, event_id: int, problems: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    line = _event_of(case, event_id)
    return answer(
        "coach/client_event.html",
        status=status,
        case=case,
        line=line,
        trace=Trace(line.trace, case.words, case.moves),
        transfers=moved_by(line.id),
        can_replay=line.state in REPLAYABLE,
        preview=UndoPreview(line, case.viewer, case.moves),
        story=UndoneStory(line, case.moves),
        problems=problems or {},
        state_words=STATE_WORDS,
    )


def _event_of(case: Case, event_id: int) -> EventLine:
    line = event_seen_by(case.viewer, event_id)
    if line.user_id != case.person.id:
        raise NotFound(f"event {event_id}")
    return line


def _query(*names: str) -> dict[str, str]:
    return {name: value for name in names if (value := request.args.get(name, ""))}


def _address(path: str, query: dict[str, str]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path
