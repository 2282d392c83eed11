"""Everybody: who they are, what they have, and what an admin may change about them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.granting import adjust
from rewards.earning.in_force import programme_in_force
from rewards.insights.people import View
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.listing import lines
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.ledger.wanted import Wanted
from rewards.levels.queries import climb_of
from rewards.people.changing import change_role, disable_user, enable_user
from rewards.people.consenting import consents_of
from rewards.people.describing import reassign_coach
from rewards.people.models import Role, User
from rewards.people.queries import coaches, user_by_id
from rewards.people.resetting import offer_password
from rewards.people.sessions import end_all_sessions, sessions_of
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.exporting import Cell, csv_answer
from rewards.web.movements import Movements
from rewards.web.refusing import problems_of
from rewards.web.roster import Roster, Row
from rewards.web.typed import FRACTION, GROUPS
from rewards.web.words import words_for

people = Blueprint("people", __name__, url_prefix="/people")

PLACE = "/admin/people"
ROLES = {"": "Everybody", Role.CLIENT: "Clients", Role.COACH: "Coaches", Role.ADMIN: "Admins"}
VIEWS = {View.ALL: "All", View.ATTENTION: "Needs attention", View.NEW: "New", View.OFF: "Switched off"}
HEADER = ("id", "name", "email", "role", "status", "level", "xp", "points", "streak", "last_activity", "joined_on", "external_id")
MOVEMENTS_SHOWN = 6
WORDS = {
    "reason": "Enter a reason; the person reads it.",
    "idempotency_key": "This was sent already, with other details. Look at the ledger, then try again.",
}


@people.get("")
def show() -> ResponseReturnValue:
    """A page of people: by part, by view, by name."""
    roster = _roster()
    return answer("admin/people.html", "listing", roster=roster, role=_role(), roles=ROLES, views=VIEWS, words=roster.words)


@people.get("/export.csv")
def export() -> ResponseReturnValue:
    """Everybody whom the list shows."""
    return csv_answer("people", HEADER, map(_cells, _roster().everybody()))


@people.get("/<int:user_id>")
def show_one(user_id: int) -> ResponseReturnValue:
    """One person."""
    return _person(_found(user_id), {})


@people.get("/<int:user_id>/adjustment")
def ask_to_adjust(user_id: int) -> ResponseReturnValue:
    """How much of what, and why."""
    return _adjustment(_found(user_id), {"asset": POINTS, "amount": "", "reason": ""}, {})


@people.post("/<int:user_id>/adjustment")
def add_adjustment(user_id: int) -> ResponseReturnValue:
    """Give or take away by hand, once for one form, with a reason that the person reads."""
    person = _found(user_id)
    typed = {name: request.form.get(name, "").strip() for name in ("asset", "amount", "reason", "idempotency_key")}
    try:
        with db.write():
            adjust(
                user_id=person.id,
                asset=_asset(typed["asset"]),
                amount=_amount(typed["amount"], typed["asset"]),
                reason=typed["reason"],
                actor_id=me().id,
                idempotency_key=typed["idempotency_key"] or None,
            )
    except (Invalid, Refused) as error:
        told = problems_of(error, WORDS)
        return _adjustment(_found(user_id), typed, told, status=422)
    address = f"{PLACE}/{user_id}"
    return ("", 204, {"HX-Redirect": address}) if "HX-Request" in request.headers else redirect(address, 303)


@people.post("/<int:user_id>/role")
def give_role(user_id: int) -> ResponseReturnValue:
    """Another part in the programme; every session of theirs ends by that."""
    return _changed(user_id, lambda: change_role(user_id=user_id, role=request.form.get("role", ""), actor_id=me().id))


@people.post("/<int:user_id>/coach")
def give_coach(user_id: int) -> ResponseReturnValue:
    """Somebody else looks after them, or nobody for now."""
    text = request.form.get("coach", "")
    coach_id = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    return _changed(user_id, lambda: reassign_coach(user_id=user_id, coach_id=coach_id, actor_id=me().id))


@people.post("/<int:user_id>/sign-out")
def sign_out(user_id: int) -> ResponseReturnValue:
    """End every session of theirs, wherever it is."""
    return _changed(user_id, lambda: end_all_sessions(user_id=user_id, actor_id=me().id))


@people.post("/<int:user_id>/password")
def mail_password_link(user_id: int) -> ResponseReturnValue:
    """Who has an account and no password yet gets a link to choose one."""
    return _changed(user_id, lambda: offer_password(user_id=user_id, actor_id=me().id))


@people.get("/<int:user_id>/deactivation")
def ask_to_deactivate(user_id: int) -> ResponseReturnValue:
    """What switching off means."""
    return answer("admin/person_off.html", "dialog", person=_found(user_id))


@people.post("/<int:user_id>/deactivation")
def deactivate(user_id: int) -> ResponseReturnValue:
    """They can neither sign in nor earn; what they have stays theirs."""
    return _changed(user_id, lambda: disable_user(user_id=user_id, actor_id=me().id))


@people.post("/<int:user_id>/activation")
def activate(user_id: int) -> ResponseReturnValue:
    """They are back."""
    return _changed(user_id, lambda: enable_user(user_id=user_id, actor_id=me().id))


def _changed(user_id: int, change: Any) -> ResponseReturnValue:
    person = _found(user_id)
    try:
        if person.id == me().id:
            raise Refused("yourself", "Another admin has to do this: nobody locks themselves out.")
        with db.write():
            change()
    except (Invalid, Refused) as error:
        return _person(_found(user_id), problems_of(error), status=409)
    return redirect(f"{PLACE}/{user_id}", 303)


def _found(user_id: int) -> User:
    person = user_by_id(user_id) if user_id < 2**62 else None
    if person is None:
        raise NotFound(f"user {user_id}")
    return person


def _person(person: User, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    programme, words = programme_in_force(), words_for(me())
    balances = balances_of(person.id)
    return answer(
        "admin/person.html",
        status=status,
        person=person,
        coaches=[("", "Nobody yet"), *((coach.id, coach.name) for coach in coaches())] if person.role == Role.CLIENT else [],
        sessions=sessions_of(person),
        consents=[said for said in consents_of(person.id) if said.at],
        balances=balances,
        climb=climb_of(balances.get(XP, 0), programme.ladder),
        lines=lines(Wanted(user_id=person.id), limit=MOVEMENTS_SHOWN),
        moves=Movements(words, programme),
        roles=[(role, role.capitalize()) for role in Role],
        problems=problems,
        words=words,
        is_me=person.id == me().id,
    )


def _adjustment(person: User, typed: dict[str, str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    programme, words = programme_in_force(), words_for(me())
    moves = Movements(words, programme)
    held = balances_of(person.id)
    assets = [(asset, f"{moves.asset(asset)} (has {moves.amount(asset, held.get(asset, 0))})") for asset in _assets()]
    context = {"person": person, "typed": typed, "problems": problems, "assets": assets}
    return answer("admin/adjustment.html", "dialog", status=status, **context)


def _assets() -> tuple[str, ...]:
    return POINTS, XP, programme_in_force().settings.currency


def _asset(text: str) -> str:
    if text not in _assets():
        raise Invalid.single("asset", "Choose what to give or to take away.", text)
    return text


def _amount(text: str, asset: str) -> int:
    """Whole units, or the minor ones of money; with a minus sign where something is taken away."""
    plain = GROUPS.sub("", text.replace("\N{MINUS SIGN}", "-")).replace(",", ".")
    places = 0 if asset in (XP, POINTS) else get_currency_precision(asset)
    try:
        amount = Decimal(plain).scaleb(places) if FRACTION.fullmatch(plain) else None
    except InvalidOperation:
        amount = None
    if not amount or amount != int(amount):
        raise Invalid.single("amount", "Enter a number such as 50, or -50 to take away.", text)
    return int(amount)


def _role() -> str:
    asked = request.args.get("role", "")
    return asked if asked in ROLES else ""


def _roster() -> Roster:
    role = _role()
    return Roster(me(), request.args, roles=(Role(role),) if role else tuple(Role))


def _cells(row: Row) -> tuple[Cell, ...]:
    person = row.person
    about = (person.id, person.name, person.email, person.role, person.status, row.level.name)
    return *about, row.xp, row.points, row.streak.current, row.last_day, person.joined_on, person.external_id
