"""The examples of the API's page as requests that can be made and answers that can be compared."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.docs.pages import fences

REQUEST = re.compile(r"(?P<method>GET|POST) (?P<path>\S+)")
ANSWER = re.compile(r"(?P<status>[0-9]{3}) [A-Z][\w ]+")


class Exchange(NamedTuple):
    """One request, and the answer that the page gives to it."""

    line: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    status: int
    answer: Any


def exchanges(text: str) -> Iterator[Exchange]:
    """Every request of a page with the block after it, which is its answer."""
    blocks = fences(text, "http")
    for asked, told in zip(blocks[::2], blocks[1::2], strict=True):
        first, headers, body = _parts(asked.text)
        request, (answer, _, answered) = REQUEST.fullmatch(first), _parts(told.text)
        status = ANSWER.fullmatch(answer)
        assert request, f"line {asked.line}: {first} is no request"
        assert status, f"line {told.line}: {answer} is no answer"
        yield Exchange(asked.line, request["method"], request["path"], headers, body, int(status["status"]), answered)


def _parts(text: str) -> tuple[str, dict[str, str], Any]:
    head, _, body = text.strip().partition("\n\n")
    first, *headers = head.splitlines()
    return first, dict(header.split(": ", 1) for header in headers), json.loads(body) if body else None
