"""Everything that can go wrong for a machine, told in one form: application/problem+json (RFC 9457)."""

import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests

from rewards.api.values import PATTERNS
from rewards.integrations.keys import WrongKey
from rewards.kit import documents, written
from rewards.kit.errors import DomainError, Forbidden, Invalid, NotFound, Problem, Refused, Unavailable
from rewards.kit.written import joined, shown

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "1"
# A wrong value is told back, but not a megabyte of it.
VALUE_LENGTH_MAX = 200

# What is expected instead, by pydantic's name of the error.
EXPECTED = written.EXPECTED | {"model_type": "a JSON object is expected"}
DETAILS = {
    404: "Nothing is here under this address.",
    413: "The body is larger than this address takes.",
    500: "Something went wrong here. Nothing was stored; it has been logged.",
}


class NotJson(DomainError):
    """The body is not one JSON document in UTF-8 (400)."""


class NotSignedIn(DomainError):
    """Nobody is signed in (401)."""


class WrongMediaType(DomainError):
    """The body is not declared as application/json (415)."""


STATUSES: Mapping[type[DomainError], int] = {
    NotJson: 400,
    WrongKey: 401,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Refused: 409,
    WrongMediaType: 415,
    Invalid: 422,
    Unavailable: 503,
}


def problem(status: int, detail: str, errors: Iterable[Problem] = (), **more: Any) -> dict[str, Any]:
    """The members of a problem. Its kind is told by `status`, and by `reason` where the business refused."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _sendable(detail),
        "errors": [{"field": _sendable(one.field), "message": _sendable(one.message), "value": _tellable(one.value)} for one in errors],
        **more,
    }


def told(error: DomainError) -> dict[str, Any]:
    """A domain's refusal as a problem."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    if isinstance(error, Refused):
        return problem(status, error.message, reason=error.code, gap=error.gap)
    if isinstance(error, Invalid):
        return problem(status, "What was sent is not what is expected; every wrong value is named.", error.problems)
    if isinstance(error, NotFound):
        return problem(status, f"There is no {error}." if str(error) else DETAILS[404])
    return problem(status, str(error))


def misfits(error: ValidationError) -> Invalid:
    """What pydantic found, in our words."""
    return Invalid([_misfit(found) for found in error.errors(include_url=False)])


def refuse(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response."""
    response = Response(documents.compact(body), status=body["status"], content_type=MEDIA_TYPE)
    response.headers.extend(headers or {})
    return response


def refuse_domain_error(error: DomainError) -> Response:
    """For Flask: what the domain refused."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, WrongKey) else {}
    if isinstance(error, Unavailable):
        log.warning("nothing could be written", error=str(error))
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
    return refuse(told(error), headers)


def refuse_http_error(error: HTTPException) -> ResponseReturnValue:
    """For Flask: what HTTP refuses by itself, such as a body that is too large."""
    status = error.code or 500
    if status < 400:
        return error
    headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
    if isinstance(error, TooManyRequests):
        headers = {"Retry-After": str(error.retry_after)}
    return refuse(problem(status, DETAILS.get(status) or error.description or HTTPStatus(status).description), headers)


def refuse_failure(error: Exception) -> Response:
    """For Flask: a mistake of ours. The caller learns that it was none of theirs, and nothing else."""
    log.error("a request failed", path=request.path, exc_info=error)
    return refuse(problem(500, DETAILS[500]))


def _misfit(found: ErrorDetails) -> Problem:
    where, kind, context = joined(*found["loc"]), found["type"], found.get("ctx", {})
    if kind == "missing":
        return Problem(where, "is missing")
    if kind == "extra_forbidden":
        return Problem(where, "is unknown here", found["input"])
    if kind == "string_pattern_mismatch":
        words = PATTERNS[context["pattern"]]
    else:
        words = EXPECTED[kind].format(**context) if kind in EXPECTED else str(context.get("error") or found["msg"])
    return Problem(where, f"{words}, not {shown(found['input'])}", found["input"])


def _tellable(value: object) -> object:
    """The wrong value itself where it is short and JSON; otherwise as much of it as helps."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = _sendable(value if isinstance(value, str) else shown(value))
    return text if len(text) <= VALUE_LENGTH_MAX else text[: VALUE_LENGTH_MAX - 1] + "…"


def _sendable(text: str) -> str:
    """Half a character, which was sent as an escape, goes back as one; nothing else could carry it."""
    return text.encode(errors="backslashreplace").decode()
