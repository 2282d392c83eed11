"""An admin's first page: everybody's clients, and how each of them is doing."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.roster import Roster

home = Blueprint("home", __name__)


@home.get("")
def show() -> ResponseReturnValue:
    """All clients, in the view, the order and the page that the address asks for."""
    return answer("admin/home.html", roster=Roster(me(), request.args))
