"""The bare address: the way to one's own desk."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from rewards.web import access

front = Blueprint("front", __name__)


@front.get("/")
def show() -> ResponseReturnValue:
    """Home for who is signed in; the sign-in page for a stranger."""
    person = access.visitor()
    return redirect(access.home_of(person) if person else access.SIGN_IN, 303)
