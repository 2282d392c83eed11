"""Translates what went wrong into a page that says what happened, what to do, and the way home. It asks the database nothing."""

import secrets
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from rewards.kit.errors import DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable
from rewards.web import access

log = structlog.get_logger()

STATUSES = {Invalid: 422, Refused: 409, NotFound: 404, Forbidden: 403, Unavailable: 503}
RETRY_AFTER_SECONDS = 5

# What happened, and what to do about it.
WORDS = {
    400: ("This request makes no sense here", "Go back and try again from the page itself."),
    403: ("This page is not for you", "It belongs to somebody with another part in the programme."),
    404: ("Nothing is here", "It may have moved, or it may belong to somebody else."),
    405: ("That cannot be done here", "Go back and try again from the page itself."),
    409: ("That is not possible just now", ""),
    413: ("That is too much at once", "Send less, and try again."),
    422: ("Something in it is not right", ""),
    429: ("Too many tries", "Wait a little, then try again."),
    500: ("Something broke on our side", "Your points are safe. Try again in a moment."),
    503: ("Busy just now", "Nothing was lost. Try again in a few seconds."),
}
TOO_OLD = ("This page is too old", "It was open for so long that we cannot be sure it is still you. Load it again, then try once more.")


def tell_failures(app: Flask) -> None:
    """Every failure of a page ends here."""
    app.before_request(_name_request)
    app.after_request(_tell_name)
    app.log_exception = _log_failure  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(CSRFError, show_old_page)
    app.register_error_handler(DomainError, show_domain_error)


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """What HTTP refuses, and our own mistakes, which Flask has logged by then."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    response = _page(error.code or 500, *_words(error.code or 500))
    if isinstance(error, InternalServerError):
        log.error("a page failed", page=_page_asked_for(), request_id=g.get("request_id"))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def show_old_page(error: CSRFError) -> ResponseReturnValue:
    """The token does not fit: where the session is over, signing in again is what helps."""
    if request.blueprint and not request.blueprint.startswith("public") and access.visitor() is None:
        return access.ask_to_sign_in()
    return _page(400, *TOO_OLD)


def show_domain_error(error: DomainError) -> ResponseReturnValue:
    """What the product refuses, where a page had no better place to say it."""
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)
    title, advice = _words(status)
    # A refusal explains itself; whether something is missing or belongs to another is nobody's business.
    told = isinstance(error, Refused | Invalid) or (isinstance(error, Forbidden) and str(error))
    response = _page(status, title, str(error) if told else advice)
    if isinstance(error, Unavailable):
        log.warning("nothing could be written", error=str(error))
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _log_failure(exc_info: Any) -> None:
    """Our own mistake, with where it came from. Flask's own words would name the address."""
    log.error("an exception", page=_page_asked_for(), exc_info=exc_info)


def _page_asked_for() -> str:
    """The rule and not the address: in some addresses the token of a link stands, which is nobody's but its owner's."""
    return f"{request.method} {request.url_rule or request.path}"


def _page(status: int, title: str, advice: str) -> Response:
    reference = g.get("request_id") if status >= 500 else None
    return make_response(render_template("failure.html", status=status, title=title, advice=advice, reference=reference), status)


def _words(status: int) -> tuple[str, str]:
    return WORDS.get(status) or (HTTPStatus(status).phrase, "")


def _name_request() -> None:
    g.request_id = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _tell_name(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id") or secrets.token_hex(6)
    return response
