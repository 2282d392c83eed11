"""Holds the daily totals against the events and the transfers they came from, and the figures over many of them against the totals."""

from dataclasses import dataclass
from typing import Any

from rewards.earning.in_force import programme_in_force
from rewards.earning.rolling_up import COLUMNS as SUMMED
from rewards.earning.rolling_up import add_sums, last_days_derived, set_last_days
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


@dataclass(frozen=True, slots=True)
class HalfUndone:
    """An event that was undone and has still moved something."""

    event_id: int
    asset: str
    amount: int


def half_undone() -> list[HalfUndone]:
    """Every event that was undone and whose transfers do not come to nothing."""
    signed = "sum(CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END)"
    question = (
        f"SELECT e.id, t.asset, {signed} FROM transfers t JOIN events e ON e.id = t.event_id JOIN accounts c ON c.id = t.credit_id"
        f" WHERE e.state = 'undone' GROUP BY e.id, t.asset HAVING {signed} <> 0 ORDER BY e.id, t.asset"
    )
    return [HalfUndone(event_id, asset, int(amount)) for event_id, asset, amount in sql.rows(question)]


@dataclass(frozen=True, slots=True)
class WrongRollup:
    """A figure over many rows of the daily totals that is not what they say."""

    what: str
    stored: tuple[Any, ...] | None
    derived: tuple[Any, ...] | None


def wrong_sums() -> list[WrongRollup]:
    """Every day and activity whose sum over everybody differs."""
    stored, derived = (_sums_in(table) for table in ("daily_sums", "daily_activity"))
    nothing = (0,) * len(SUMMED)
    keys = sorted(key for key in derived.keys() | stored.keys() if derived.get(key, nothing) != stored.get(key, nothing))
    return [WrongRollup(f"activity {key[1]} on {key[0]}", stored.get(key), derived.get(key)) for key in keys]


def wrong_last_days() -> list[WrongRollup]:
    """Everybody whose last days are not those of their daily totals."""
    stored, derived = _stored_last_days(), last_days_derived()
    ids = sorted(user_id for user_id in derived.keys() | stored.keys() if derived.get(user_id) != stored.get(user_id))
    return [WrongRollup(f"user {user_id}", stored.get(user_id), derived.get(user_id)) for user_id in ids]


def restore_rollups() -> int:
    """Set every wrong sum and last day to what the daily totals say, which must be right by then; how many."""
    stored, derived, sums = _stored_last_days(), last_days_derived(), wrong_sums()
    wrong = [user_id for user_id in derived.keys() | stored.keys() if derived.get(user_id) != stored.get(user_id)]
    set_last_days([(user_id, derived.get(user_id)) for user_id in sorted(wrong)])
    if sums:
        # One row for each connection adds up to the sum, so there is no single row to mend.
        sql.run("DELETE FROM daily_sums")
        add_sums({key: list(amounts) for key, amounts in _sums_in("daily_activity").items()})
    return len(wrong) + len(sums)


def _sums_in(table: str) -> dict[tuple[str, int], tuple[int, ...]]:
    totals = ", ".join(f"sum({column})" for column in SUMMED)
    rows = sql.rows(f"SELECT day, activity_id, {totals} FROM {table} GROUP BY day, activity_id")
    return {(day, activity_id): tuple(int(amount) for amount in amounts) for day, activity_id, *amounts in rows}


def _stored_last_days() -> dict[int, tuple[str, str]]:
    return {
        user_id: (active_on, earned_on) for user_id, active_on, earned_on in sql.rows("SELECT user_id, active_on, earned_on FROM last_days")
    }
