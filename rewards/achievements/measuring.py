"""How far somebody is towards an achievement. Pure: what it measures is asked of whoever knows the person."""

from typing import Protocol


class Asked(Protocol):
    """An achievement's condition."""

    @property
    def condition_type(self) -> str | None:
        """What is measured."""

    @property
    def activity(self) -> str | None:
        """Of which activity."""

    @property
    def window(self) -> str | None:
        """Within one day, week or month; None: ever."""


class Measures(Protocol):
    """What can be measured of a person."""

    @property
    def total_xp(self) -> int:
        """With everything so far."""

    @property
    def level(self) -> int:
        """The level's number."""

    @property
    def referral_count(self) -> int:
        """Confirmed referrals."""

    def points_earned(self) -> int:
        """All points ever earned."""

    def count(self, activity: str, window: str | None) -> int:
        """How often they did it: ever, or in the fullest window that the latest event belongs to."""

    def best_run(self, activity: str, unit: str) -> int:
        """The longest run of days, weeks or months."""


def reached(asked: Asked, measures: Measures) -> int:
    """How much of the condition's value the person has, in the condition's own unit."""
    activity = asked.activity or ""
    match asked.condition_type:
        case "workout_count" | "checkin_count" | "activity_count":
            return measures.count(activity, asked.window)
        case "streak_days" | "streak_weeks" | "streak_months":
            return measures.best_run(activity, asked.condition_type.removeprefix("streak_"))
        case "xp_total":
            return measures.total_xp
        case "points_earned":
            return measures.points_earned()
        case "level":
            return measures.level
        case "referral_count":
            return measures.referral_count
        case _:
            return 0
