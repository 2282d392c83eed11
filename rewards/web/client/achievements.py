"""What a client has achieved, what is on the way, and what there is besides."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk

achievements = Blueprint("achievements", __name__, url_prefix="/achievements")


@achievements.get("")
def show() -> ResponseReturnValue:
    """The page. What is secret is only shown to who has it."""
    return answer("client/achievements.html", desk=Desk(me()))
