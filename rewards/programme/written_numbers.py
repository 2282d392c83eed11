"""Numbers in the text of a document, exactly as they were written."""

import re
from decimal import Decimal

# Longer ones are no amounts, and turning their digits into a number takes long.
LENGTH_MAX = 40
WHOLE = re.compile(r"[-+]?[0-9]+")
FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# As YAML and as JSON's readers spell them; YAML's `NaN` is a word like any other.
ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
ENDLESS_JSON = re.compile(r"-?(?:NaN|Infinity)")


def number_in(text: str) -> int | Decimal | None:
    """The number that a text is; None where it is none. ValueError for NaN, infinity, and numbers without end."""
    if ENDLESS.fullmatch(text):
        raise ValueError(f"{text} is no number")
    if not FRACTION.fullmatch(text):
        return None
    if len(text) > LENGTH_MAX:
        raise ValueError(f"a number of at most {LENGTH_MAX} characters is expected")
    if WHOLE.fullmatch(text):
        return int(text)
    number = Decimal(text)
    # Whoever turned 1e999999 into a whole number would fill the memory with it.
    if number and abs(number.adjusted()) > LENGTH_MAX:
        raise ValueError(f"a number of at most {LENGTH_MAX} digits is expected")
    return number
