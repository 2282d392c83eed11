"""Tells the runs of one person anew from their days, after a day has been taken out of them."""

from collections.abc import Iterable
from datetime import date

from rewards.kit import sql
from rewards.streaks.running import retell

DAYS = "SELECT day, counted FROM daily_activity WHERE user_id = ? AND activity_id = ? AND events > 0 ORDER BY day"
STORE = "INSERT INTO streaks (user_id, activity_id, counted, current, best, last_day) VALUES (?, ?, ?, ?, ?, ?)"


def retell_runs(*, user_id: int, activity_ids: Iterable[int]) -> None:
    """Set these runs to what the daily totals tell, which must be right by then; where no day is left there is no run."""
    for activity_id in sorted(set(activity_ids)):
        sql.run("DELETE FROM streaks WHERE user_id = ? AND activity_id = ?", (user_id, activity_id))
        days = sql.rows(DAYS, (user_id, activity_id))
        if days:
            current, best, last_day = retell([date.fromisoformat(day) for day, _ in days])
            counted = sum(count for _, count in days)
            sql.run(STORE, (user_id, activity_id, counted, current, best, last_day.isoformat()))
