"""Boards to measure with: a million people on ours, and the same people in the same order on a Redis server on loopback."""

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis

from benchmarks.http import free_port
from rewards.campaigns import blocks
from rewards.campaigns.ordering import key_of
from rewards.kit import migrating, sql
from rewards.kit.database import db
from rewards.kit.interpreting import settle_interpreter

PEOPLE = 1_000_000
# Ours, and one without counts: the same table and the same index, to update plainly.
OURS, PLAIN = 1, 2
WHEN = "2026-01-01T00:00:00.000000Z"
# The earlier sign-up first, in one number of Redis's 53 bits: what our own key says.
TIES = 2**20
LOT = 20_000
WAITLIST = "INSERT INTO waitlists (id, key, slug, name, page, last_sequence, made_at) VALUES (1, 'list', 'list', 'List', '{}', ?, ?)"
CAMPAIGN = "INSERT INTO campaigns (id, waitlist_id, key, name, status, settings, made_at) VALUES (?, 1, ?, 'One', 'ended', '{}', ?)"
SUBSCRIBERS = """
INSERT INTO subscribers (id, waitlist_id, sequence, email, address, mailbox, name, code, seed, status, display, joined_at, source, network,
    device)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT i, 1, i, 'p' || i || '@example.com', 'p' || i || '@example.com', 'p' || i || '@example.com', 'Person ' || i, 'c' || i, '', 'active',
    'initials', ?, '', '', '' FROM n
"""
ENTRANTS = "INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at) VALUES (1, ?, ?, 0, '', ?)"
COPY = (
    "INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at)"
    " SELECT 2, subscriber_id, rank_key, referrals, variant, entered_at FROM entrants WHERE campaign_id = 1"
)


def skewed(people: int) -> dict[int, int]:
    """Everybody's points: most have few, few have many, and very many have as many as others."""
    chance = random.Random(1)
    return {number: int(chance.paretovariate(0.8) * 10) % 5_000 * 10 for number in range(1, people + 1)}


def in_redis(subscriber_id: int, points: int) -> int:
    """What orders somebody there as they are ordered here."""
    return points * TIES + TIES - subscriber_id


@contextmanager
def board(scores: dict[int, int]) -> Iterator[None]:
    """A database with these people on a board."""
    with tempfile.TemporaryDirectory() as folder:
        db.open(f"sqlite:///{folder}/laurel.db")
        migrating.migrate()
        with db.write():
            sql.run(WAITLIST, (len(scores), WHEN))
            for campaign_id in (OURS, PLAIN):
                sql.run(CAMPAIGN, (campaign_id, f"campaign{campaign_id}", WHEN))
            sql.run(SUBSCRIBERS, (len(scores), WHEN))
            sql.run_many(ENTRANTS, [(number, key_of(points, number), WHEN) for number, points in scores.items()])
            sql.run(COPY)
            sql.run("INSERT INTO boards (campaign_id, placed) VALUES (?, ?)", (OURS, len(scores)))
            blocks.rebuild(OURS)
        db.checkpoint()
        settle_interpreter()
        try:
            yield
        finally:
            db.close()


@contextmanager
def server(scores: dict[int, int]) -> Iterator[redis.Redis]:
    """Redis in memory alone, with the same people in one sorted set."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("the board's benchmark needs redis-server on the path")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)  # noqa: S603 - found by its own name
        try:
            client = redis.Redis(port=port)
            _wait(client)
            fill(client, list(scores.items()))
            name(client, list(scores))
            yield client
        finally:
            process.terminate()
            process.wait(timeout=30)


def fill(client: redis.Redis, scores: Sequence[tuple[int, int]]) -> None:
    """Give these people these points in Redis."""
    for first in range(0, len(scores), LOT):
        client.zadd("board", {str(number): in_redis(number, points) for number, points in scores[first : first + LOT]})


def name(client: redis.Redis, numbers: Sequence[int]) -> None:
    """Let Redis know what these people are called on the board, where our own rows say it."""
    for first in range(0, len(numbers), LOT):
        client.hset("names", mapping={str(number): f"P{number}." for number in numbers[first : first + LOT]})


def _wait(client: redis.Redis) -> None:
    for _ in range(200):
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("redis-server did not start")
