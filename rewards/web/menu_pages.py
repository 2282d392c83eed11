"""All pages of a coach or an admin, as a page: the way around on a small screen."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.web.answering import answer


def menu_pages(audience: str) -> Blueprint:
    """The page at `/<audience>/menu`."""
    pages = Blueprint(f"{audience}_menu", __name__)

    @pages.get("/menu")
    def show() -> ResponseReturnValue:
        return answer("parts/menu.html", frame=f"{audience}/frame.html")

    return pages
