"""Values that several documents of the API share. Each refuses what only looks like it, and describes itself exactly."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, WithJsonSchema, model_validator
from pydantic.config import JsonDict

from rewards.kit.columns import time_text
from rewards.kit.values import AMOUNT_MAX
from rewards.ledger.models import POINTS, XP
from rewards.ledger.money import money

# A letter that a database and a page can hold; and one of those that can be seen.
_LETTER = r"[^\x00-\x1f\x7f-\x9f]"
_VISIBLE = r"[^\s\x00-\x1f\x7f-\x9f]"
ID = r"^[1-9][0-9]{0,17}$"
LINE = rf"^{_LETTER}*{_VISIBLE}{_LETTER}*$"
USER = rf"^([1-9][0-9]{{0,17}}|ext:{_LETTER}*{_VISIBLE}{_LETTER}*)$"
WORD = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
KEY = r"^[ -~]{1,255}$"
# What a text that does not fit is told it should be.
PATTERNS = {
    ID: "the number of something that was answered before is expected",
    LINE: "one line with something to read is expected",
    USER: "an id such as 17, or `ext:` and an id of your own, is expected",
    WORD: "a name of at most 64 letters, digits, `_`, `.` and `-` is expected",
    KEY: "1 to 255 printable ASCII characters are expected",
}
USER_LENGTH_MAX = 204
# Of one document; the largest there is has a third as many.
MEMBERS_MAX = 30
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A day away from the ends of the calendar, every time is one in every zone.
YEARS = range(2, 9999)


class Told(BaseModel):
    """A document that a machine sends. It has the members that are described, of exactly those kinds, and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    body_bytes_max: ClassVar[int] = 65_536

    @model_validator(mode="before")
    @classmethod
    def _has_few_members(cls, members: Any) -> Any:
        # Each that is unknown is told back, so a million of them would be an answer many times as large as the question.
        if isinstance(members, Mapping) and len(members) > MEMBERS_MAX:
            raise ValueError(f"at most {MEMBERS_MAX} members are expected")
        return members


class Shown(BaseModel):
    """A document that is answered. It describes; nothing is made from it while running."""

    model_config = ConfigDict(extra="forbid")


def _integer(value: object) -> object:
    # JSON has one kind of number: 50.0 is 50, as long as a fraction can be exact.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _reference(value: object) -> object:
    number = _integer(value)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 10**18 else value


def _moment(value: object) -> object:
    if isinstance(value, str) and MOMENT.fullmatch(value) and int(value[:4]) in YEARS:
        # Letters in capitals: Python reads no others.
        return datetime.fromisoformat(value.upper())
    raise ValueError("a time with its offset, such as 2027-03-01T18:30:00Z, is expected")


def _day(value: object) -> object:
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a date such as 2027-06-01 is expected")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else value


Word = Annotated[str, Field(pattern=WORD)]
Line = Annotated[str, Field(pattern=LINE, max_length=200)]
Reason = Annotated[str, Field(pattern=LINE, max_length=500, description="Why, in the history that people see.")]
Key = Annotated[str, Field(pattern=KEY)]
Points = Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX), BeforeValidator(_integer)]
User = Annotated[
    str,
    Field(pattern=USER, max_length=USER_LENGTH_MAX),
    BeforeValidator(_reference),
    WithJsonSchema(
        {
            "description": "Laurel's id of a client, or `ext:` and the id that your system knows them by.",
            "anyOf": [
                {"type": "string", "pattern": USER, "maxLength": USER_LENGTH_MAX},
                {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
            ],
            "examples": ["17", "ext:abc", 17],
        }
    ),
]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_whole)]
Metadata = Annotated[
    dict[str, Any],
    Field(description="Anything about the event that rules may ask for: at most 16,384 bytes of JSON, at most 8 levels deep."),
]


def no_default(schema: JsonDict) -> None:
    """Leave out what is there unless told: the first page has no cursor, and an empty one would be a wrong one."""
    schema.pop("default")


class Page(Told):
    """Which part of a list is wanted."""

    limit: Limit = 50
    cursor: Annotated[str, Field(pattern=ID)] = Field("", description="`next_cursor` of the page before.", json_schema_extra=no_default)

    @property
    def before_id(self) -> int | None:
        """The id that the page before ended with."""
        return int(self.cursor) if self.cursor else None


class MoneyShown(Shown):
    """An amount of money."""

    currency: str = Field(examples=["USD"])
    minor: int = Field(examples=[250], description="In the currency's smallest unit.")
    amount: str = Field(examples=["2.50"])


class LevelShown(Shown):
    """A level on the ladder."""

    number: int = Field(examples=[2])
    name: str = Field(examples=["Silver"])


class AmountsShown(Shown):
    """Amounts by asset."""

    xp: int = Field(examples=[20])
    points: int = Field(examples=[20])
    money: list[MoneyShown]


def amounts(balances: Mapping[str, int]) -> dict[str, Any]:
    """Balances by asset, in the words of every answer."""
    currencies = sorted(asset for asset in balances if asset not in (XP, POINTS) and ":" not in asset)
    return {"xp": balances.get(XP, 0), "points": balances.get(POINTS, 0), "money": [money(asset, balances[asset]) for asset in currencies]}


def moment(at: datetime | None) -> str | None:
    """A time as every answer tells it."""
    return time_text(at) if at else None
