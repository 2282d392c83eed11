"""Holds the daily totals against the events and the transfers they came from."""

from dataclasses import dataclass

from rewards.earning.in_force import programme_in_force
from rewards.kit import sql

COLUMNS = ("events", "counted", "paid", "xp", "points", "money")
DERIVED = """
    SELECT e.user_id, e.happened_on, e.activity_id, count(*), sum(e.counted), sum(e.paid),
        sum(coalesce(m.xp, 0)), sum(coalesce(m.points, 0)), sum(coalesce(m.money, 0))
    FROM events e LEFT JOIN (
        SELECT t.event_id,
            sum(CASE WHEN t.asset = 'xp' THEN CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END ELSE 0 END) AS xp,
            sum(CASE WHEN t.asset = 'points' THEN CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END ELSE 0 END) AS points,
            sum(CASE WHEN t.asset = ? THEN CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END ELSE 0 END) AS money
        FROM transfers t JOIN accounts c ON c.id = t.credit_id WHERE t.event_id IS NOT NULL GROUP BY t.event_id
    ) AS m ON m.event_id = e.id
    WHERE e.state = 'processed' GROUP BY e.user_id, e.happened_on, e.activity_id
"""
STORED = f"SELECT user_id, day, activity_id, {', '.join(COLUMNS)} FROM daily_activity"


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """A row of the daily totals that is not what its events say; None where one side has no row."""

    user_id: int
    day: str
    activity_id: int
    stored: tuple[int, ...] | None
    derived: tuple[int, ...] | None


def wrong_totals() -> list[WrongTotal]:
    """Every row that differs."""
    derived = {row[:3]: tuple(int(value) for value in row[3:]) for row in sql.rows(DERIVED, (programme_in_force().settings.currency,))}
    stored = {row[:3]: tuple(row[3:]) for row in sql.rows(STORED)}
    keys = sorted(key for key in derived.keys() | stored.keys() if derived.get(key) != stored.get(key))
    return [WrongTotal(user_id, day, activity_id, stored.get(key), derived.get(key)) for key in keys for user_id, day, activity_id in [key]]


def restore_totals() -> int:
    """Set every wrong row to what its events say; how many."""
    wrong = wrong_totals()
    for total in wrong:
        sql.run(
            "DELETE FROM daily_activity WHERE user_id = ? AND day = ? AND activity_id = ?", (total.user_id, total.day, total.activity_id)
        )
        if total.derived:
            marks = sql.marks([0] * (3 + len(COLUMNS)))
            row = (total.user_id, total.day, total.activity_id, *total.derived)
            sql.run(f"INSERT INTO daily_activity (user_id, day, activity_id, {', '.join(COLUMNS)}) VALUES ({marks})", row)
    return len(wrong)
