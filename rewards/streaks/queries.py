"""What people ask about streaks, as of a day of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rewards.kit import sql
from rewards.streaks.running import Run, alive_on


@dataclass(frozen=True, slots=True)
class RunningStreak:
    """A streak as it stands today: `current` is 0 once a day was missed; today itself is not missed before it is over."""

    current: int = 0
    best: int = 0
    last_day: date | None = None
    today: date = date.min

    @property
    def has_today(self) -> bool:
        """Whether today is in already."""
        return self.last_day is not None and self.last_day >= self.today

    @property
    def is_broken(self) -> bool:
        """Whether there was one and a day was missed."""
        return self.best > 0 and self.current == 0


def runs_of(user_id: int) -> dict[str, Run]:
    """How somebody is doing in everything they ever did, by activity."""
    return runs_and_days_of(user_id, days_max=0)[0]


def runs_and_days_of(user_id: int, *, days_max: int) -> tuple[dict[str, Run], int]:
    """The same, and on how many days they did anything, counted no further than that."""
    question = (
        "SELECT a.key, s.counted, s.current, s.best, s.last_day,"
        " (SELECT count(*) FROM (SELECT DISTINCT day FROM daily_activity WHERE user_id = ? LIMIT ?) days)"
        " FROM streaks s JOIN activities a ON a.id = s.activity_id WHERE s.user_id = ?"
    )
    rows = sql.rows(question, (user_id, days_max, user_id))
    runs = {key: Run(counted, current, best, date.fromisoformat(last_day)) for key, counted, current, best, last_day, _ in rows}
    return runs, rows[0][-1] if rows else 0


def as_of(run: Run | None, today: date) -> RunningStreak:
    """A run as it stands on that day; None: it was never begun."""
    return RunningStreak(alive_on(run, today), run.best, run.last_day, today) if run else RunningStreak(today=today)


def streak_of(user_id: int, activity: str, today: date) -> RunningStreak:
    """Somebody's streak in an activity."""
    return streaks_of({user_id: today}, activity)[user_id]


def streaks_of(todays: Mapping[int, date], activity: str) -> dict[int, RunningStreak]:
    """The streaks of several people in an activity, each as of their own day."""
    if not todays:
        return {}
    question = (
        "SELECT s.user_id, s.current, s.best, s.last_day FROM streaks s JOIN activities a ON a.id = s.activity_id"
        f" WHERE a.key = ? AND s.user_id IN ({sql.marks(list(todays))})"
    )
    found = {user_id: RunningStreak(today=today) for user_id, today in todays.items()}
    for user_id, current, best, last_day in sql.rows(question, (activity, *todays)):
        run = Run(0, current, best, date.fromisoformat(last_day))
        found[user_id] = RunningStreak(alive_on(run, todays[user_id]), best, run.last_day, todays[user_id])
    return found
