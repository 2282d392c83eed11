"""PERF-4: an exact board of a million people in our own database, against a sorted set of Redis over loopback for the same."""

import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import redis

from benchmarks.boards import OURS, PEOPLE, PLAIN, board, fill, server, skewed
from rewards.campaigns import boards, places
from rewards.campaigns.finding import Line, lines_around, lines_from
from rewards.campaigns.ordering import key_of, score_of
from rewards.kit import sql
from rewards.kit.database import db

ROUNDS = 7
WRITES = 2_000
SAMPLES = 1_000
MOVES = 20_000
LOT = 500
UPDATE = "UPDATE entrants SET rank_key = ? WHERE campaign_id = ? AND subscriber_id = ?"

Ask = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Compared:
    """The time of one answer in microseconds: ours, and that of what it is held against."""

    ours: float
    other: float

    @property
    def ratio(self) -> float:
        """Ours as a share of the other."""
        return self.ours / self.other


def compare() -> dict[str, Compared]:
    """Every question and the write, interleaved, on a board that was checked before and after many large moves."""
    scores = skewed(PEOPLE)
    with board(scores), server(scores) as client:
        check(scores)
        move_many(scores, client)
        check(scores, client)
        with db.read():
            measured = {name: _interleaved(ours, other, times) for name, (ours, other, times) in _questions(client).items()}
        # A disk has its moods: one by one in turn, both writers meet the same.
        return measured | {"write": _interleaved(_move, _update, 1, rounds=WRITES)}


def move_many(scores: dict[int, int], client: redis.Redis) -> None:
    """Let many people, known by their points, jump anywhere on the board."""
    chance = random.Random(2)
    moved = chance.sample(range(1, PEOPLE + 1), MOVES)
    scores |= {number: chance.randrange(50_000) for number in moved}
    for first in range(0, MOVES, LOT):
        with db.write():
            for number in moved[first : first + LOT]:
                boards.move(campaign_id=OURS, subscriber_id=number, score=scores[number])
    fill(client, [(number, scores[number]) for number in moved])


def check(scores: dict[int, int], client: redis.Redis | None = None) -> None:
    """What is answered is what a sort says, or the time means nothing; and Redis has the same order."""
    ordered = sorted(key_of(points, number) for number, points in scores.items())
    chance = random.Random(3)
    with db.read():
        for number in chance.sample(range(1, PEOPLE + 1), SAMPLES):
            key = key_of(scores[number], number)
            place = bisect_left(ordered, key) + 1
            _same(places.place_of(OURS, number), place)
            _same(lines_around(OURS, number, 5), _lines(ordered, max(1, place - 5), place + 5))
            first = chance.randrange(1, PEOPLE)
            _same(lines_from(OURS, first, 100), _lines(ordered, first, first + 99))
            if client is not None:
                _same(client.zrevrank("board", str(number)), place - 1)


def _questions(client: redis.Redis) -> dict[str, tuple[Ask, Ask, int]]:
    """Ours, Redis's, and how often each is asked in a round."""

    def range_of(first: int, last: int) -> list[tuple[bytes, float]]:
        return cast(list[tuple[bytes, float]], client.zrevrange("board", first, last, withscores=True))

    def named(lines: list[tuple[bytes, float]]) -> object:
        return client.hmget("names", [member for member, _ in lines])

    def neighbours(number: int) -> list[tuple[bytes, float]]:
        place = cast(int, client.zrevrank("board", str(number)))
        return range_of(max(0, place - 5), place + 5)

    return {
        "place": (lambda number: places.place_of(OURS, number), lambda number: client.zrevrank("board", str(number)), 500),
        "top": (lambda _: lines_from(OURS, 1, 100), lambda _: range_of(0, 99), 200),
        "neighbours": (lambda number: lines_around(OURS, number, 5), neighbours, 300),
        "page": (
            lambda number: lines_from(OURS, number, 100),
            lambda number: range_of(number - 1, number + 98),
            200,
        ),
        # As pages show them: with everybody's name, which Redis is asked for once it is known who they are.
        "named top": (lambda _: places.top(OURS, 100), lambda _: named(range_of(0, 99)), 200),
        "named neighbours": (lambda number: places.around(OURS, number, 5), lambda number: named(neighbours(number)), 300),
        "named page": (lambda number: places.page(OURS, number, 100), lambda number: named(range_of(number - 1, number + 98)), 200),
    }


def _interleaved(ours: Ask, other: Ask, times: int, *, rounds: int = ROUNDS) -> Compared:
    chance = random.Random(4)
    taken: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        asked = [chance.randrange(1, PEOPLE + 1) for _ in range(times)]
        for ask, times_taken in zip((ours, other), taken, strict=True):
            start = time.perf_counter()
            for number in asked:
                ask(number)
            times_taken.append((time.perf_counter() - start) / times * 1e6)
    return Compared(*map(statistics.median, taken))


def _move(number: int) -> None:
    with db.write():
        boards.move(campaign_id=OURS, subscriber_id=number, score=random.randrange(50_000))


def _update(number: int) -> None:
    with db.write():
        sql.run(UPDATE, (key_of(random.randrange(50_000), number), PLAIN, number))


def _lines(ordered: list[int], first: int, last: int) -> list[Line]:
    return [(place, key & 0xFFFFFFFF, score_of(key), key) for place, key in enumerate(ordered[first - 1 : last], first)]


def _same(found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{found} instead of {expected}")
