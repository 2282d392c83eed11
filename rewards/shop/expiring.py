"""Gives back what nobody handed out while it was valid."""

from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.people.locking import lock_people
from rewards.shop.models import Redemption, RedemptionStatus
from rewards.shop.redeeming import held_rewards
from rewards.shop.settling import come_to_nothing

# So many of those that are due are settled in one write block: everybody else waits that long.
BLOCK = 20
DUE = "SELECT id, user_id, reward_id FROM redemptions WHERE status = 'pending' AND expires_at <= ? ORDER BY expires_at, id LIMIT ?"


def expire_due() -> int:
    """Give back what nobody handed out while it was valid; how many. Opens its own write blocks."""
    count = 0
    while True:
        with db.write():
            expired = expire_some()
        count += expired
        if expired < BLOCK:
            return count


def expire_some() -> int:
    """The same for as many as one write block may hold up, the surrounding one; how many."""
    due = sql.rows(DUE, (time_text(clock.now()), BLOCK))
    lock_people(user_id for _, user_id, _ in due)
    # All at once and in their order: whoever held one and wanted the next could wait for somebody who does it the other way round.
    held_rewards([reward_id for _, _, reward_id in due])
    expired = 0
    for redemption_id, _, _ in due:
        redemption = db.session.get(Redemption, redemption_id, populate_existing=True)
        # Somebody else may have settled it before its person was held.
        if redemption is not None and redemption.is_pending:
            come_to_nothing(redemption, RedemptionStatus.EXPIRED, None, "")
            expired += 1
    return expired
