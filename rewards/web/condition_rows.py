"""Conditions as rows of a form: what is looked at, how, and with what it is compared. What rows cannot say is written as a document."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from itertools import zip_longest
from typing import Any, NamedTuple

from rewards.earning.condition_documents import read_conditions
from rewards.earning.paths import KNOWN, METADATA, NUMBERS, Path, canonical_name, path_of
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import Misfit, plain
from rewards.programme.exporting import yaml_of
from rewards.programme.reading import read_text
from rewards.web.rule_sentences import OPERATORS
from rewards.web.typed import Typed, number_text, one_line

FIELD, COUNT = "metadata", "person.count"
# What a row can look at; the first two need a name.
LOOKS_AT = {
    FIELD: "A field of the event",
    COUNT: "Times they did",
    "person.level": "Level, by number",
    "person.total_xp": "Total XP",
    "person.points_balance": "Points balance",
    "person.streak_days": "Streak, in days",
    "person.days_since_joining": "Days since joining",
    "person.tags": "Tags",
    "time.weekday": "Day of the week",
    "time.hour": "Hour, 0 to 23",
    "time.date": "Date",
}
NAMED = (FIELD, COUNT)
NUMBER = re.compile(r"-?\d{1,16}([.]\d{1,15})?")
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
ROWS_MAX = 50


class Row(NamedTuple):
    """One condition as it is typed."""

    what: str = FIELD
    name: str = ""
    operator: str = "equals"
    value: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody has filled it in."""
        return not self.name and not self.value and self.what in NAMED

    def as_sent(self) -> "Row":
        """What comes back of it: a field of one line keeps neither line breaks nor the spaces around it."""
        return Row(*map(one_line, self))

    @property
    def path(self) -> str:
        """What is looked at, as a rule names it."""
        return f"{self.what}.{self.name}" if self.what in NAMED else self.what

    @property
    def operators(self) -> list[tuple[str, str]]:
        """How it can be compared."""
        known = METADATA.operators if self.what == FIELD else NUMBERS if self.what == COUNT else KNOWN[self.what].operators
        return [(operator, OPERATORS[operator]) for operator in known]


def rows_sent(typed: Typed, looks_at: Mapping[str, str] = LOOKS_AT) -> list[Row]:
    """The rows as they were sent; `looks_at` is what they can look at there."""
    columns = [typed.get(f"condition_{name}", []) for name in Row._fields]
    rows = [Row(*(str(one).strip() for one in cells)) for cells in zip_longest(*columns, fillvalue="")]
    return [row if row.what in looks_at else row._replace(what=FIELD) for row in rows[:ROWS_MAX]]


def rows_of(conditions: Mapping[str, Any], looks_at: Mapping[str, str] = LOOKS_AT) -> tuple[str, list[Row]] | None:
    """Whether all or any must hold, and the rows; None where rows cannot say the same."""
    match, members = ("any", conditions["any"]) if list(conditions) == ["any"] else ("all", [conditions])
    rows = [row for member in members for row in _rows(member, looks_at)]
    try:
        fits = (
            all(row is not None and row == row.as_sent() for row in rows)
            and conditions_from(match, [row for row in rows if row]) == conditions
        )
    except Invalid:
        fits = False
    return (match, [row for row in rows if row]) if fits else None


def conditions_from(match: str, rows: Sequence[Row]) -> dict[str, Any]:
    """The conditions that rows stand for. Raises Invalid: each problem names the row as `condition_NUMBER`, from 1 on."""
    problems, parts = [], []
    for place, row in enumerate(rows, 1):
        if row.is_empty:
            continue
        try:
            parts.append(_part(row))
        except ValueError as error:
            problems.append(Problem(f"condition_{place}", _told(error)))
    if problems:
        raise Invalid(problems)
    return {"any": parts} if match == "any" and len(parts) > 1 else _joined(parts)


def as_document(conditions: Mapping[str, Any]) -> str:
    """Conditions as text that reads back as the same."""
    return yaml_of(plain(conditions)) if conditions else ""


def from_document(text: str) -> dict[str, Any]:
    """The conditions in a text. Raises Invalid at `conditions_document`."""
    if not text.strip():
        return {}
    try:
        return read_conditions(read_text(text))
    except (Misfit, Invalid) as error:
        raise Invalid([Problem("conditions_document", f"{one.field}: {one.message}") for one in error.problems]) from error


def _rows(conditions: Mapping[str, Any], looks_at: Mapping[str, str]) -> Iterator[Row | None]:
    for name, asked in conditions.items():
        what = FIELD if name.startswith("metadata.") else COUNT if name.startswith("person.count.") else name
        if name in ("all", "any", "not") or what not in looks_at:
            yield None
            continue
        for operator, value in asked.items():
            yield Row(what, name.removeprefix(f"{what}.") if what in NAMED else "", operator, _typed(value))


def _part(row: Row) -> dict[str, Any]:
    if row.what in NAMED and not row.name:
        raise ValueError("Say which field of the event." if row.what == FIELD else "Say which activity.")
    name = canonical_name(row.path)
    path = path_of(name)
    if path is None:
        raise ValueError("Use letters, digits, - and _ for a name.")
    operator = row.operator if row.operator in path.operators else path.operators[0]
    return read_conditions({name: {operator: _value(path, operator, row.value)}})


def _joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All of them in one mapping; what is asked twice in the same way stands in a list."""
    found: dict[str, Any] = {}
    rest: list[Mapping[str, Any]] = []
    for part in parts:
        for name, asked in part.items():
            if set(asked) & set(found.get(name, {})):
                rest.append({name: asked})
            else:
                found[name] = {**found.get(name, {}), **asked}
    return found | ({"all": rest} if rest else {})


def _value(path: Path, operator: str, text: str) -> Any:
    if operator == "exists":
        return TRUTHS.get(text.lower(), True)
    if not text:
        raise ValueError("Say what to compare with.")
    if operator not in ("in", "between"):
        return _scalar(text)
    values = [_scalar(part.strip()) for part in next(csv.reader(StringIO(text), skipinitialspace=True), [])]
    if operator == "between" and len(values) != 2:
        raise ValueError("Enter the lowest and the highest value with a comma between them.")
    return values


def _scalar(text: str) -> Any:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return (Decimal(text) if "." in text else int(text)) if NUMBER.fullmatch(text) else text


def _typed(value: Any) -> str:
    if isinstance(value, list):
        line = StringIO()
        csv.writer(line).writerow([_typed(one) for one in value])
        return line.getvalue().strip().replace(",", ", ") if not any("," in str(one) for one in value) else line.getvalue().strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return number_text(value)
    # Text that looks like a number is told apart from one by its quotes.
    return value if _scalar(str(value)) == value else f"'{value}'"


def _told(error: ValueError) -> str:
    message = "; ".join(one.message for one in error.problems) if isinstance(error, Misfit) else str(error)
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith('.') else '.'}"
