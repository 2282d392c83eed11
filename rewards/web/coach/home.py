"""A coach's first page: their clients, and how each of them is doing."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.roster import Roster

home = Blueprint("home", __name__)


@home.get("")
def show() -> ResponseReturnValue:
    """The coach's own clients, in the view, the order and the page that the address asks for."""
    return answer("coach/home.html", roster=Roster(me(), request.args))
