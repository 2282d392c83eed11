"""What a coach does for a client by hand: awards an achievement, logs what they did, gives points or takes them away."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from rewards.activities.documents import ActivityDocument
from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.processing import record_and_process
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem, Refused
from rewards.kit.values import AMOUNT_MAX
from rewards.ledger.models import POINTS
from rewards.people.queries import is_storable
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.coach.case import Case
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed

giving = Blueprint("giving", __name__, url_prefix="/clients/<int:user_id>")

NOTE_LENGTH_MAX = 500
KEY = re.compile(r"[A-Za-z0-9_-]{8,100}\Z")
SENT_BEFORE = "This was sent already, with other details. Look at the ledger, then try again."
WORDS = {"reason": "Enter a reason; your client reads it.", "idempotency_key": SENT_BEFORE}


@giving.get("/award")
def ask_what_to_award(user_id: int) -> ResponseReturnValue:
    """What can be given by hand; what they have stands there ticked."""
    return _award_form(Case(me(), user_id), "", {})


@giving.post("/achievements/<int:achievement_id>/award")
def award(user_id: int, achievement_id: int) -> ResponseReturnValue:
    """Give it, once: whoever has it already has it, however often the button was pressed."""
    case, note = Case(me(), user_id), request.form.get("note", "").strip()
    key = next((one.key for known_id, one, _ in case.awardable if known_id == achievement_id), None)
    if key is None:
        raise NotFound(f"achievement {achievement_id}")
    try:
        _check_note(note)
        with db.write():
            award_achievement(user_id=user_id, achievement=key, awarded_by=case.viewer.id, note=note or None)
    except (Invalid, Refused) as error:
        if not (isinstance(error, Refused) and error.code == "already_unlocked"):
            return _award_form(Case(me(), user_id), note, problems_of(error), status=422)
    return redirect(f"/coach/clients/{user_id}?told=awarded", 303)


@giving.get("/log/create")
def ask_what_they_did(user_id: int) -> ResponseReturnValue:
    """What a coach may log for them."""
    return _log_form(Case(me(), user_id), {}, {})


@giving.post("/log/create")
def log(user_id: int) -> ResponseReturnValue:
    """Log it for them, today or yesterday by their own calendar; the page that follows tells how it was decided."""
    case, typed = Case(me(), user_id), Typed(request.form)
    try:
        event = _told(case, typed)
        with db.write():
            [told] = record_and_process([event])
        if isinstance(told, DomainError):
            raise told
    except (Invalid, Refused) as error:
        return _log_form(Case(me(), user_id), typed, problems_of(error, WORDS), status=422)
    return _leave(f"/coach/clients/{user_id}/log/{int(told['event_id'])}")


@giving.get("/adjustment")
def ask_how_much(user_id: int) -> ResponseReturnValue:
    """How many points, and why."""
    return _adjustment_form(Case(me(), user_id), {}, {})


@giving.post("/adjustment")
def add_adjustment(user_id: int) -> ResponseReturnValue:
    """Give points or take them away, once for one form, with a reason that the client reads."""
    case, typed = Case(me(), user_id), Typed(request.form)
    try:
        amount = _points(typed)
        with db.write():
            adjust(
                user_id=user_id,
                asset=POINTS,
                amount=amount,
                reason=typed.text("reason") or "",
                actor_id=case.viewer.id,
                idempotency_key=_key(typed),
            )
    except (Invalid, Refused) as error:
        return _adjustment_form(Case(me(), user_id), typed, problems_of(error, WORDS), status=422)
    return _leave(f"/coach/clients/{user_id}?told=adjusted")


@giving.post("/adjustment/preview")
def preview(user_id: int) -> ResponseReturnValue:
    """What they would have then. Nothing is moved."""
    return _adjustment_form(Case(me(), user_id), Typed(request.form), {}, part="preview")


def loggable(case: Case) -> list[ActivityDocument]:
    """What a coach may log for a client, by name."""
    found = [one.document for one in case.programme.activities.values() if one.active and Recorder.COACH in one.recorded_by]
    return sorted(found, key=lambda one: one.name.casefold())


def _told(case: Case, typed: Typed) -> NewEvent:
    activity = next((one for one in loggable(case) if one.key == typed.text("activity")), None)
    if activity is None:
        raise Invalid.single("activity", "Choose what they did.")
    note = typed.text("note") or ""
    _check_note(note)
    metadata: dict[str, Any] = {"note": note} if note else {}
    if activity.per_unit:
        metadata[activity.per_unit.field] = _units(typed, activity.per_unit.field)
    object_type, _, action = activity.key.rpartition("_")
    return NewEvent(
        user_id=case.person.id,
        action=action,
        object_type=object_type or activity.key,
        activity=activity.key,
        source=f"page:{case.viewer.id}",
        recorder=Recorder.COACH,
        metadata=metadata,
        occurred_at=_moment(case, typed),
        idempotency_key=_key(typed),
        actor_id=case.viewer.id,
    )


def _units(typed: Typed, unit: str) -> int | float:
    amount = typed.fraction("amount")
    if amount is None or not 0 < amount <= AMOUNT_MAX:
        raise Invalid([Problem("amount", f"Enter how many {unit}, for example 2.5.")])
    return amount if isinstance(amount, int) else float(amount)


def _moment(case: Case, typed: Typed) -> datetime | None:
    """None for now. Yesterday is meant as a whole: its noon is the same for the same form sent twice."""
    day, yesterday = typed.text("day"), case.theirs.today - timedelta(days=1)
    if day in (None, case.theirs.today.isoformat()):
        return None
    if day != yesterday.isoformat():
        raise Invalid.single("day", "Choose today or yesterday.")
    return datetime.combine(yesterday, time(12), case.theirs.zone)


def _points(typed: Mapping[str, Any]) -> int:
    # A true minus sign is one too.
    text = str(typed.get("amount", "")).replace("\N{MINUS SIGN}", "-")
    amount = Typed(MultiDict({"amount": text})).whole("amount")
    if not amount:
        raise Invalid.single("amount", "Enter a whole number such as 50, or -50 to take away.")
    return amount


def _key(typed: Typed) -> str:
    key = typed.text("idempotency_key") or ""
    if not KEY.match(key):
        raise Invalid.single("", "This page is too old. Load it again, then try once more.")
    return key


def _check_note(note: str) -> None:
    if len(note) > NOTE_LENGTH_MAX or not is_storable(note):
        raise Invalid.single("note", f"Use at most {NOTE_LENGTH_MAX} characters of plain text.")


def _leave(address: str) -> ResponseReturnValue:
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _award_form(case: Case, note: str, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    return answer("coach/award.html", "dialog", status=status, case=case, note=note, problems=problems)


def _log_form(case: Case, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    activities = loggable(case)
    units = [f"{one.name}: {one.per_unit.field}" for one in activities if one.per_unit]
    offered = [("", "Choose"), *((one.key, one.name) for one in activities)]
    context = {"case": case, "typed": typed, "problems": problems, "activities": offered, "units": units}
    return answer("coach/log.html", "dialog", status=status, **context)


def _adjustment_form(
    case: Case, typed: Mapping[str, Any], problems: Mapping[str, str], *, status: int = 200, part: str = "dialog"
) -> ResponseReturnValue:
    try:
        after = case.points + _points(typed) if typed.get("amount") else None
    except Invalid:
        # What is wrong is said when the form is sent.
        after = None
    return answer("coach/adjustment.html", part, status=status, case=case, typed=typed, problems=problems, after=after)
