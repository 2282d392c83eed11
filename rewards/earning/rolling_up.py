"""Keeps the figures over all people, and when each was last about, in step with their daily totals: in the same transaction, row by row."""

from collections.abc import Iterable, Mapping
from datetime import date

from rewards.activities.identities import activity_ids
from rewards.activities.reserved import RESERVED
from rewards.earning.books import Book
from rewards.earning.in_force import programme_in_force
from rewards.kit import sql
from rewards.ledger.models import POINTS, XP

COLUMNS = ("events", "paid", "xp", "points", "money")
# People for whom something was booked by hand have done nothing by that.
NEVER = date.min.isoformat()
LATER = "CASE WHEN excluded.{column} > last_days.{column} THEN excluded.{column} ELSE last_days.{column} END"
LAST = (
    "INSERT INTO last_days (user_id, active_on, earned_on) VALUES (?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET"
    f" active_on = {LATER.format(column='active_on')}, earned_on = {LATER.format(column='earned_on')}"
    # Most events of a day find it there already, and then write nothing.
    " WHERE excluded.active_on > last_days.active_on OR excluded.earned_on > last_days.earned_on"
)
LAST_DERIVED = (
    "SELECT user_id, max(CASE WHEN activity_id NOT IN ({reserved}) AND events > 0 THEN day ELSE ? END),"
    " max(CASE WHEN xp > 0 THEN day ELSE ? END) FROM daily_activity {which} GROUP BY user_id"
)
Sums = dict[tuple[str, int], list[int]]


def roll_up(books: Mapping[int, Book]) -> None:
    """Take what a batch adds to the daily totals of its people into what is known of everybody."""
    sums: Sums = {}
    for book in books.values():
        for (day, activity_id), row in book.added.items():
            known = sums.setdefault((day.isoformat(), activity_id), [0] * len(COLUMNS))
            for place, amount in enumerate((row.events, row.paid, row.xp, row.points, row.money)):
                known[place] += amount
    add_sums(sums)
    reserved = set(reserved_ids())
    sql.run_many(LAST, [_last_days(user_id, book, reserved) for user_id, book in sorted(books.items()) if book.added])


def add_sums(sums: Sums) -> None:
    """Add amounts to the sums of days and activities; `sums` has one for each of COLUMNS."""
    # In one order, so that two batches cannot wait for each other.
    sql.run_many(_add(), [(*key, *amounts) for key, amounts in sorted(sums.items())])


def take_into_its_day(event_id: int, asset: str, signed: int) -> None:
    """Take what was moved for an event after its decision into the totals of its day."""
    column = {XP: "xp", POINTS: "points", programme_in_force().settings.currency: "money"}.get(asset)
    if column:
        row = sql.rows("SELECT user_id, happened_on, activity_id FROM events WHERE id = ?", (event_id,))[0]
        sql.run(f"UPDATE daily_activity SET {column} = {column} + ? WHERE user_id = ? AND day = ? AND activity_id = ?", (signed, *row))
        add_sums({row[1:]: [signed if name == column else 0 for name in COLUMNS]})


def reserved_ids() -> list[int]:
    """The ids of the activities that nobody does."""
    return sorted(activity_ids(RESERVED).values())


def last_days_derived(user_id: int | None = None) -> dict[int, tuple[str, str]]:
    """When people were last about, as their daily totals say: active, earned."""
    reserved = reserved_ids()
    which, whose = ("WHERE user_id = ?", [user_id]) if user_id is not None else ("", [])
    question = LAST_DERIVED.format(reserved=sql.marks(reserved), which=which)
    return {row[0]: (row[1], row[2]) for row in sql.rows(question, (*reserved, NEVER, NEVER, *whose))}


def set_last_days(people: Iterable[tuple[int, tuple[str, str] | None]]) -> None:
    """Store what was derived; None: there is nothing to store."""
    for user_id, days in people:
        sql.run("DELETE FROM last_days WHERE user_id = ?", (user_id,))
        if days:
            sql.run("INSERT INTO last_days (user_id, active_on, earned_on) VALUES (?, ?, ?)", (user_id, *days))


def _add() -> str:
    raises = ", ".join(f"{column} = daily_sums.{column} + excluded.{column}" for column in COLUMNS)
    return (
        f"INSERT INTO daily_sums (day, activity_id, writer, {', '.join(COLUMNS)}) VALUES (?, ?, {sql.writer()}, ?, ?, ?, ?, ?)"
        f" ON CONFLICT (day, activity_id, writer) DO UPDATE SET {raises}"
    )


def _last_days(user_id: int, book: Book, reserved: set[int]) -> tuple[int, str, str]:
    active = max(
        (day.isoformat() for (day, activity_id), row in book.added.items() if row.events and activity_id not in reserved), default=NEVER
    )
    earned = max((day.isoformat() for (day, _), row in book.added.items() if row.xp > 0), default=NEVER)
    return user_id, active, earned
