"""Reads again what has happened to whoever has a place in a campaign, the first of the board first, as much as a page has time for."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from rewards.campaigns.scoring_models import Happening
from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.ledger.models import SCORE_OF

PEOPLE_AT_ONCE = 500
PEOPLE = (
    "SELECT e.subscriber_id, e.rank_key, e.variant, s.sequence, s.joined_at, s.source, s.name, s.email, coalesce(a.balance, 0)"
    " FROM entrants e JOIN subscribers s ON s.id = e.subscriber_id"
    " LEFT JOIN accounts a ON a.owner_kind = 'subscriber' AND a.owner_id = e.subscriber_id AND a.asset = ?"
    " WHERE e.campaign_id = ? AND e.rank_key > ? ORDER BY e.rank_key LIMIT ?"
)
THEIRS = "FROM campaign_events WHERE subscriber_id IN ({marks}) AND campaign_id = ? AND state = 'processed'"
COUNTS = f"SELECT subscriber_id, count(*) {THEIRS} GROUP BY subscriber_id"
EVENTS = f"SELECT subscriber_id, id, event, occurred_at {THEIRS} ORDER BY subscriber_id, occurred_at, id"
BY_HAND = (
    "SELECT t.idempotency_key, CASE WHEN c.owner_kind = 'subscriber' THEN t.amount ELSE -t.amount END"
    " FROM transfers t JOIN accounts c ON c.id = t.credit_id WHERE t.idempotency_key IN ({marks})"
    " AND NOT EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id)"
)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that was decided; `by_hand` is what somebody gave with it."""

    event: str
    occurred_at: datetime
    by_hand: int


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody on the board, with what they have."""

    id: int
    rank_key: int
    variant: str
    sequence: int
    joined_at: datetime
    source: str
    name: str
    email: str
    score: int


def histories_of(campaign_id: int, most: int) -> Iterator[tuple[Player, list[Happened]]]:
    """Whoever has a place, in the order of the board, with all that happened to them, for as many as `most` events allow."""
    last, left = 0, most
    while players := _players(campaign_id, last):
        counts: dict[int, int] = dict(_asked(COUNTS, campaign_id, players))
        # Somebody without any counts as one: a long list of people who did nothing takes its time too.
        costs = list(accumulate(max(counts.get(player.id, 0), 1) for player in players))
        whole = players[: bisect_right(costs, left)]
        happened = _events(campaign_id, whole)
        for player in whole:
            yield player, happened[player.id]
        if len(whole) < len(players):
            return
        last, left = players[-1].rank_key, left - costs[-1]


def _players(campaign_id: int, last_key: int) -> list[Player]:
    rows = sql.rows(PEOPLE, (f"{SCORE_OF}{campaign_id}", campaign_id, last_key, PEOPLE_AT_ONCE))
    return [
        Player(subscriber_id, key, variant, sequence, time_from_text(at), *told)
        for subscriber_id, key, variant, sequence, at, *told in rows
    ]


def _events(campaign_id: int, players: Sequence[Player]) -> Mapping[int, list[Happened]]:
    found: dict[int, list[Happened]] = {player.id: [] for player in players}
    rows = _asked(EVENTS, campaign_id, players)
    keys = {f"campaign_event:{event_id}:by_hand": event_id for _, event_id, event, _ in rows if event == Happening.MANUAL}
    by_hand = {keys[key]: int(points) for key, points in sql.rows(BY_HAND.format(marks=sql.marks(keys)), list(keys))} if keys else {}
    for subscriber_id, event_id, event, occurred_at in rows:
        found[subscriber_id].append(Happened(event, time_from_text(occurred_at), by_hand.get(event_id, 0)))
    return found


def _asked(text: str, campaign_id: int, players: Sequence[Player]) -> list[sql.Row]:
    return sql.rows(text.format(marks=sql.marks(players)), (*(player.id for player in players), campaign_id)) if players else []
