"""Logging: a client says what they did, and sees what it came to where they pressed the button."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from jinja2_fragments.flask import render_block, render_blocks
from wtforms import StringField
from wtforms.validators import Length, Regexp, ValidationError

from rewards.activities.documents import ActivityDocument
from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.activities.queries import event_of
from rewards.earning.asking import questions_of
from rewards.earning.processing import record_and_process
from rewards.earning.queries import Offer, offer_of
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, Problem, Refused
from rewards.kit.values import AMOUNT_MAX
from rewards.people.queries import is_storable
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.client.desk import Desk
from rewards.web.client.explaining import Explanation

log = Blueprint("log", __name__, url_prefix="/log")

NOTE_LENGTH_MAX = 500
# 1 000,50 and 1.000,50 are as good as 1000.50: the last sign is the decimal one where at most two digits follow it.
KEY = re.compile(r"[A-Za-z0-9_-]{8,100}\Z")
AMOUNT = re.compile(r"\d{1,12}([.,]\d{1,6})?")
GROUPS = re.compile(r"(?<=\d)[\s\u00a0\u202f'\u2019](?=\d{3}(\D|$))")


def _plain_text(form: FlaskForm, field: StringField) -> None:
    if not is_storable(field.data or ""):
        raise ValidationError("Use plain text.")


class LogForm(FlaskForm):
    """What a client says about something they did. Amounts stay text until the activity says what is counted."""

    activity = StringField()
    amount = StringField()
    note = StringField(validators=[Length(max=NOTE_LENGTH_MAX, message=f"Use at most {NOTE_LENGTH_MAX} characters."), _plain_text])
    day = StringField()
    page = StringField()
    idempotency_key = StringField(validators=[Regexp(KEY, message="A key of the page's own is expected.")])


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed and what is wrong with it, to show both again."""

    activity: str
    typed: Mapping[str, str]
    problems: Mapping[str, str]


@log.get("")
def show() -> ResponseReturnValue:
    """Everything that can be logged, and the log; `?before=ID` shows what is older than that event."""
    return _log_page(Desk(me()))


@log.get("/<int:event_id>")
def explain(event_id: int) -> ResponseReturnValue:
    """Why an event of theirs brought what it brought."""
    desk = Desk(me())
    event = event_of(desk.person.id, event_id)
    explanation = Explanation(desk, event) if event.is_decided else None
    # The part tells how it was decided; whoever misses something goes on to the page.
    asked = None if wants_part() else questions_of(desk.person.id, event_id=event_id)
    return answer("client/explanation.html", "explanation", desk=desk, event=event, explanation=explanation, asked=asked)


@log.post("")
def add() -> ResponseReturnValue:
    """Log one activity."""
    form, desk = LogForm(), Desk(me())
    offer = offer_of(desk.offers, form.activity.data or "")
    try:
        event_id = _record(_told(form, offer.document, desk))
    except (Invalid, Refused) as error:
        return _ask_again(form, desk, offer, error)
    return _show_award(form, offer, event_id)


def _record(event: NewEvent) -> int:
    with db.write():
        [told] = record_and_process([event])
    if isinstance(told, DomainError):
        raise told
    return int(told["event_id"])


def _told(form: LogForm, activity: ActivityDocument, desk: Desk) -> NewEvent:
    if not form.validate():
        raise Invalid([Problem(str(name), str(next(iter(said)))) for name, said in form.errors.items()])
    note = (form.note.data or "").strip()
    metadata: dict[str, Any] = {"note": note} if note else {}
    if activity.per_unit:
        metadata[activity.per_unit.field] = _amount(form.amount.data or "", activity.per_unit.field)
    object_type, _, action = activity.key.rpartition("_")
    return NewEvent(
        user_id=desk.person.id,
        action=action,
        object_type=object_type or activity.key,
        activity=activity.key,
        source=f"page:{desk.person.id}",
        recorder=Recorder.CLIENT,
        metadata=metadata,
        occurred_at=_moment(form.day.data, desk),
        idempotency_key=form.idempotency_key.data,
        actor_id=desk.person.id,
    )


def _amount(typed: str, unit: str) -> int | float:
    text = GROUPS.sub("", typed.strip()).replace(",", ".")
    amount = Decimal(text) if AMOUNT.fullmatch(text) else Decimal(0)
    if not 0 < amount <= AMOUNT_MAX:
        raise Invalid.single("amount", f"Enter how many {unit}, for example 2.5.")
    return int(amount) if amount == int(amount) else float(amount)


def _moment(day: str | None, desk: Desk) -> datetime | None:
    """None for now. Yesterday is meant as a whole: its noon is the same for the same form sent twice."""
    yesterday = desk.words.today - timedelta(days=1)
    if not day or day == desk.words.today.isoformat():
        return None
    if day != yesterday.isoformat():
        raise Invalid.single("day", "Choose today or yesterday.")
    return datetime.combine(yesterday, time(12), desk.words.zone)


def _show_award(form: LogForm, offer: Offer, event_id: int) -> ResponseReturnValue:
    page = _page_of(form)
    if not wants_part():
        place = "/client" if page == "home" else "/client/log"
        return redirect(f"{place}?logged={event_id}#activity-{offer.key}", 303)
    # Read anew: the write block has closed what was read before it.
    desk = Desk(me())
    event = desk.event(event_id)
    context = {"desk": desk, "logged": event, "said": event and desk.said(event), "page": page, "is_part": True}
    return "".join(
        [
            render_template("client/_activity.html", offer=offer_of(desk.offers, offer.key), **context),
            render_blocks("shell.html", ["chips", "live"], **context),
            render_blocks("client/frame.html", ["moments", "bell"], **context),
            render_blocks("client/home.html", ["progress", "next_reward", "achievements"], **context)
            if page == "home"
            else render_block("client/log.html", "entries", log=desk.log(None), **context),
        ]
    )


def _page_of(form: LogForm) -> str:
    return "home" if form.page.data == "home" else "log"


def _ask_again(form: LogForm, desk: Desk, offer: Offer, error: Invalid | Refused) -> ResponseReturnValue:
    problems = {one.field: one.message for one in error.problems} if isinstance(error, Invalid) else {"": error.message}
    if "idempotency_key" in problems:
        # Most often the button "back" was pressed and something changed: the key on that page is used up.
        problems = {"": "This was sent already, with other details. Look at your log below, then try again."}
    typed = {name: str(form[name].data or "") for name in ("amount", "note", "day")}
    attempt = Attempt(offer.key, typed, problems)
    if wants_part():
        part = render_template("client/_activity.html", desk=desk, offer=offer, attempt=attempt, page=_page_of(form))
        return make_response(part, 422)
    return _log_page(desk, attempt=attempt, status=422)


def _log_page(desk: Desk, attempt: Attempt | None = None, status: int = 200) -> ResponseReturnValue:
    before = desk.event(request.args.get("before", type=int))
    logged = desk.event(request.args.get("logged", type=int))
    parts = ("more",) if before and not attempt else ()
    return answer(
        "client/log.html",
        *parts,
        status=status,
        desk=desk,
        log=desk.log(before),
        before=before,
        logged=logged,
        attempt=attempt,
        page="log",
    )
