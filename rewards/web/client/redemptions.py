"""My rewards: what a client redeemed or was given, what became of it, its code, and changing one's mind while it is pending."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.shop.queries import Redeemed, redemption_of, redemptions_of
from rewards.shop.settling import cancel
from rewards.web import redemption_words
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.client.desk import Desk
from rewards.web.refusing import problems_of

redemptions = Blueprint("redemptions", __name__, url_prefix="/redemptions")

PLACE = "/client/redemptions"
PAGE_ROWS = 15


@redemptions.get("")
def show() -> ResponseReturnValue:
    """All of them, newest first; `?before=ID` what is older, `?redeemed=ID` and `?cancelled=ID` say what was done."""
    desk = Desk(me())
    rows = redemptions_of(desk.person.id, before_id=request.args.get("before", type=int), limit=PAGE_ROWS + 1)
    told_of = partial(_told, desk)
    return answer(
        "client/redemptions.html",
        desk=desk,
        rows=rows[:PAGE_ROWS],
        has_more=len(rows) > PAGE_ROWS,
        told_of=told_of,
        told=_notice(desk, rows),
    )


@redemptions.get("/<int:redemption_id>")
def show_one(redemption_id: int) -> ResponseReturnValue:
    """One of them, to be printed and taken along."""
    desk = Desk(me())
    row = redemption_of(desk.person.id, redemption_id)
    return answer("client/voucher.html", desk=desk, row=row, told=_told(desk, row))


@redemptions.get("/<int:redemption_id>/cancellation")
def ask_to_cancel(redemption_id: int) -> ResponseReturnValue:
    """What they would have then."""
    return _cancellation(redemption_id, {})


@redemptions.post("/<int:redemption_id>/cancellation")
def cancel_one(redemption_id: int) -> ResponseReturnValue:
    """They do not want it any more; what was paid comes back."""
    person = me()
    try:
        with db.write():
            cancel(redemption_id=redemption_id, actor=person)
    except Refused as error:
        return _cancellation(redemption_id, problems_of(error), status=422)
    address = f"{PLACE}?cancelled={redemption_id}#redemption-{redemption_id}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _told(desk: Desk, row: Redeemed) -> redemption_words.Told:
    return redemption_words.told_of(row, desk.words, giver=desk.giver, points_word=desk.settings.points_word)


def _notice(desk: Desk, rows: list[Redeemed]) -> str:
    by_id = {row.redemption.id: row for row in rows}
    if by_id.get(request.args.get("redeemed", 0, type=int)):
        return f"Requested. {redemption_words.requested(desk.giver)}"
    cancelled = by_id.get(request.args.get("cancelled", 0, type=int))
    return " ".join(["Cancelled.", *_told(desk, cancelled).lines]) if cancelled else ""


def _cancellation(redemption_id: int, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    desk = Desk(me())
    row = redemption_of(desk.person.id, redemption_id)
    return answer("client/cancellation.html", "dialog", status=status, desk=desk, row=row, problems=problems)
