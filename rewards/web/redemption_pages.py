"""The desk at which redemptions are handed out, for coaches and admins alike: in one press, to be taken back, or refused with a reason."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2_fragments.flask import render_block

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.models import User
from rewards.shop.models import RedemptionStatus
from rewards.shop.queries import PAGE_ROWS, Redeemed, desk, desk_row, waiting
from rewards.shop.settling import fulfil, fulfil_many, reject, reopen
from rewards.web.access import home_of, me
from rewards.web.answering import answer, wants_part
from rewards.web.refusing import problems_of
from rewards.web.words import plural, words_for

VIEWS = {"": RedemptionStatus.PENDING, "fulfilled": RedemptionStatus.FULFILLED, "rejected": RedemptionStatus.REJECTED}
SAID = {"reason": "Enter a reason; your client reads it.", "note": "Use at most 500 characters of plain text."}
BULK_MAX = 100
PAGE_MAX = 10_000


def redemption_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/redemptions`."""
    pages = Blueprint(f"{audience}_redemptions", __name__, url_prefix="/redemptions")
    pages.get("")(show)
    pages.post("/fulfilment")(fulfil_selected)
    pages.get("/<int:redemption_id>/rejection")(ask_to_reject)
    pages.patch("/<int:redemption_id>")(settle)
    pages.post("/<int:redemption_id>")(settle_by_form)
    return pages


def show() -> ResponseReturnValue:
    """Those that wait, the oldest first; `?view=fulfilled` and `?view=rejected` the others, `?done=ID` says what was done."""
    done = request.args.get("done", type=int)
    return _list(done=desk_row(me(), done) if done else None)


def settle_by_form(redemption_id: int) -> ResponseReturnValue:
    """What a form means by `_method`: browsers have no other way to send it."""
    if request.form.get("_method", "").upper() != "PATCH":
        abort(405)
    return settle(redemption_id)


def settle(redemption_id: int) -> ResponseReturnValue:
    """`status` says what becomes of it: `fulfilled`, `rejected` with a `reason`, or `pending` again."""
    actor, status = me(), request.form.get("status", "")
    try:
        with db.write():
            _settle(redemption_id, status, actor)
    except Invalid as error:
        return _rejection(redemption_id, problems_of(error, SAID), status=422)
    except Refused as error:
        return _refused(redemption_id, error)
    return _settled(redemption_id, status)


def ask_to_reject(redemption_id: int) -> ResponseReturnValue:
    """Why not; and what goes back."""
    return _rejection(redemption_id, {})


def fulfil_selected() -> ResponseReturnValue:
    """Several at once; what was handled meanwhile by somebody else is left as it is."""
    ids, actor = request.form.getlist("redemption", type=int)[:BULK_MAX], me()
    with db.write():
        outcomes = fulfil_many(redemption_ids=ids, actor=actor)
    done = sum(outcome.refusal is None for outcome in outcomes)
    return redirect(f"{_place()}?fulfilled={done}&refused={len(outcomes) - done}", 303)


def _settle(redemption_id: int, status: str, actor: User) -> None:
    match status:
        case RedemptionStatus.FULFILLED:
            fulfil(redemption_id=redemption_id, actor=actor, note=request.form.get("note", ""))
        case RedemptionStatus.REJECTED:
            reject(redemption_id=redemption_id, actor=actor, reason=request.form.get("reason", ""))
        case RedemptionStatus.PENDING:
            reopen(redemption_id=redemption_id, actor=actor)
        case _:
            # Whoever may not know of it learns nothing by asking wrongly either.
            desk_row(actor, redemption_id)
            raise Invalid.single("status", "Choose fulfilled, rejected or pending.")


def _settled(redemption_id: int, status: str) -> ResponseReturnValue:
    address = f"{_place()}?done={redemption_id}"
    if not wants_part():
        return redirect(address, 303)
    if status == RedemptionStatus.REJECTED:
        return "", 204, {"HX-Redirect": address}
    return _row(redemption_id)


def _refused(redemption_id: int, error: Refused) -> ResponseReturnValue:
    """Somebody else was quicker, most often: what it is now stands there, with who and when."""
    if wants_part():
        return make_response(_row(redemption_id, error.message), 422)
    return _list(problem=error.message, done=desk_row(me(), redemption_id), status=409)


def _row(redemption_id: int, problem: str = "") -> str:
    row, words = desk_row(me(), redemption_id), words_for(me())
    told = problem or f"{row.redemption.name} for {row.client}: {row.redemption.status}."
    part = render_template("parts/redemption_row.html", row=row, words=words, place=_place(), problem=problem)
    return part + str(render_block("shell.html", "live", said=told, is_part=True))


def _place() -> str:
    return f"{home_of(me())}/redemptions"


def _frame() -> dict[str, Any]:
    return {"frame": f"{me().role}/frame.html", "place": _place(), "words": words_for(me())}


def _list(*, done: Redeemed | None = None, problem: str = "", status: int = 200) -> ResponseReturnValue:
    view = request.args.get("view", "") if request.args.get("view") in VIEWS else ""
    page = min(max(request.args.get("page", 1, type=int), 1), PAGE_MAX)
    rows = desk(me(), VIEWS[view], page=page)
    return answer(
        "parts/redemptions.html",
        status=status,
        **_frame(),
        view=view,
        page=page,
        rows=rows[:PAGE_ROWS],
        has_more=len(rows) > PAGE_ROWS,
        waiting=waiting(me()),
        done=done,
        problem=problem,
        bulk=_told_of_many(),
    )


def _told_of_many() -> str:
    fulfilled, refused = (request.args.get(name, type=int) for name in ("fulfilled", "refused"))
    if fulfilled is None:
        return ""
    told = f"{fulfilled} fulfilled." if fulfilled or refused else "Choose at least one first."
    return f"{told} {refused} {plural(refused, 'was', 'were')} handled already." if refused else told


def _rejection(redemption_id: int, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    row, reason = desk_row(me(), redemption_id), request.form.get("reason", "")
    return answer("parts/rejection.html", "dialog", status=status, row=row, reason=reason, problems=problems, **_frame())
