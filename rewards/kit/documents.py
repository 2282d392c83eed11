"""One spelling for every JSON document that is stored, hashed or compared."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a stored document")


_canonical = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    default=_plain,
).encode
_compact = json.JSONEncoder(
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    default=_plain,
    check_circular=False,
).encode


def canonical(document: Any) -> str:
    """The document as JSON with sorted keys and no spaces: equal documents have equal text. NaN and infinity raise ValueError."""
    return _canonical(document)


def compact(document: Any) -> str:
    """The document as JSON in its own order, for texts that are only read back."""
    return _compact(document)


def parse(text: str) -> Any:
    """The document of a text."""
    return json.loads(text)


def parse_exactly(text: str) -> Any:
    """The document of a text, its fractions as Decimal, exactly as they were written."""
    return json.loads(text, parse_float=Decimal)


def digest(document: Any) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()
