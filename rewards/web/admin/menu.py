"""All pages of an admin, as a page: the way around on a small screen."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.web.answering import answer

menu = Blueprint("menu", __name__)


@menu.get("/menu")
def show() -> ResponseReturnValue:
    """The places of the rail, one below the other."""
    return answer("admin/menu.html")
