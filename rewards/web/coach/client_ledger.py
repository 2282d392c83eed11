"""A client's ledger for their coach: every movement with its reason and what there was after it; as a page, as a file, and by month."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.ledger.listing import PAGE_ROWS, Line, every_line, lines
from rewards.ledger.models import POINTS, XP, Owner
from rewards.ledger.money import amount_text
from rewards.ledger.statements import Movement, statement_of
from rewards.ledger.wanted import Wanted
from rewards.web.access import me
from rewards.web.admin.ledger import KINDS
from rewards.web.answering import answer
from rewards.web.asking import day_asked_for
from rewards.web.coach.case import Case
from rewards.web.exporting import Cell, csv_answer
from rewards.web.months import month_asked_for, neighbour_of

ledger = Blueprint("client_ledger", __name__, url_prefix="/clients/<int:user_id>")

HEADER = ("time", "what", "asset", "amount", "balance_after", "kind", "reason", "event_id", "rule", "by")


@ledger.get("/ledger")
def show_ledger(user_id: int) -> ResponseReturnValue:
    """Every movement with its reason and what there was after it."""
    case, problems = Case(me(), user_id), dict[str, str]()
    wanted = _wanted(case, problems)
    found = [] if problems else lines(wanted, before_id=request.args.get("before", type=int), limit=PAGE_ROWS + 1)
    return answer(
        "coach/client_ledger.html",
        "listing",
        case=case,
        tab="ledger",
        lines=found[:PAGE_ROWS],
        next_before=found[PAGE_ROWS - 1].id if len(found) > PAGE_ROWS else None,
        assets=[("", "All"), *((asset, case.moves.asset(asset)) for asset in (XP, POINTS, case.programme.settings.currency))],
        kinds=[("", "All"), *KINDS.items()],
        problems=problems,
        query={name: value for name in ("asset", "kind", "first", "last") if (value := request.args.get(name, ""))},
    )


@ledger.get("/ledger/export.csv")
def export(user_id: int) -> ResponseReturnValue:
    """Everything that the filter shows."""
    case, problems = Case(me(), user_id), dict[str, str]()
    wanted = _wanted(case, problems)
    return csv_answer(f"ledger of {case.person.name}", HEADER, () if problems else (_cells(case, line) for line in every_line(wanted)))


@ledger.get("/statement")
def show_statement(user_id: int) -> ResponseReturnValue:
    """A month of theirs, to print; `?month=2026-03`, this month unless it is told."""
    case = Case(me(), user_id)
    statement = statement_of(
        user_id=case.person.id, month=month_asked_for(request.args.get("month"), case.theirs.today), zone=case.theirs.zone
    )
    return answer(
        "coach/client_statement.html",
        case=case,
        statement=statement,
        rows=[_printed(case, line) for line in statement.lines],
        title=format_date(statement.first, "LLLL y", locale=case.words.locale),
        earlier=_neighbour(case, statement.first, -1),
        later=_neighbour(case, statement.first, 1),
    )


def _wanted(case: Case, problems: dict[str, str]) -> Wanted:
    asked = request.args
    return Wanted(
        user_id=case.person.id,
        asset=asked.get("asset") or None,
        counterpart=Owner(asked["kind"]) if asked.get("kind") in set(KINDS) else None,
        first=day_asked_for(asked, "first", problems),
        last=day_asked_for(asked, "last", problems),
        zone=case.theirs.zone,
    )


def _cells(case: Case, line: Line) -> Sequence[Cell]:
    amounts: list[Any] = [line.amount, line.balance_after]
    if line.asset not in (XP, POINTS):
        amounts = [amount_text(line.asset, amount) for amount in amounts]
    about = (KINDS.get(Owner(line.counterpart), line.counterpart), line.reason, line.event_id, line.rule, line.actor)
    return (line.posted_at, case.moves.what(line), line.asset, *amounts, *about)


def _printed(case: Case, line: Movement) -> tuple[str, str, str, str]:
    day = case.words.written(line.posted_at.astimezone(case.theirs.zone).date())
    return day, case.moves.what(line), case.moves.signed(line.asset, line.amount), case.moves.amount(line.asset, line.balance_after)


def _neighbour(case: Case, first: date, step: int) -> str:
    return neighbour_of(first, step, joined_on=case.person.joined_on, today=case.theirs.today)
