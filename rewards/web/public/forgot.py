"""A new password for who forgot theirs: the same answer for every address, and a link that is good once."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.registry import registry_in_force
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.passwords import hash_password
from rewards.people.resetting import ask_for_reset, is_reset_open, reset_password
from rewards.web.answering import answer
from rewards.web.refusing import problems_of
from rewards.web.throttling import slow_down

forgot = Blueprint("forgot", __name__)

ASKED_RATE = "10 per hour"
USED_RATE = "30 per 15 minutes"


@forgot.get("/forgot")
def show() -> ResponseReturnValue:
    """The form; `?sent=1` after it was sent."""
    return answer("public/forgot.html", name=registry_in_force().settings.name, is_sent="sent" in request.args)


@forgot.post("/forgot")
@slow_down(ASKED_RATE)
def ask() -> ResponseReturnValue:
    """Have a link mailed, if anybody has this address; nobody learns whether."""
    with db.write():
        ask_for_reset(email=request.form.get("email", ""))
    return redirect("/forgot?sent=1", 303)


@forgot.get("/reset/<token>")
def show_reset(token: str) -> ResponseReturnValue:
    """The form for the new password."""
    return _reset_page(token, {})


@forgot.post("/reset/<token>")
@slow_down(USED_RATE)
def reset(token: str) -> ResponseReturnValue:
    """From now on they sign in with this one, and every browser is signed out."""
    try:
        # Hashing is slow on purpose, and nobody should wait for it with the database in hand.
        hashed = hash_password(request.form.get("password", ""))
        with db.write():
            reset_password(token=token, password=hashed)
    except (Invalid, Refused) as error:
        return _reset_page(token, problems_of(error), status=422)
    return redirect("/login?told=reset", 303)


def _reset_page(token: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    is_open = is_reset_open(token)
    context = {"token": token, "is_open": is_open, "problems": problems, "name": registry_in_force().settings.name}
    return answer("public/reset.html", status=status if is_open else 410, **context)
