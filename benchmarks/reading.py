"""The database's part of PERF-7: what pages ask, each question alone, with few and with many transfers stored."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from benchmarks.engine import START, play, programme
from benchmarks.engine import events as stream
from rewards.activities import listing as events
from rewards.activities.models import State
from rewards.earning.rolling_up import last_days_derived, set_last_days
from rewards.insights import categories, coaching, overview, people, search
from rewards.insights.windows import Bucket, Span, Window
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger import listing as ledger
from rewards.ledger.accounts import open_holdings, system_account
from rewards.ledger.models import Owner
from rewards.ledger.statements import statement_of
from rewards.ledger.totals import totals, unbalanced
from rewards.ledger.verifying import restore_flows
from rewards.ledger.wanted import Wanted
from rewards.people.models import Role, User
from rewards.people.zones import zone_named
from rewards.streaks.verifying import restore_runs

FEW = 10_000
MANY = 1_000_000
PEOPLE = 10_000
COACHES = 200
DAYS = 90
TIMES = 15
LEAST = 1.0
TODAY = START.date() + timedelta(days=DAYS - 1)

# Ninety days of everybody's, in the order in which it came in; every tenth of a second kind, every thousandth worth nothing to anybody.
EVENTS = """
INSERT INTO events (id, user_id, activity_id, action, object_type, metadata, occurred_at, happened_on, received_at, source, idempotency_key,
    body_hash, version_id, state, first_answer, attempts, paid, counted, unmatched, result, trace)
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1), told AS (SELECT i,
    cast(strftime('%s', ?) AS INTEGER) + cast(i AS REAL) / ? * 86400 * 90 AS moment FROM n)
SELECT 1000 + i, 1000 + i * 7919 % ?, (SELECT id FROM activities WHERE key = CASE WHEN i % 1000 = 0 THEN 'meditation_completed'
    WHEN i % 10 = 0 THEN 'quiz_completed' WHEN i % 3 = 0 THEN 'meal_logged' ELSE 'workout_logged' END), 'logged', 'workout',
    '{"minutes":30}', strftime('%Y-%m-%dT%H:%M:%S.000000Z', moment, 'unixepoch'), date(moment, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%S.000000Z', moment, 'unixepoch'), 'import', 'past' || i, 'x', 1, 'processed', 'processed', 1, 1, 1,
    i % 1000 = 0, result, trace
FROM told, (SELECT result, trace FROM events WHERE id = 1)
"""
TRANSFERS = """
INSERT INTO transfers (asset, debit_id, credit_id, amount, reason, posted_at, event_id, metadata, idempotency_key)
SELECT a.asset, CASE a.asset WHEN 'xp' THEN ? ELSE ? END, a.id, 20, 'award', e.received_at, e.id, '{}', 'event:' || e.id || ':' || a.asset
FROM events e JOIN accounts a ON a.owner_kind = 'user' AND a.owner_id = e.user_id AND a.asset IN ('xp', 'points')
WHERE e.id >= ? ORDER BY e.id, a.asset
"""
BALANCES = """
UPDATE accounts SET balance = coalesce((SELECT sum(amount) FROM transfers WHERE credit_id = accounts.id), 0)
    - coalesce((SELECT sum(amount) FROM transfers WHERE debit_id = accounts.id), 0),
    last_transfer_id = coalesce((SELECT max(id) FROM transfers WHERE credit_id = accounts.id OR debit_id = accounts.id), 0)
WHERE owner_kind = 'user'
"""
TOTALS = """
INSERT INTO daily_activity (user_id, day, activity_id, events, counted, paid, xp, points, money)
SELECT user_id, happened_on, activity_id, count(*), count(*), count(*), 20 * count(*), 20 * count(*), 0 FROM events
GROUP BY user_id, happened_on, activity_id
"""
SUMS = """
INSERT INTO daily_sums (day, activity_id, writer, events, paid, xp, points, money)
SELECT day, activity_id, 0, sum(events), sum(paid), sum(xp), sum(points), sum(money) FROM daily_activity GROUP BY day, activity_id
"""
CLIENTS = """
INSERT INTO users (id, email, name, role, status, coach_id, timezone, locale, joined_on, tags, stamp, created_at)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
SELECT ? + i, ? || i || '@reading.example', 'Name ' || (i * 7919 % 10007), ?, 'active', ?, 'Europe/Berlin', 'en', '2025-12-20', '[]', '', ?
FROM n
"""
FIRST_ID = 1_000
ADMIN_ID, FIRST_COACH_ID = 900, 20_000


def growth() -> dict[str, tuple[float, float]]:
    """Milliseconds of each question, with few transfers and with many; it knows nothing of pages, which others measure."""
    found: dict[str, list[float]] = {}
    with programme():
        # One event decided by the engine shows the filling what results and traces look like.
        play(stream(1), 1)
        with db.write():
            settle()
        stored = 0
        for transfers in (FEW, MANY):
            with db.write():
                fill(stored // 2, transfers // 2)
            stored = transfers
            with db.write():
                sql.run("ANALYZE")
            for name, question in questions().items():
                found.setdefault(name, []).append(_milliseconds(question))
    return {name: (few, many) for name, (few, many) in found.items()}


def worst(measured: dict[str, tuple[float, float]]) -> tuple[str, float]:
    """Which question grows most, and how much; below a millisecond a page notices nothing of it."""
    grown = {name: max(many, LEAST) / max(few, LEAST) for name, (few, many) in measured.items()}
    return max(grown.items(), key=lambda item: item[1])


def questions() -> dict[str, Callable[[], Any]]:
    """Every question by name."""
    with db.read() as session:
        coach, admin = session.get_one(User, FIRST_COACH_ID), session.get_one(User, ADMIN_ID)
    one = FIRST_ID + 7
    first, last = date(2026, 3, 2), date(2026, 3, 3)
    listed = {
        f"people of {viewer.role}, {sort}": partial(people.people_page, viewer, people.Wanted(sort=sort), TODAY)
        for viewer in (coach, admin)
        for sort in people.Sort
    }
    return {
        "by category, 30 days": partial(categories.earned_by_category, user_id=one, today=TODAY),
        "by category, all time": partial(
            categories.earned_by_category, user_id=one, today=TODAY, window=Window.ALL_TIME, bucket=Bucket.WEEK
        ),
        "tracker": partial(coaching.tracker_of, one, TODAY),
        "overview": partial(overview.loyalty_overview, TODAY),
        "XP by day": partial(overview.by_day, Span(TODAY - timedelta(days=29), TODAY)),
        "by activity": partial(overview.by_activity, Span(TODAY - timedelta(days=29), TODAY)),
        "standings, coach": partial(coaching.standings_of, coach, TODAY),
        "standings, admin": partial(coaching.standings_of, admin, TODAY),
        "stats, coach": partial(coaching.stats_of, coach, TODAY),
        **listed,
        "people, search": partial(people.people_page, admin, people.Wanted(text="name 77"), TODAY),
        "people, views": partial(people.count_views, admin, people.Wanted(), TODAY),
        "ledger": partial(ledger.lines, Wanted()),
        "ledger, deep": partial(ledger.lines, Wanted(), before_id=FEW // 2),
        "ledger, rare kind": partial(ledger.lines, Wanted(asset="points", counterpart=Owner.REDEEMED)),
        "ledger, days": partial(ledger.lines, Wanted(first=first, last=last)),
        "ledger totals": partial(totals, Wanted()),
        "ledger totals, days": partial(totals, Wanted(asset="xp", first=first, last=last)),
        "sum check": unbalanced,
        "history of one": partial(ledger.lines, Wanted(user_id=one)),
        "statement of one": partial(statement_of, user_id=one, month=date(2026, 2, 1), zone=zone_named("Europe/Berlin")),
        "events": partial(events.events, events.Wanted()),
        "events, dead": partial(events.events, events.Wanted(state=State.DEAD)),
        "events, no rule": partial(events.events, events.Wanted(unmatched=True)),
        "events, rare activity": partial(events.events, events.Wanted(text="meditation")),
        "events, days": partial(events.events, events.Wanted(first=first, last=last)),
        "events of one": partial(events.events, events.Wanted(user_id=one)),
        "events by state": events.count_by_state,
        "search": partial(search.search, admin, "past77", TODAY),
    }


def settle() -> None:
    """Coaches, an admin, and everybody's accounts."""
    born = "2025-12-20T00:00:00.000000Z"
    sql.run(CLIENTS, (1, ADMIN_ID, "admin", Role.ADMIN, None, born))
    sql.run(CLIENTS, (COACHES, FIRST_COACH_ID, "coach", Role.COACH, None, born))
    sql.run(CLIENTS, (PEOPLE, FIRST_ID, "client", Role.CLIENT, None, born))
    sql.run("UPDATE users SET coach_id = ? + id % ? WHERE id >= ? AND id < ?", (FIRST_COACH_ID, COACHES, FIRST_ID, FIRST_ID + PEOPLE))
    sql.run("INSERT INTO activities (key, category) VALUES ('meditation_completed', 'learning') ON CONFLICT DO NOTHING")
    open_holdings((user_id, asset) for user_id in range(FIRST_ID, FIRST_ID + PEOPLE) for asset in ("xp", "points"))


def fill(stored: int, wanted: int) -> None:
    """Replace what is stored of events, so that few and many of them lie on the same ninety days."""
    issued = [system_account(Owner.ISSUED, asset) for asset in ("xp", "points")]
    sql.run(EVENTS, (stored, wanted, START.date().isoformat(), wanted, PEOPLE))
    sql.run(TRANSFERS, (*issued, FIRST_ID + stored))
    sql.run(BALANCES)
    for table in ("daily_activity", "daily_sums", "daily_flows", "last_days"):
        sql.run(f"DELETE FROM {table}")
    sql.run(TOTALS)
    sql.run(SUMS)
    restore_flows()
    set_last_days(last_days_derived().items())
    restore_runs()


def _milliseconds(question: Callable[[], Any]) -> float:
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        with db.read():
            question()
        times.append(time.perf_counter() - start)
    # The quickest: whatever else the machine does only adds.
    return min(times) * 1000
