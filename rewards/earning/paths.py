"""What a condition can look at, with which operators, and what it can be compared to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rewards.activities.documents import FIELD
from rewards.kit.values import exact_number, storable_text

RANGED = ("gt", "gte", "lt", "lte")
NUMBERS = ("equals", "in", *RANGED, "between")
TEXT_MAX = 500
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Value = str | int | Decimal | bool


def _scalar(value: object) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > TEXT_MAX:
            raise ValueError(f"text of at most {TEXT_MAX} characters is expected")
        return storable_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return exact_number(value)
    raise ValueError("text, a number, true or false is expected")


def _yes_no(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")  # noqa: TRY004 - one kind of error for every wrong value.
    return value


def _tag(value: object) -> Value:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a tag is expected")
    return storable_text(value).strip()


def _weekday(value: object) -> Value:
    if not isinstance(value, str) or value.lower() not in WEEKDAYS:
        raise ValueError(f"one of {', '.join(WEEKDAYS)} is expected")
    return value.lower()


def _hour(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 23:
        raise ValueError("an hour from 0 to 23 is expected")
    return value


def _day(value: object) -> Value:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("a date such as 2027-06-01 is expected") from None


@dataclass(frozen=True, slots=True)
class Path:
    """One thing that a condition can look at."""

    operators: tuple[str, ...]
    # Reads a value to compare with; ValueError says what is expected.
    read: Callable[[object], Value]
    # The same for operators that need an order; text in metadata has none.
    read_bound: Callable[[object], Value]
    # What a value without an operator means.
    usual: str = "equals"


NUMBER = Path(NUMBERS, exact_number, exact_number)
METADATA = Path((*NUMBERS, "contains", "exists"), _scalar, exact_number)

KNOWN = {
    "person.level": NUMBER,
    "person.total_xp": NUMBER,
    "person.points_balance": NUMBER,
    "person.streak_days": NUMBER,
    "person.days_since_joining": NUMBER,
    "person.tags": Path(("contains",), _tag, _tag, usual="contains"),
    "campaign.referralCount": NUMBER,
    "campaign.firstReferralOnly": Path(("equals",), _yes_no, _yes_no),
    "campaign.minScore": Path(("gte",), exact_number, exact_number, usual="gte"),
    "time.weekday": Path(("equals", "in"), _weekday, _weekday),
    "time.hour": Path(NUMBERS, _hour, _hour),
    "time.date": Path(NUMBERS, _day, _day),
}
NAMES = ["metadata.<name>", "person.count.<activity>", *KNOWN]

# As events may spell them.
ACTIVITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,128}")

# The campaign's stats are also known without their prefix, and in snake case.
_SPELLINGS = {
    "referralCount": "campaign.referralCount",
    "firstReferralOnly": "campaign.firstReferralOnly",
    "minScore": "campaign.minScore",
    "referral_count": "campaign.referralCount",
    "first_referral_only": "campaign.firstReferralOnly",
    "min_score": "campaign.minScore",
}


def canonical_name(written: str) -> str:
    """The one spelling of a path."""
    return _SPELLINGS.get(written.removeprefix("campaign."), written)


def path_of(name: str) -> Path | None:
    """What stands at a path in its one spelling; None where nothing does."""
    if name.startswith("metadata.") and FIELD.fullmatch(name.removeprefix("metadata.")):
        return METADATA
    if name.startswith("person.count.") and ACTIVITY.fullmatch(name.removeprefix("person.count.")):
        return NUMBER
    return KNOWN.get(name)
