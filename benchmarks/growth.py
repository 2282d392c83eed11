"""PERF-10: the same load with ten thousand and with a million events stored."""

import statistics
from pathlib import Path

from benchmarks.engine import PEOPLE, events, play, programme
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.accounts import open_holdings
from rewards.ledger.verifying import wrong_balances

FEW = 10_000
MANY = 1_000_000
SINGLES = 1_000

# A long past for everybody: one workout after another, minute by minute, as they would have been stored.
EVENTS = """
INSERT INTO events (id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source, idempotency_key,
    body_hash, version_id, state, first_answer, attempts, paid, counted, result, trace)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
SELECT ? + i, 1 + i % ?, (SELECT id FROM activities WHERE key = 'workout_logged'), 'logged', 'workout', '{"minutes":30}',
    strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1577880000 + i / ? * 3600, 'unixepoch'), date(1577880000 + i / ? * 3600, 'unixepoch'),
    '2026-01-01T00:00:00.000000Z', 'import', 'past' || i, 'x', 1, 'processed', 'processed', 1, 1, 1, result, trace
FROM n, (SELECT result, trace FROM events WHERE state = 'processed' AND source <> 'system' LIMIT 1)
"""
TRANSFERS = """
INSERT INTO transfers (asset, debit_id, credit_id, amount, reason, posted_at, event_id, metadata, idempotency_key)
SELECT ?, (SELECT id FROM accounts WHERE owner_kind = 'issued' AND asset = ?), a.id, 20, 'award', e.received_at, e.id, '{}',
    'event:' || e.id || ':' || ?
FROM events e JOIN accounts a ON a.owner_kind = 'user' AND a.owner_id = e.user_id AND a.asset = ? WHERE e.source = 'import'
"""
BALANCES = """
UPDATE accounts SET balance = coalesce((SELECT sum(amount) FROM transfers WHERE credit_id = accounts.id), 0)
    - coalesce((SELECT sum(amount) FROM transfers WHERE debit_id = accounts.id), 0),
    last_transfer_id = (SELECT max(id) FROM transfers WHERE credit_id = accounts.id OR debit_id = accounts.id)
WHERE owner_kind = 'user'
"""
DAYS = """
INSERT INTO daily_activity (user_id, day, activity_id, events, counted, paid, xp, points, money)
SELECT user_id, happened_on, activity_id, count(*), count(*), count(*), 20 * count(*), 20 * count(*), 0 FROM events WHERE source = 'import'
GROUP BY user_id, happened_on, activity_id
"""


def rates() -> tuple[float, float]:
    """Events per second, one transaction each: with few stored, and with many."""
    with programme() as folder:
        play(events(FEW), 500)
        few = _measure(FEW)
        _fill(folder, MANY - FEW)
        with db.read():
            if wrong := wrong_balances():
                raise AssertionError(f"the filling is wrong: {wrong[0]}")
        return few, _measure(2 * FEW)


def _measure(first: int) -> float:
    return statistics.median(play(events(SINGLES, first=first + turn * SINGLES), 1) for turn in range(3))


def _fill(folder: Path, count: int) -> None:
    with db.write():
        have = set(sql.rows("SELECT owner_id, asset FROM accounts WHERE owner_kind = 'user'"))
        open_holdings((user, asset) for user in range(1, PEOPLE + 1) for asset in ("xp", "points") if (user, asset) not in have)
        sql.run(EVENTS, (count, sql.allocate_ids("events", 1)[0], PEOPLE, PEOPLE, PEOPLE))
        for asset in ("xp", "points"):
            sql.run(TRANSFERS, (asset,) * 4)
        sql.run(BALANCES)
        sql.run(DAYS)
