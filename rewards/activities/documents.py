"""What a programme says about activities and their categories, and about itself, as people write it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, model_validator

from rewards.activities.models import Recorder
from rewards.activities.reserved import RESERVED
from rewards.kit.contrast import COLOUR, WHITE, contrast, is_readable, readable_colour
from rewards.kit.values import Amount, ExactAmount, Factor, Key, Name, Story, Text, YesNo, readable
from rewards.kit.written import Misfit, Written
from rewards.people.zones import zone_names

CURRENCY = re.compile(r"[A-Z]{3}")
FIELD = re.compile(r"\w[\w-]{0,63}")
DEFAULT_CATEGORY = "participation"


def _currency(value: str) -> str:
    if not CURRENCY.fullmatch(value):
        raise ValueError("a currency such as USD is expected")
    return value


def _field(value: str) -> str:
    if not FIELD.fullmatch(value):
        raise ValueError("the name of a metadata field is expected")
    return value


def _zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("a time zone such as Europe/Berlin is expected")
    return value


# As kit.media names what is uploaded.
NAME_OF_FILE = re.compile(r"[0-9a-f]{32}")


def _accent(value: str) -> str:
    colour = value.lower()
    if not COLOUR.fullmatch(colour):
        raise ValueError("a colour such as #1f5fd0 is expected")
    if not is_readable(colour):
        nearest = readable_colour(colour)
        raise ValueError(f"white text on this colour is hard to read ({contrast(colour, WHITE):.1f}); {nearest} is the nearest that works")
    return colour


def _folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


# A category may be written in capitals, as enums are.
CategoryKey = Annotated[Key, BeforeValidator(_folded)]
Currency = Annotated[Text, AfterValidator(_currency)]
MetadataField = Annotated[Text, AfterValidator(_field)]
Zone = Annotated[Text, AfterValidator(_zone)]


def _logo(value: str) -> str:
    if not NAME_OF_FILE.fullmatch(value):
        raise ValueError("the name of a picture that was uploaded here is expected")
    return value


Accent = Annotated[Text, AfterValidator(_accent)]
Logo = Annotated[Text, AfterValidator(_logo)]
# In minor units.
Money = dict[Currency, Amount]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class ProgrammeSettings(Written):
    """What holds for the whole programme."""

    name: Name = "Laurel"
    currency: Currency = "USD"
    timezone: Zone = "UTC"
    points_word: Name = "points"
    # The activity whose streak earns the streak bonuses and is the client's headline.
    streak_activity: Key = "daily_checkin"
    # None: any past date is taken.
    backdating_days: Annotated[StrictInt, Field(ge=0, le=36_500)] | None = None
    # The programme's own colour; None: that of the design language.
    accent: Accent | None = None
    # The name of a picture among the uploads; None, or one that is not there: Laurel's own leaf.
    logo: Logo | None = None
    # What /privacy and /terms say, in plain paragraphs, and whom to ask; None: what Laurel says until somebody writes their own.
    privacy: Story | None = None
    terms: Story | None = None
    contact: Name | None = None


class Named(Written):
    """A part with a key, and a name that the key gives where none is written."""

    key: Key
    name: Name

    @classmethod
    def complete(cls, members: dict[str, Any]) -> dict[str, Any]:
        """A readable name."""
        key = members.get("key")
        return members if members.get("name") or not isinstance(key, str) else members | {"name": readable(key)}


class CategoryDocument(Named):
    """A kind of deed; charts show what came from which."""

    key: CategoryKey


STANDARD_CATEGORIES = {
    key: CategoryDocument(key=key, name=readable(key))
    for key in ("creation", "learning", "community", "participation", "consistency", "challenge")
}


class PerUnit(Written):
    """Amounts for each unit of a metadata field: 5 kg at 10 points a kg."""

    field: MetadataField
    xp: ExactAmount = Decimal(0)
    points: ExactAmount = Decimal(0)
    money: dict[Currency, ExactAmount] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _pays_something(self) -> Self:
        if not (self.xp or self.points or any(self.money.values())):
            raise Misfit.single("", "an amount per unit is expected: xp, points or money")
        return self


class Diminishing(Written):
    """From the event after the `after`th paid one of a day, each counts `factor` of the one before."""

    after: Annotated[StrictInt, Field(ge=0, le=1_000_000)]
    factor: Annotated[Factor, Field(le=1)]


def _once(recorders: list[Recorder]) -> list[Recorder]:
    return list(dict.fromkeys(recorders))


def _everybody() -> list[Recorder]:
    return [Recorder.CLIENT, Recorder.COACH, Recorder.SERVICE]


class ActivityDocument(Named):
    """A known kind of event, and what one is worth."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "activity_type": ("key",),
        "base_points": ("xp", "points"),
        "enabled": ("active",),
        "xp_amount": ("xp",),
        "points_amount": ("points",),
        "is_active": ("active",),
    }

    told: ClassVar[tuple[str, ...]] = ("category",)

    description: Story = ""
    category: CategoryKey = DEFAULT_CATEGORY
    xp: Amount = 0
    points: Amount = 0
    money: Money = Field(default_factory=dict)
    per_unit: PerUnit | None = None
    cooldown_hours: Annotated[StrictInt, Field(ge=1, le=8_784)] | None = None
    max_per_day: Count | None = None
    max_per_week: Count | None = None
    diminishing: Diminishing | None = None
    recorded_by: Annotated[list[Recorder], Field(min_length=1), AfterValidator(_once)] = Field(default_factory=_everybody)
    active: YesNo = True
    notes: Story = ""

    @model_validator(mode="after")
    def _is_not_reserved(self) -> Self:
        if self.key in RESERVED:
            raise Misfit.single("key", f"another key is expected: {self.key} is the product's own", self.key)
        return self
