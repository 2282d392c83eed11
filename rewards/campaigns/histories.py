"""How a subscriber's score came about, line by line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.ledger.models import SCORE_OF

LINES = (
    "SELECT t.id, t.posted_at, CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END, t.reason,"
    " coalesce(t.reference, o.reference), EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id), t.reverses_id"
    " FROM accounts a JOIN transfers t ON t.credit_id = a.id OR t.debit_id = a.id LEFT JOIN transfers o ON o.id = t.reverses_id"
    " WHERE a.owner_kind = 'subscriber' AND a.owner_id = ? AND a.asset = ? ORDER BY t.id"
)
EVENTS = "SELECT id, event, trace FROM campaign_events WHERE subscriber_id = ? AND campaign_id = ?"


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
    events = {f"campaign_event:{row[0]}": row for row in sql.rows(EVENTS, (subscriber_id, campaign_id))}
    lines, score = [], 0
    for transfer_id, at, points, reason, reference, is_reversed, reverses in sql.rows(LINES, (subscriber_id, f"{SCORE_OF}{campaign_id}")):
        event_id, event, trace = events.get(reference, (None, "", None))
        score += int(points)
        told = documents.parse(trace) if trace else None
        lines.append(
            ScoreLine(transfer_id, time_from_text(at), int(points), reason, event_id, event, bool(is_reversed), reverses, score, told)
        )
    return lines
