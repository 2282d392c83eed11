"""Reads what was typed into a form as members of a document: numbers out of text, nothing out of an empty field, and what is neither."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from werkzeug.datastructures import MultiDict

from rewards.kit.errors import Invalid, Problem
from rewards.kit.values import readable

# 1000, 1 000, 1,000 and 1.000 are the same where no fraction can be meant.
WHOLE = re.compile(r"[+-]?(\d{1,16}|\d{1,3}([\s\u00a0\u202f.,'\u2019]\d{3}){1,5})")
FRACTION = re.compile(r"[+-]?\d{1,16}([.,]\d{1,15})?")
NO_DIGIT = re.compile(r"[^\d+-]")
GROUPS = re.compile(r"(?<=\d)[\s\u00a0\u202f'\u2019](?=\d{3}(\D|$))")
# What `fresh_key()` makes, and nothing that leads elsewhere.
KEY = re.compile(r"[A-Za-z0-9_-]{8,100}\Z")


class Typed(dict[str, Any]):
    """The fields of a form as text, to be shown again as they are, and to be read once; what cannot be read is collected in `problems`."""

    def __init__(self, sent: MultiDict[str, str], many: Iterable[str] = ()) -> None:
        several = set(many)
        super().__init__({name: sent.getlist(name) if name in several else sent.get(name, "") for name in {*sent, *several}})
        self.problems: dict[str, str] = {}

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Typed":
        """The same fields, to be read once more."""
        typed = cls(MultiDict())
        typed.update(fields)
        return typed

    def text(self, name: str) -> str | None:
        """What stands there, with its lines as documents write them; None where nothing does."""
        return str(self.get(name, "")).replace("\r\n", "\n").strip() or None

    def line(self, name: str, held: str | None) -> str | None:
        """The same for a field of one line: what it cannot show of what is held stays, unless somebody typed something else."""
        text = self.text(name)
        return held if held is not None and text == one_line(held) else text

    def whole(self, name: str) -> int | None:
        """A whole number."""
        text = self.text(name)
        if text is None:
            return None
        if WHOLE.fullmatch(text):
            return int(NO_DIGIT.sub("", text))
        self.problems[name] = "Enter a whole number, for example 20."
        return None

    def fraction(self, name: str) -> int | Decimal | None:
        """A number that may have decimals, with a point or a comma before them."""
        text = self.text(name)
        if text is None:
            return None
        plain = GROUPS.sub("", text)
        if FRACTION.fullmatch(plain):
            return _shortest(Decimal(plain.replace(",", ".")))
        self.problems[name] = "Enter a number, for example 1.5."
        return None

    def members(self, name: str, problem: str) -> dict[str, Any] | None:
        """JSON with members."""
        text = self.text(name)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        self.problems[name] = problem
        return None

    def minor(self, name: str, currency: str) -> int | Decimal | None:
        """Money in the minor units of its currency."""
        amount = self.fraction(name)
        return None if amount is None else _shortest(Decimal(amount).scaleb(get_currency_precision(currency)))

    def check(self) -> None:
        """Raise Invalid with everything that could not be read."""
        if self.problems:
            raise Invalid([Problem(name, message) for name, message in self.problems.items()])


def one_line(text: str) -> str:
    """What a field of one line sends back of a text."""
    return text.replace("\r", "").replace("\n", "").strip()


def with_held(choices: Iterable[tuple[str, str]], held: Iterable[str | None], nothing: str = "The usual one") -> list[tuple[str, str]]:
    """What can be chosen, and what is held now, whatever has become of it: whoever saves a form as it stands changes nothing."""
    known = dict(choices)
    known |= {key or "": readable(key) if key else nothing for key in held if (key or "") not in known}
    return list(known.items())


def page_key(sent: Mapping[str, Any]) -> str:
    """The key under which a form is sent once. Raises Invalid."""
    key = str(sent.get("idempotency_key", ""))
    if not KEY.match(key):
        raise Invalid.single("", "This page is too old. Load it again, then try once more.")
    return key


def money_text(minor: int | Decimal | None, currency: str) -> str:
    """An amount in minor units as one would type it."""
    return number_text(None if minor is None else Decimal(minor).scaleb(-get_currency_precision(currency)))


def number_text(value: int | Decimal | None) -> str:
    """A number as one would type it; nothing for none."""
    return "" if value is None else f"{Decimal(_shortest(value)):f}"


def beside(error: Invalid, names: Mapping[str, str], at: str = "") -> Invalid:
    """The same problems at the fields of a form: `names` leads from paths of a document to fields, `at` is where the document stands."""
    return Invalid([Problem(_field(one.field.removeprefix(at).lstrip("."), names), one.message, one.value) for one in error.problems])


def _field(path: str, names: Mapping[str, str]) -> str:
    known = [name for name in names if path == name or path.startswith((f"{name}.", f"{name}["))]
    return names[max(known, key=len)] if known else path


def _shortest(number: int | Decimal) -> int | Decimal:
    return int(number) if number == int(number) else Decimal(number).normalize()
