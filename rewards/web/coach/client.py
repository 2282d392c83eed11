"""A client's pages for their coach: how they are doing, and everything they did with how it was decided."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.listing import PAGE_ROWS, EventLine, Wanted, event_seen_by, events
from rewards.activities.models import State
from rewards.earning.queueing import replay_event
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.ledger.queries import moved_by
from rewards.web.access import me
from rewards.web.admin.events import REPLAYABLE, STATE_WORDS
from rewards.web.answering import answer
from rewards.web.asking import day_asked_for
from rewards.web.coach.case import Case
from rewards.web.refusing import problems_of
from rewards.web.tracing import Trace

client = Blueprint("client", __name__, url_prefix="/clients/<int:user_id>")

VIEWS = (("", "All"), (State.QUEUED, "Waiting"), (State.RETRYING, "Retrying"), (State.DEAD, "Failed"), ("unmatched", "No rule matched"))


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
