"""Long lists of a campaign, page by page: `?page=` says which."""

from collections.abc import Sequence
from typing import Any, Protocol

from flask import request

PAGE_ROWS = 25
PAGES_MAX = 100_000


class Ask(Protocol):
    """A question for so many rows of a list."""

    def __call__(self, *, first: int, limit: int) -> Sequence[Any]:
        """The rows from there on."""


def page_of(name: str, ask: Ask) -> dict[str, Any]:
    """What a template needs to know of the page that is wanted: its rows under that name, its number, and whether it is the last."""
    number = min(max(request.args.get("page", 1, type=int), 1), PAGES_MAX)
    found = ask(first=(number - 1) * PAGE_ROWS, limit=PAGE_ROWS + 1)
    return {name: found[:PAGE_ROWS], "has_more": len(found) > PAGE_ROWS, "number": number}
