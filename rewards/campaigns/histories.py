"""How a subscriber's score came about, line by line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.ledger.models import SCORE_OF

LINES = (
    "SELECT t.id, t.posted_at, CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END, t.reason, e.id, e.event,"
    " EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id), t.reverses_id, e.trace FROM accounts a"
    " JOIN transfers t ON t.credit_id = a.id OR t.debit_id = a.id LEFT JOIN transfers o ON o.id = t.reverses_id"
    " LEFT JOIN campaign_events e ON 'campaign_event:' || e.id = coalesce(t.reference, o.reference)"
    " WHERE a.owner_kind = 'subscriber' AND a.owner_id = ? AND a.asset = ? ORDER BY t.id"
)


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


def history_of(*, campaign_id: int, subscriber_id: int) -> list[ScoreLine]:
    """Every movement, the earliest first."""
    lines, score = [], 0
    for row in sql.rows(LINES, (subscriber_id, f"{SCORE_OF}{campaign_id}")):
        transfer_id, at, points, reason, event_id, event, is_reversed, reverses, trace = row
        score += int(points)
        told = documents.parse(trace) if trace else None
        lines.append(
            ScoreLine(transfer_id, time_from_text(at), int(points), reason, event_id, event or "", bool(is_reversed), reverses, score, told)
        )
    return lines
