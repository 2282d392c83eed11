"""PERF-5: everybody on a board gets a reward, beside a plain copy of as many rows and beside a loop in Python."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from rewards.campaigns.ordering import SCORE_TOP
from rewards.campaigns.resolving import resolve_campaign
from rewards.kit import migrating, sql
from rewards.kit.announcing import wire
from rewards.kit.database import db
from rewards.kit.interpreting import settle_interpreter
from rewards.reactions import REACTIONS

PEOPLE = 1_000_000
ROUNDS = 3
# A loop takes its time for each row alone, so a part of them says what all would take.
LOOPED = 100_000
CAMPAIGN, RESOLVED, PLAIN, BY_LOOP = 1, 1, 2, 3
LEAST_SCORE = 10
WHEN = "2026-01-01T00:00:00.000000Z"
WAITLIST = "INSERT INTO waitlists (id, key, slug, name, page, last_sequence, made_at) VALUES (1, 'list', 'list', 'List', '{}', ?, ?)"
PLAYED = "INSERT INTO campaigns (id, waitlist_id, key, name, status, settings, made_at) VALUES (?, 1, 'one', 'One', 'live', '{}', ?)"
SUBSCRIBERS = """
INSERT INTO subscribers (id, waitlist_id, sequence, email, address, mailbox, name, code, seed, status, display, joined_at, verified_at,
    source, network, device)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT i, 1, i, 'p' || i || '@example.com', 'p' || i || '@example.com', 'p' || i || '@example.com', 'Person ' || i, 'c' || i, '', 'active',
    'initials', ?, ?, '', '', '' FROM n
"""
# Scores from the least on, in no order.
ENTRANTS = """
INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at)
SELECT ?, id, ((? - ? - id * 7919 % 1783) << 32) + sequence, 0, '', ? FROM subscribers
"""
REWARD = (
    "INSERT INTO campaign_rewards"
    " (id, campaign_id, key, name, description, type, distribution, value, granted, freed, announced_id, active)"
    " VALUES (?, ?, ?, 'One', '', 'CUSTOM', 'MIN_SCORE', ?, 0, 0, 0, ?)"
)
GIVEN = "INSERT INTO subscriber_rewards (reward_id, subscriber_id, status, earned_at)"
COPY = f"{GIVEN} SELECT ?, subscriber_id, 'earned', ? FROM entrants WHERE campaign_id = ?"
ONE = f"{GIVEN} VALUES (?, ?, 'earned', ?)"


def measure(people: int = PEOPLE, rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds, each the median of its rounds, which take turns: resolving, again with nothing to do, the copy and the loop."""
    taken: dict[str, list[float]] = {"resolved": [], "again": [], "plain": [], "looped": []}
    few = min(LOOPED, people)
    with _campaign(people):
        for _ in range(rounds):
            taken["plain"].append(_timed(lambda: sql.run(COPY, (PLAIN, WHEN, CAMPAIGN)), people))
            _forget(PLAIN)
            taken["resolved"].append(_timed(_resolve, people))
            taken["again"].append(_timed(_resolve, 0))
            _check(people)
            _forget(RESOLVED)
            taken["looped"].append(_timed(lambda: _loop(few), few) * people / few)
            _forget(BY_LOOP)
    return {name: median(seconds) for name, seconds in taken.items()}


def _resolve() -> int:
    return sum(resolve_campaign(campaign_id=CAMPAIGN).new.values())


def _loop(people: int) -> int:
    """The same for one after the other: whether they take part, have enough, are not suspected and have not got it."""
    question = (
        "SELECT e.subscriber_id, e.rank_key, s.status, s.verified_at FROM entrants e JOIN subscribers s ON s.id = e.subscriber_id"
        " WHERE e.campaign_id = ? AND e.subscriber_id <= ?"
    )
    flagged = "SELECT 1 FROM fraud_flags WHERE subscriber_id = ? AND decided_at IS NULL"
    known = "SELECT 1 FROM subscriber_rewards WHERE reward_id = ? AND subscriber_id = ?"
    given = 0
    for subscriber_id, rank_key, status, verified_at in sql.rows(question, (CAMPAIGN, people)):
        is_in = status == "active" and verified_at is not None and SCORE_TOP - (rank_key >> 32) >= LEAST_SCORE
        if is_in and sql.value(flagged, (subscriber_id,)) is None and sql.value(known, (BY_LOOP, subscriber_id)) is None:
            given += sql.run(ONE, (BY_LOOP, subscriber_id, WHEN))
    return given


def _timed(work: Callable[[], int], expected: int) -> float:
    """Seconds until it is stored for good."""
    begun = time.perf_counter()
    with db.write():
        done = work()
    seconds = time.perf_counter() - begun
    if done != expected:
        raise AssertionError(f"{done:,} rows instead of {expected:,}")
    return seconds


def _check(people: int) -> None:
    with db.read():
        given = sql.value("SELECT count(DISTINCT subscriber_id) FROM subscriber_rewards WHERE reward_id = ?", (RESOLVED,))
        granted = sql.value("SELECT granted FROM campaign_rewards WHERE id = ?", (RESOLVED,))
    if (given, granted) != (people, people):
        raise AssertionError(f"{given:,} have it and {granted:,} are counted, of {people:,}")


def _forget(reward_id: int) -> None:
    with db.write():
        sql.run("DELETE FROM subscriber_rewards WHERE reward_id = ?", (reward_id,))
        sql.run("UPDATE campaign_rewards SET granted = 0 WHERE id = ?", (reward_id,))
    db.checkpoint()


@contextmanager
def _campaign(people: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        db.open(f"sqlite:///{folder}/laurel.db")
        migrating.migrate()
        wire(REACTIONS)
        with db.write():
            sql.run(WAITLIST, (people, WHEN))
            sql.run(PLAYED, (CAMPAIGN, WHEN))
            sql.run(SUBSCRIBERS, (people, WHEN, WHEN))
            sql.run(ENTRANTS, (CAMPAIGN, SCORE_TOP, LEAST_SCORE, WHEN))
            # Only the first one resolves: the others are for the copy and the loop.
            sql.run_many(REWARD, [(one, CAMPAIGN, f"reward{one}", LEAST_SCORE, int(one == RESOLVED)) for one in (RESOLVED, PLAIN, BY_LOOP)])
        db.checkpoint()
        settle_interpreter()
        try:
            yield
        finally:
            wire({})
            db.close()
