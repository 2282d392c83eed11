"""Values in documents that people write: exact numbers, clean text, keys. Each refuses what only looks like it."""

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt

AMOUNT_MAX = 9_000_000_000_000_000
# So many digits survive the way through a JSON number and back.
DIGITS_MAX = 15
KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
# A form sends a number as text.
NUMBER = re.compile(r"[+-]?[0-9]{1,20}([.][0-9]{1,20})?")


def exact_number(value: object) -> int | Decimal:
    """The number as it was written; ValueError for anything that is none, is not finite, or has more digits than are kept."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a number is expected")  # noqa: TRY004 - pydantic understands a ValueError only.
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    # The size is asked first: turning 1e999999 into a whole number would take all memory.
    if not number.is_finite() or number.adjusted() >= 16 or abs(number) > AMOUNT_MAX:
        raise ValueError(f"a number of at most {AMOUNT_MAX:,} is expected")
    if number == number.to_integral_value():
        return int(number)
    if _digits(number) > DIGITS_MAX or number.adjusted() < -DIGITS_MAX:
        raise ValueError(f"a number of at most {DIGITS_MAX} digits is expected")
    return number.normalize()


def storable_text(value: object) -> str:
    """Text as it is; ValueError where it has characters that a database or a page cannot hold."""
    if not isinstance(value, str):
        raise ValueError("text is expected")  # noqa: TRY004 - pydantic understands a ValueError only.
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in value):
        raise ValueError("text without control characters is expected")
    return value


def _stripped(value: object) -> str:
    return storable_text(value).strip()


def readable(key: str) -> str:
    """A key as a name: `workout_logged` is `Workout logged`."""
    return key.replace("_", " ").strip().capitalize()


def _digits(number: Decimal) -> int:
    return len("".join(map(str, number.as_tuple().digits)).rstrip("0"))


def _exact_decimal(value: object) -> Decimal:
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = Decimal(value)
    return Decimal(exact_number(value))


def _key(value: str) -> str:
    if not KEY.fullmatch(value):
        raise ValueError("a key of at most 64 small letters, digits and _ is expected")
    return value


Text = Annotated[str, BeforeValidator(_stripped)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Story = Annotated[Text, Field(max_length=5000)]
Key = Annotated[Text, AfterValidator(_key)]
YesNo = StrictBool
Amount = Annotated[StrictInt, Field(ge=0, le=AMOUNT_MAX)]
Exact = Annotated[Decimal, BeforeValidator(_exact_decimal)]
ExactAmount = Annotated[Exact, Field(ge=0, le=AMOUNT_MAX)]
Factor = Annotated[Exact, Field(gt=0, le=1000)]
