"""Mends what an event was worth, by a transfer that everybody can see; the day's totals move with it."""

from rewards.earning.in_force import programme_in_force
from rewards.earning.rolling_up import COLUMNS, add_sums
from rewards.kit import sql
from rewards.ledger.models import POINTS, XP

REASON = "correction"


def take_into_its_day(event_id: int, asset: str, signed: int) -> None:
    """Take what was moved for an event after its decision into the totals of its day."""
    column = {XP: "xp", POINTS: "points", programme_in_force().settings.currency: "money"}.get(asset)
    found = sql.rows("SELECT user_id, happened_on, activity_id FROM events WHERE id = ?", (event_id,))
    if column and found:
        sql.run(f"UPDATE daily_activity SET {column} = {column} + ? WHERE user_id = ? AND day = ? AND activity_id = ?", (signed, *found[0]))
        add_sums({found[0][1:]: [signed if name == column else 0 for name in COLUMNS]})
