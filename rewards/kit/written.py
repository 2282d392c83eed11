"""Documents that people write: strict values, other spellings, and errors that name the place in the writer's own words."""

import difflib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails

from rewards.kit.errors import Invalid, Problem

SHOWN_MAX = 60


class Misfit(ValueError):
    """What is wrong inside one part of a document; the paths start at that part."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" if problem.field else problem.message for problem in problems))
        self.problems = problems

    @classmethod
    def single(cls, field: str, message: str, value: object = None) -> Self:
        """The common case of one wrong value; `field` is empty where it is the part itself."""
        return cls([Problem(field, message, value)])


class Written(BaseModel):
    """A part of a document. It takes nothing it does not know, and knows other spellings of what it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, allow_inf_nan=False)

    # From another spelling to the members it stands for.
    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    # Members that even a short form tells.
    told: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def complete(cls, members: dict[str, Any]) -> dict[str, Any]:
        """Fill in what follows from the rest; a kind of part overrides this where something does."""
        return members

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise Misfit.single("", f"members such as {_listed(cls.known())} are expected, not {shown(value)}", value)
        members, origin = cls._respelled(value)
        try:
            return handler(cls.complete(members))
        except ValidationError as error:
            raise Misfit(_problems(error, cls.known(), origin)) from error

    @classmethod
    def known(cls) -> list[str]:
        """The members that may be written, as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def _respelled(cls, value: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        members = {name: member for name, member in value.items() if name not in cls.spellings}
        origin: dict[str, str] = {}
        for name in (name for name in cls.spellings if name in value):
            for ours in cls.spellings[name]:
                if ours in members:
                    raise Misfit.single(name, f"says the same as `{origin.get(ours, ours)}`; write one of them", value[name])
                members[ours] = value[name]
                origin[ours] = name
        return {name: member for name, member in members.items() if member is not None or cls._takes_nothing(name)}, origin

    @classmethod
    def _takes_nothing(cls, name: str) -> bool:
        # An empty cell or an explicit null means "as usual", unless nothing is a value of its own there.
        field = cls.model_fields.get(name)
        return field is None or field.is_required() or field.default is None

    def plain(self, *, short: bool = False) -> dict[str, Any]:
        """This part as plain data for JSON or YAML; `short` leaves out what is as it would be anyway."""
        members = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if not short or name in self.told or value != field.get_default(call_default_factory=True):
                members[field.alias or name] = plain(value, short=short)
        return members


Part = TypeVar("Part", bound=Written)


def read_part(kind: type[Part], value: Any, at: str = "") -> Part:
    """The validated part, or Invalid with every problem; `at` is where it stands in what was sent."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        problems = _problems(error, kind.known(), {})
        raise Invalid([Problem(joined(at, problem.field), problem.message, problem.value) for problem in problems]) from error


def joined(*steps: str | int) -> str:
    """A path as it is written: `rules[2].conditions`."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step:
            path += f".{step}" if path and not step.startswith("[") else step
    return path


def shown(value: object) -> str:
    """A found value, short enough for a sentence."""
    # Of a heap of a million members no more are spelled than can be told.
    if isinstance(value, Mapping):
        value = dict(islice(value.items(), SHOWN_MAX))
    elif isinstance(value, list):
        value = value[:SHOWN_MAX]
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, str | list | Mapping) else str(value)
    text = text.encode(errors="backslashreplace").decode()
    text = {"None": "nothing", "True": "true", "False": "false"}.get(text, text)
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


def unknown(name: str, known: list[str]) -> str:
    """What to say about a name that nobody knows."""
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    hint = f"; did you mean `{near[0]}`? Known" if near else "; known"
    return f"is unknown here{hint} are {_listed(known)}"


def plain(value: Any, *, short: bool = False) -> Any:
    """Parts as members, dates as ISO 8601, and fractions as the JSON number that reads back as the same Decimal."""
    if isinstance(value, Written):
        return value.plain(short=short)
    if isinstance(value, Mapping):
        return {str(name): plain(member, short=short) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member, short=short) for member in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# What is expected instead, by pydantic's name of the error.
EXPECTED = {
    "int_type": "a whole number is expected",
    "bool_type": "true or false is expected",
    "string_type": "text is expected",
    "list_type": "a list is expected",
    "dict_type": "members are expected",
    "date_type": "a date such as 2027-06-01 is expected",
    "greater_than": "a number above {gt} is expected",
    "greater_than_equal": "a number of at least {ge} is expected",
    "less_than": "a number below {lt} is expected",
    "less_than_equal": "a number of at most {le} is expected",
    "enum": "one of {expected} is expected",
    "literal_error": "one of {expected} is expected",
    "too_long": "at most {max_length} are expected",
    "string_too_long": "at most {max_length} characters are expected",
}


def _problems(error: ValidationError, known: list[str], origin: Mapping[str, str]) -> list[Problem]:
    problems: dict[tuple[str, str], Problem] = {}
    for found in error.errors(include_url=False):
        for problem in _found(found, known, origin):
            # One spelling can stand for two members; what is wrong with it is said once.
            problems.setdefault((problem.field, problem.message), problem)
    return list(problems.values())


def _found(found: ErrorDetails, known: list[str], origin: Mapping[str, str]) -> Iterator[Problem]:
    steps = [step for step in found["loc"] if step != "[key]"]
    if steps and isinstance(steps[0], str):
        steps[0] = origin.get(steps[0], steps[0])
    inner = found.get("ctx", {}).get("error")
    if isinstance(inner, Misfit):
        for problem in inner.problems:
            yield Problem(joined(*steps, problem.field), problem.message, problem.value)
    else:
        value = None if found["type"] == "missing" else found["input"]
        yield Problem(joined(*steps), _message(found, known), value)


def _message(found: ErrorDetails, known: list[str]) -> str:
    context = found.get("ctx", {})
    if found["type"] == "missing":
        return "is missing"
    if found["type"] == "extra_forbidden":
        return unknown(str(found["loc"][-1]), known)
    if found["type"] in ("too_short", "string_too_short"):
        return "must not be empty"
    words = EXPECTED[found["type"]].format(**context) if found["type"] in EXPECTED else str(context.get("error") or found["msg"])
    return f"{words}, not {shown(found['input'])}"
