"""How a subscriber's score came about, line by line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.ledger.models import SCORE_OF

# From the latest on, of each side as many as are wanted: somebody popular has tens of thousands.
SIDE = (
    "SELECT * FROM (SELECT t.id, {sign}t.amount AS points, a.balance FROM accounts a JOIN transfers t ON t.{side}_id = a.id"
    " WHERE a.owner_kind = 'subscriber' AND a.owner_id = ? AND a.asset = ? ORDER BY t.id DESC LIMIT ?) AS {side}"
)
# A transfer names the event that it was for; one that takes another back is for the same.
REFERENCE = "coalesce(t.reference, o.reference)"
LINES = (
    "SELECT t.id, t.posted_at, moved.points, t.reason, e.id, e.event, e.trace,"
    " EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id), t.reverses_id, moved.balance"
    f" FROM ({SIDE.format(sign='', side='credit')} UNION ALL {SIDE.format(sign='-', side='debit')}) AS moved"
    " JOIN transfers t ON t.id = moved.id LEFT JOIN transfers o ON o.id = t.reverses_id LEFT JOIN campaign_events e ON e.id ="
    f" CASE WHEN {REFERENCE} LIKE 'campaign_event:%' THEN CAST(substr({REFERENCE}, 16) AS bigint) END ORDER BY t.id DESC LIMIT ?"
)
LATEST = 100


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One movement of a score. `reversed`: it was taken back; `reverses`: it takes back another, by its number."""

    transfer_id: int
    at: datetime
    points: int
    reason: str
    event_id: int | None
    event: str
    reversed: bool
    reverses: int | None
    score_after: int
    trace: Any


def history_of(*, campaign_id: int, subscriber_id: int, latest: int = LATEST) -> list[ScoreLine]:
    """So many of the latest movements, the earliest of them first."""
    found = sql.rows(LINES, (*(subscriber_id, f"{SCORE_OF}{campaign_id}", latest) * 2, latest))
    lines, score = [], found[0][-1] if found else 0
    for transfer_id, at, points, reason, event_id, event, trace, is_reversed, reverses, _ in found:
        told = documents.parse(trace) if trace else None
        when = time_from_text(at)
        lines.append(ScoreLine(transfer_id, when, points, reason, event_id, event or "", bool(is_reversed), reverses, score, told))
        score -= points
    return lines[::-1]
