"""Reads a body as JSON and nothing else: what two parsers could read differently is refused."""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from flask import Request

from rewards.api.problems import NotJson, WrongMediaType
from rewards.kit.errors import Invalid, Problem

MEDIA_TYPE = "application/json"
KEY = re.compile(r"[ -~]{1,255}")


def read_body(request: Request, bytes_max: int) -> dict[str, Any]:
    """The members of the body. Raises NotJson, WrongMediaType, Invalid, and werkzeug's own refusal of a body that is too large."""
    if request.mimetype != MEDIA_TYPE:
        raise WrongMediaType(f"A body of {MEDIA_TYPE} is expected.")
    request.max_content_length = bytes_max
    members = parse(request.get_data())
    if not isinstance(members, dict):
        raise Invalid.single("", "a JSON object is expected", members)
    return members


def read_query(request: Request) -> dict[str, str]:
    """The members behind the question mark. Raises Invalid where one stands twice."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Invalid([Problem(name, "is expected once") for name in twice])
    return request.args.to_dict()


def idempotency_key(request: Request) -> str | None:
    """The key under which the answer is kept, if the sender gave one. Raises Invalid."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Invalid.single("Idempotency-Key", "1 to 255 printable ASCII characters", key)
    return key


def parse(text: bytes) -> Any:
    """The document of a text. Raises NotJson."""
    try:
        return _decoder.decode(text.decode())
    except UnicodeDecodeError as error:
        raise NotJson("The body is not UTF-8.") from error
    except RecursionError as error:
        raise NotJson("The body is nested too deeply.") from error
    except ValueError as error:
        raise NotJson(f"The body is not JSON: {error}.") from error


def _members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # Which of the two counts depends on the reader; so neither does.
        raise ValueError("a member stands twice in one object")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse)
