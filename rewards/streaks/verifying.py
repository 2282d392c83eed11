"""Holds every stored run against the daily totals it is derived from, in one ordered scan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rewards.kit import sql
from rewards.streaks.running import retell


@dataclass(frozen=True, slots=True)
class Told:
    """The state of one run: as it is stored, or as the days tell it."""

    user_id: int
    activity_id: int
    counted: int
    current: int
    best: int
    last_day: str


def stored_runs() -> dict[tuple[int, int], Told]:
    """As they are stored."""
    rows = sql.rows("SELECT user_id, activity_id, counted, current, best, last_day FROM streaks")
    return {(row[0], row[1]): Told(*row) for row in rows}


def derived_runs() -> Iterator[Told]:
    """As the daily totals tell them."""
    question = "SELECT user_id, activity_id, day, counted FROM daily_activity WHERE events > 0 ORDER BY user_id, activity_id, day"
    for (user_id, activity_id), rows in groupby(sql.rows(question), key=lambda row: (row[0], row[1])):
        days, counted = [], 0
        for _, _, day, count in rows:
            days.append(date.fromisoformat(day))
            counted += count
        current, best, last_day = retell(days)
        yield Told(user_id, activity_id, counted, current, best, last_day.isoformat())


def wrong_runs() -> list[tuple[Told | None, Told | None]]:
    """Pairs of (stored, derived) that differ; None where one side has nothing."""
    stored = stored_runs()
    wrong: list[tuple[Told | None, Told | None]] = []
    for told in derived_runs():
        found = stored.pop((told.user_id, told.activity_id), None)
        if found != told:
            wrong.append((found, told))
    return wrong + [(left, None) for left in stored.values()]


def restore_runs() -> int:
    """Set every wrong run to what the days tell; how many."""
    wrong = wrong_runs()
    for stored, derived in wrong:
        if stored:
            sql.run("DELETE FROM streaks WHERE user_id = ? AND activity_id = ?", (stored.user_id, stored.activity_id))
        if derived:
            values = (derived.user_id, derived.activity_id, derived.counted, derived.current, derived.best, derived.last_day)
            sql.run("INSERT INTO streaks (user_id, activity_id, counted, current, best, last_day) VALUES (?, ?, ?, ?, ?, ?)", values)
    return len(wrong)
