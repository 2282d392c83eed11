"""Taking back what was just logged: by a real form, with the result where the entry stands."""

from flask import Blueprint, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from jinja2_fragments.flask import render_block, render_blocks

from rewards.activities.queries import LoggedEvent
from rewards.earning.undoing import undo_event
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.web.access import me
from rewards.web.answering import wants_part
from rewards.web.client.desk import Desk
from rewards.web.refusing import sentence

undoing = Blueprint("undoing", __name__, url_prefix="/log/<int:event_id>/undo")


@undoing.post("")
def undo(event_id: int) -> ResponseReturnValue:
    """Undo an event of theirs, once; where it cannot be undone, the entry says why."""
    try:
        with db.write():
            undo_event(event_id=event_id, actor=me())
    except Refused as error:
        return _log(event_id, refusal=sentence(error.message))
    return _log(event_id) if wants_part() else redirect(f"/client/log#event-{event_id}", 303)


def _log(event_id: int, refusal: str = "") -> ResponseReturnValue:
    # Read anew: the write block has closed what was read before it.
    desk, status = Desk(me()), 422 if refusal else 200
    event = desk.event(event_id)
    context = {"desk": desk, "log": desk.log(None), "undone": event, "refusal": refusal, "page": "log"}
    if not wants_part():
        return make_response(render_template("client/log.html", is_part=False, **context), status)
    context |= {"is_part": True, "said": refusal or (desk.said(event) if event else "")}
    parts = [render_block("client/log.html", "entries", **context), *_card(desk, event, context)]
    beside = render_blocks("shell.html", ["chips", "live"], **context)
    return make_response("".join([*parts, beside, render_blocks("client/frame.html", ["moments", "bell"], **context)]), status)


def _card(desk: Desk, event: LoggedEvent | None, context: dict[str, object]) -> list[str]:
    """The button that logs it: there may be room for another one again."""
    offer = next((one for one in desk.offers if event and one.key == event.activity), None)
    return [render_template("client/_activity.html", offer=offer, **context)] if offer else []
