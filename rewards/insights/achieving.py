"""How far somebody is towards each achievement that is still to be had, measured as of today."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rewards.achievements.documents import AchievementType, ConditionType
from rewards.achievements.measuring import reached
from rewards.activities.identities import activity_ids
from rewards.activities.reserved import ADJUSTMENT
from rewards.earning.compiled import CompiledAchievement, Programme
from rewards.kit import sql
from rewards.streaks.running import DAY, Run, alive_on, first_of_month, monday_of

WINDOWS: Mapping[str, Callable[[date], date]] = {"day": lambda day: day, "week": monday_of, "month": first_of_month}
BY_PERIOD = (ConditionType.STREAK_WEEKS, ConditionType.STREAK_MONTHS)


@dataclass(frozen=True, slots=True)
class Headway:
    """One achievement, how much of what it asks there is, and how much it asks; a manual one asks for nothing."""

    achievement: CompiledAchievement
    have: int
    want: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(self.have / self.want, 1) if self.want else 0

    @property
    def missing(self) -> int:
        """How much there is to go."""
        return max(self.want - self.have, 0)


def headway_of(
    *,
    user_id: int,
    coach_id: int | None,
    programme: Programme,
    unlocked: Collection[str],
    total_xp: int,
    runs: Mapping[str, Run],
    today: date,
) -> list[Headway]:
    """Everything they can still unlock and may know about, nearest first; what is given by hand comes last."""
    open_ones = [
        one
        for one in programme.achievements
        if one.active and not one.document.secret and one.key not in unlocked and one.coach_id in (None, coach_id)
    ]
    now = Now(user_id, total_xp, programme.ladder.level_for(total_xp).number, runs, today, open_ones)
    found = [Headway(one, reached(one, now), one.value or 0) for one in open_ones]
    return sorted(found, key=lambda one: (one.achievement.type == AchievementType.MANUAL, -one.share, one.missing, one.achievement.id))


@dataclass
class Now:
    """Somebody as achievements measure them today: runs that are alive, and windows that are still open."""

    user_id: int
    total_xp: int
    level: int
    runs: Mapping[str, Run]
    today: date
    asked: Collection[CompiledAchievement]
    referral_count: int = 0

    def points_earned(self) -> int:
        """All points ever earned; adjustments by hand are no earnings."""
        question = "SELECT coalesce(sum(points), 0) FROM daily_activity WHERE user_id = ? AND activity_id <> ?"
        return int(sql.value(question, (self.user_id, activity_ids([ADJUSTMENT.key])[ADJUSTMENT.key])))

    def count(self, activity: str, window: str | None) -> int:
        """Ever, or in the day, week or month that is not over yet."""
        if window is None:
            run = self.runs.get(activity)
            return run.counted if run else 0
        start_of = WINDOWS[window]
        return self._counted(activity, start_of)[start_of(self.today)]

    def best_run(self, activity: str, unit: str) -> int:
        """The run that can still grow: what once was longer is no step towards the next."""
        run = self.runs.get(activity)
        if run is None or unit == "days":
            return alive_on(run, self.today) if run else 0
        start_of = WINDOWS[unit.removesuffix("s")]
        starts, start = self._counted(activity, start_of), start_of(self.today)
        # This week or month is not over: one without anything in it yet breaks nothing.
        start = start if start in starts else start_of(start - DAY)
        length = 0
        while start in starts:
            length, start = length + 1, start_of(start - DAY)
        return length

    def _counted(self, activity: str, start_of: Callable[[date], date]) -> Counter[date]:
        counted: Counter[date] = Counter()
        for day, count in self._days.get(activity, ()):
            counted[start_of(day)] += count
        return counted

    @cached_property
    def _days(self) -> dict[str, list[tuple[date, int]]]:
        """The days of every activity that something is asked of week by week; one question for all."""
        dated = {one.activity for one in self.asked if one.activity and (one.window or one.condition_type in BY_PERIOD)}
        ids = {activity_id: key for key, activity_id in activity_ids(dated & set(self.runs)).items()}
        question = f"SELECT activity_id, day, counted FROM daily_activity WHERE user_id = ? AND activity_id IN ({sql.marks(ids)})"
        found: dict[str, list[tuple[date, int]]] = {}
        for activity_id, day, counted in sql.rows(question, (self.user_id, *ids)) if ids else ():
            found.setdefault(ids[activity_id], []).append((date.fromisoformat(day), counted))
        return found
