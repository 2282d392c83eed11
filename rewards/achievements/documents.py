"""What a programme says about an achievement, as people write it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StrictInt, model_validator

from rewards.activities.documents import Named
from rewards.kit.errors import Problem
from rewards.kit.values import AMOUNT_MAX, Amount, Key, Name, Story, Text, YesNo
from rewards.kit.written import Misfit


class AchievementType(StrEnum):
    """How it is unlocked."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class ConditionType(StrEnum):
    """What an automatic achievement looks at."""

    WORKOUT_COUNT = "workout_count"
    CHECKIN_COUNT = "checkin_count"
    ACTIVITY_COUNT = "activity_count"
    STREAK_DAYS = "streak_days"
    STREAK_WEEKS = "streak_weeks"
    STREAK_MONTHS = "streak_months"
    XP_TOTAL = "xp_total"
    POINTS_EARNED = "points_earned"
    LEVEL = "level"
    REFERRAL_COUNT = "referral_count"


class Window(StrEnum):
    """The calendar window in which a count must be reached: "5 in a week"."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# The two counts whose activity is in their name.
COUNTED_ACTIVITY = {ConditionType.WORKOUT_COUNT: "workout_logged", ConditionType.CHECKIN_COUNT: "daily_checkin"}
COUNTS = {*COUNTED_ACTIVITY, ConditionType.ACTIVITY_COUNT}
STREAKS = {ConditionType.STREAK_DAYS, ConditionType.STREAK_WEEKS, ConditionType.STREAK_MONTHS}
# What only an automatic achievement has.
CONDITION_MEMBERS = ("condition_type", "condition_value", "activity", "window")


class AchievementDocument(Named):
    """Something to unlock, once: by a coach's hand, or by what somebody did."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"is_active": ("active",), "enabled": ("active",)}

    description: Story = ""
    type: AchievementType
    condition_type: ConditionType | None = None
    condition_value: Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX)] | None = None
    # For `activity_count`, and for streaks; a streak without one is that of the programme's streak activity.
    activity: Key | None = None
    window: Window | None = None
    xp_reward: Amount = 0
    points_reward: Amount = 0
    icon: Name | None = None
    secret: YesNo = False
    # A coach's own achievement names its coach: by e-mail where people write it, by id where it is stored. Neither: everybody's.
    coach: Text | None = None
    coach_id: StrictInt | None = None
    active: YesNo = True

    @property
    def counted_activity(self) -> str | None:
        """The activity whose count or streak it asks for; None where it asks for none, or for the programme's streak activity."""
        return COUNTED_ACTIVITY.get(self.condition_type, self.activity) if self.condition_type else None

    @model_validator(mode="after")
    def _condition_fits(self) -> Self:
        problems = self._manual_problems() if self.type == AchievementType.MANUAL else self._automatic_problems()
        if problems:
            raise Misfit(problems)
        return self

    def _manual_problems(self) -> list[Problem]:
        written = [name for name in CONDITION_MEMBERS if getattr(self, name) is not None]
        return [
            Problem(name, "a manual achievement has no condition; take it out or make it automatic", getattr(self, name))
            for name in written
        ]

    def _automatic_problems(self) -> list[Problem]:
        kind = self.condition_type
        problems = [
            Problem(name, "an automatic achievement needs it")
            for name in ("condition_type", "condition_value")
            if getattr(self, name) is None
        ]
        if kind is None:
            return problems
        if kind == ConditionType.ACTIVITY_COUNT and self.activity is None:
            problems.append(Problem("activity", f"{kind} needs it"))
        if self.activity is not None and not self._may_name_activity(kind):
            problems.append(Problem("activity", f"{kind} looks at no activity of your choice; take it out", self.activity))
        if self.window is not None and kind not in COUNTS:
            problems.append(Problem("window", f"{kind} is not counted in a window; take it out", self.window.value))
        return problems

    def _may_name_activity(self, kind: ConditionType) -> bool:
        return kind == ConditionType.ACTIVITY_COUNT or kind in STREAKS or COUNTED_ACTIVITY.get(kind) == self.activity
