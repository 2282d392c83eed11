"""How a subscriber's score came about, line by line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.ledger.accounts import score_holdings
from rewards.ledger.models import SCORE_OF

# From the latest on, of each side as many as are wanted: somebody popular has tens of thousands.
SIDE = "SELECT * FROM (SELECT id, {sign}amount AS points FROM transfers WHERE {side}_id = ? ORDER BY id DESC LIMIT ?) AS {side}"
LINES = (
    "SELECT t.id, t.posted_at, moved.points, t.reason, coalesce(t.reference, o.reference),"
    " EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id), t.reverses_id"
    f" FROM ({SIDE.format(sign='', side='credit')} UNION ALL {SIDE.format(sign='-', side='debit')}) AS moved"
    " JOIN transfers t ON t.id = moved.id LEFT JOIN transfers o ON o.id = t.reverses_id ORDER BY t.id DESC LIMIT ?"
)
EVENTS = "SELECT id, event, trace FROM campaign_events WHERE id IN ({marks})"
EVENT = "campaign_event:"
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
    holding = score_holdings([subscriber_id], f"{SCORE_OF}{campaign_id}").get(subscriber_id)
    if holding is None:
        return []
    found = sql.rows(LINES, (*(holding.account_id, latest) * 2, latest))
    events = _events({row[4] for row in found})
    lines, score = [], holding.balance
    for transfer_id, at, points, reason, reference, is_reversed, reverses in found:
        event_id, event, trace = events.get(reference, (None, "", None))
        told = documents.parse(trace) if trace else None
        lines.append(ScoreLine(transfer_id, time_from_text(at), points, reason, event_id, event, bool(is_reversed), reverses, score, told))
        score -= points
    return lines[::-1]


def _events(references: set[str | None]) -> dict[str, sql.Row]:
    ids = [int(reference.removeprefix(EVENT)) for reference in references if reference and reference.startswith(EVENT)]
    return {f"{EVENT}{row[0]}": row for row in sql.rows(EVENTS.format(marks=sql.marks(ids)), ids)} if ids else {}
