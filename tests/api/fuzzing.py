"""For Schemathesis: a key of its own for every request, and nothing that is refused for what no schema can say."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, **more: Any) -> None:
    """Replace a key that is well written, as a caller's would be new; one that is not is there to be refused."""
    given = (case.headers or {}).get("Idempotency-Key")
    if isinstance(given, str) and re.fullmatch("[ -~]{1,255}", given):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Leave out NUL deep in what is free, what happens in the future and ids with a slash: tests of their own show how they are refused."""
    if "\0" in _texts(body):
        return False
    return not isinstance(body, dict) or not (
        any(_is_to_come(body.get(name)) for name in ("joined_at", "occurred_at")) or "/" in _texts(body.get("external_id"))
    )


def _texts(value: Any) -> str:
    """All the text in a document."""
    if isinstance(value, dict):
        return "".join(f"{name}{_texts(inner)}" for name, inner in value.items())
    return "".join(map(_texts, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _is_to_come(moment: object) -> bool:
    try:
        return datetime.fromisoformat(str(moment)) > datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        # What is no moment at all, or says no zone, is there to be refused.
        return False
