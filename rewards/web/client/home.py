"""A client's first page: level, points, streak, and what to log today."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk

home = Blueprint("home", __name__)


@home.get("")
def show() -> ResponseReturnValue:
    """The page; `?logged=ID` shows what that event came to, where its button is."""
    desk = Desk(me())
    event = desk.event(request.args.get("logged", type=int))
    return answer("client/home.html", desk=desk, logged=event, page="home")
