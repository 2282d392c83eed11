"""What a rule does when it applies, as people write it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, model_validator

from rewards.activities.documents import CURRENCY, CategoryKey, Money, PerUnit
from rewards.earning.paths import ACTIVITY
from rewards.kit.values import AMOUNT_MAX, Amount, Factor, Key, Text
from rewards.kit.written import Misfit, Written, shown


class Stacking(StrEnum):
    """How multipliers go together: each kind on its own, then the three results with each other."""

    COMPOUND = "compound"
    ADD = "add"
    HIGHEST = "highest"


def _asset(value: str) -> str:
    if value not in ("xp", "points", "score") and not CURRENCY.fullmatch(value):
        raise ValueError("xp, points, score or a currency such as USD is expected")
    return value


def _activity(value: str) -> str:
    if not ACTIVITY.fullmatch(value):
        raise ValueError("the key of an activity is expected")
    return value


Asset = Annotated[Text, AfterValidator(_asset)]
# Also of an activity that nobody has registered, so it may look as a recorded one does.
ActivityKey = Annotated[Text, AfterValidator(_activity)]
SCOPE_MAX = 200


class Scope(Written):
    """What a multiplier multiplies. Without an asset: XP and points, never money or score; empty lists: everything."""

    asset: Asset | None = None
    factor: Factor
    stacking: Stacking = Stacking.COMPOUND
    categories: Annotated[list[CategoryKey], Field(max_length=SCOPE_MAX)] = Field(default_factory=list)
    activities: Annotated[list[ActivityKey], Field(max_length=SCOPE_MAX)] = Field(default_factory=list)


class AwardPoints(Written):
    """Amounts to add to what the event is worth."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"basePoints": ("points", "xp"), "base_points": ("points", "xp")}

    told: ClassVar[tuple[str, ...]] = ("points", "xp")

    type: Literal["award_points"]
    points: Amount = 0
    xp: Amount = 0
    money: Money = Field(default_factory=dict)
    # The only amount that may be a penalty.
    score: Annotated[StrictInt, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)] = 0
    per_unit: PerUnit | None = None
    category: CategoryKey | None = None

    @model_validator(mode="after")
    def _awards_something(self) -> Self:
        if not {"points", "xp", "money", "score", "per_unit"} & self.model_fields_set:
            raise Misfit.single("", "an amount is expected: points, xp, money, score or per_unit")
        return self


class Multiply(Scope):
    """A factor for what comes before it."""

    type: Literal["multiply"]


class UnlockAchievement(Written):
    """An achievement to unlock."""

    type: Literal["unlock_achievement"]
    achievement: Key


class GrantReward(Written):
    """A reward to give away."""

    type: Literal["grant_reward"]
    reward: Key


KINDS: dict[str, type[Written]] = {
    "award_points": AwardPoints,
    "multiply": Multiply,
    "unlock_achievement": UnlockAchievement,
    "grant_reward": GrantReward,
}


def _read_outcome(value: Any) -> Any:
    if isinstance(value, Written):
        return value
    if not isinstance(value, Mapping):
        raise Misfit.single("", f"an outcome with a type is expected, not {shown(value)}", value)
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Misfit.single("type", f"one of {', '.join(KINDS)} is expected, not {shown(kind)}", kind)
    return KINDS[kind].model_validate(value)


Outcome = Annotated[AwardPoints | Multiply | UnlockAchievement | GrantReward, BeforeValidator(_read_outcome)]
