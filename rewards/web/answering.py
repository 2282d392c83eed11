"""One address, one view, two sizes: the page, or the part of it that htmx asked for."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2_fragments.flask import render_blocks


def wants_part() -> bool:
    """Whether htmx asks for a part. Going back in the history is htmx too, and needs the whole page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page_asked_from() -> dict[str, str]:
    """What the address of the page says from which htmx asks, for what of it is told anew."""
    return dict(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query))


def leave_for(address: str) -> ResponseReturnValue:
    """To another page, after something was done."""
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def answer(template: str, *blocks: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page, or only these blocks of it where a part is wanted."""
    if blocks and wants_part():
        return make_response(render_blocks(template, list(blocks), is_part=True, **context), status)
    return make_response(render_template(template, is_part=False, **context), status)
