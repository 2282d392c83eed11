"""For Schemathesis: every request has an Idempotency-Key of its own, as a caller's would; the same one for another body is refused."""

import re
import uuid
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, **more: Any) -> None:
    """Replace a key that is well written; one that is not is there to be refused."""
    given = (case.headers or {}).get("Idempotency-Key")
    if isinstance(given, str) and re.fullmatch("[ -~]{1,255}", given):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
