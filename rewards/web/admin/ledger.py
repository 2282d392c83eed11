"""The ledger: every movement with its reason, the totals of what is shown, and taking one back. Nothing is ever edited."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.campaigns.queries import erased_among
from rewards.earning.in_force import programme_in_force
from rewards.earning.reversing import reverse_transfer
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.ledger.listing import PAGE_ROWS, Line, every_line, line_of, lines
from rewards.ledger.models import POINTS, XP, Owner
from rewards.ledger.totals import count_accounts, totals, unbalanced
from rewards.ledger.wanted import Wanted
from rewards.people.models import User
from rewards.web.access import me
from rewards.web.answering import answer, wants_part
from rewards.web.asking import day_asked_for, person_asked_for
from rewards.web.exporting import Cell, csv_answer
from rewards.web.movements import Movements
from rewards.web.refusing import problems_of
from rewards.web.words import words_for

ledger = Blueprint("ledger", __name__, url_prefix="/ledger")

PLACE = "/admin/ledger"
KINDS = {
    Owner.ISSUED: "Earned",
    Owner.ADJUSTED: "Adjusted by hand",
    Owner.REDEEMED: "Spent",
    Owner.EXPIRED: "Expired",
    Owner.HELD: "Held",
    Owner.WRITTEN_OFF: "Written off",
}
HEADER = (
    *("id", "time", "person_id", "person", "asset", "amount", "balance_after"),
    *("kind", "reason", "event_id", "rule", "by", "reference", "reverses"),
)
REASON_MAX = 500
# All balances are added up to check them: of more than so many it is asked for by itself, and nobody waits for the page.
SUMS, SUMMED_AT_ONCE = "sums", 30_000


@ledger.get("")
def show() -> ResponseReturnValue:
    """A page of the ledger, newest first, with the totals of everything that the filter shows."""
    if wants_part() and SUMS in request.args:
        return answer("admin/ledger.html", "sums", **_sums())
    wanted, person, problems = _wanted()
    before = request.args.get("before", type=int)
    # Nothing is shown for a filter that could not be read: everything would be mistaken for what was asked.
    told = _words()
    found = [] if problems else lines(wanted, before_id=before, limit=PAGE_ROWS + 1)
    return answer(
        "admin/ledger.html",
        "listing",
        lines=found[:PAGE_ROWS],
        erased=erased_among(line.subscriber_id for line in found),
        next_before=found[PAGE_ROWS - 1].id if len(found) > PAGE_ROWS else None,
        totals=[] if problems else totals(wanted),
        # The whole ledger is held against the balances; a part of it says nothing about them.
        **({"unbalanced": None, "sums_wait": False} if _query() else _sums()),
        wanted=wanted,
        person=person,
        problems=problems,
        assets=[("", "All"), *((asset, told["moves"].asset(asset)) for asset in (XP, POINTS, programme_in_force().settings.currency))],
        kinds=KINDS,
        query=_query(),
        is_filtered=bool(_query()),
        **told,
    )


@ledger.get("/export.csv")
def export() -> ResponseReturnValue:
    """Everything that the filter shows."""
    wanted, _, problems = _wanted()
    return csv_answer("ledger", HEADER, () if problems else map(_cells, every_line(wanted)))


@ledger.get("/<int:transfer_id>")
def show_one(transfer_id: int) -> ResponseReturnValue:
    """One movement with all that is known of it."""
    line = line_of(transfer_id)
    return answer("admin/transfer.html", line=line, erased=erased_among([line.subscriber_id]), kinds=KINDS, **_words())


@ledger.get("/<int:transfer_id>/reverse")
def ask_to_reverse(transfer_id: int) -> ResponseReturnValue:
    """What taking it back would do."""
    return _reversal_form(transfer_id, "", {})


@ledger.post("/<int:transfer_id>/reverse")
def reverse(transfer_id: int) -> ResponseReturnValue:
    """Post the opposite, once, with a reason."""
    reason = request.form.get("reason", "").strip()
    try:
        if not 0 < len(reason) <= REASON_MAX:
            raise Invalid.single("reason", f"Enter a reason of at most {REASON_MAX} characters; the person reads it.")
        with db.write():
            reverse_transfer(transfer_id=transfer_id, actor_id=me().id, reason=reason)
    except (Invalid, Refused) as error:
        return _reversal_form(transfer_id, reason, problems_of(error), status=422)
    return redirect(f"{PLACE}/{transfer_id}", 303)


def _reversal_form(transfer_id: int, reason: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    context = {"line": line_of(transfer_id), "reason": reason, "problems": problems}
    return answer("admin/transfer_reverse.html", "dialog", status=status, **context, **_words())


def _sums() -> dict[str, Any]:
    """The check, or the way to it."""
    is_asked = SUMS in request.args or count_accounts() <= SUMMED_AT_ONCE
    return {"unbalanced": unbalanced() if is_asked else None, "sums_wait": not is_asked}


def _words() -> dict[str, Any]:
    words = words_for(me())
    return {"words": words, "moves": Movements(words, programme_in_force())}


def _wanted() -> tuple[Wanted, User | None, dict[str, str]]:
    """What the address asks for, whose it is where it asks for somebody's, and what could not be understood."""
    asked = request.args
    problems: dict[str, str] = {}
    person = person_asked_for(asked.get("person", ""), problems)
    wanted = Wanted(
        user_id=person.id if person else None,
        asset=asked.get("asset") or None,
        counterpart=Owner(asked["kind"]) if asked.get("kind") in set(KINDS) else None,
        first=day_asked_for(asked, "first", problems),
        last=day_asked_for(asked, "last", problems),
        zone=words_for(me()).zone,
    )
    return wanted, person, problems


def _query() -> dict[str, str]:
    return {name: value for name in ("person", "asset", "kind", "first", "last") if (value := request.args.get(name, ""))}


def _cells(line: Line) -> Sequence[Cell]:
    who = (line.id, line.posted_at, line.user_id, line.whose, line.asset, line.amount, line.balance_after)
    why = (KINDS.get(Owner(line.counterpart), line.counterpart), line.reason, line.event_id, line.rule)
    return *who, *why, line.actor, line.reference, line.reverses_id
