"""PERF-1, PERF-2 and PERF-10: the whole pipeline in process, against a plain reference on the same disk."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.raw import Raw
from rewards.activities.happening import NewEvent
from rewards.earning.processing import record_and_process
from rewards.kit import migrating, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.interpreting import settle_interpreter
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.kits import load_starting_kits
from rewards.programme.verifying import verify

PEOPLE = 500
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("workout_logged", "meal_logged", "daily_checkin", "quiz_completed")
BATCH = 500

RULES = [
    {
        "key": "long_workout",
        "priority": 10,
        "pattern": {"activity": "workout_logged"},
        "conditions": {"metadata.minutes": {"gte": 45}},
        "outcome": {"type": "award_points", "points": 5, "xp": 5},
    },
    {
        "key": "double_weekend",
        "priority": 50,
        "pattern": {"activity": "workout_logged"},
        "conditions": {"all": [{"time.weekday": {"in": ["saturday", "sunday"]}}, {"person.days_since_joining": {"lt": 30}}]},
        "outcome": {"type": "multiply", "asset": "points", "factor": 2, "stacking": "highest"},
    },
    {
        "key": "meditated",
        "pattern": {"action": "completed", "object_type": "meditation"},
        "conditions": {"metadata.duration": {"gte": 600}},
        "outcome": {"type": "award_points", "points": 10, "xp": 10},
    },
]
ACHIEVEMENTS = [
    {"key": f"workouts_{n}", "type": "automatic", "condition_type": "workout_count", "condition_value": n, "xp_reward": 10}
    for n in (1, 10, 50, 100)
] + [
    {
        "key": "week",
        "type": "automatic",
        "condition_type": "streak_days",
        "condition_value": 7,
        "activity": "daily_checkin",
        "points_reward": 20,
    }
]


@contextmanager
def programme() -> Iterator[Path]:
    """A fresh database with the seeded programme, some rules and achievements, and people."""
    with tempfile.TemporaryDirectory() as folder:
        db.open(f"sqlite:///{folder}/laurel.db")
        migrating.migrate()
        with db.write():
            load_starting_kits()
            quiz = {"key": "quiz_completed", "category": "learning", "xp": 20, "points": 20, "max_per_day": 10}
            document = {"activities": [quiz], "rules": RULES, "achievements": ACHIEVEMENTS}
            change_programme(document=ProgrammeDocument.model_validate(document), actor_id=None, note="benchmark")
            add_people(PEOPLE)
        # As the server does before its first answer.
        settle_interpreter()
        try:
            yield Path(folder)
        finally:
            db.close()


def add_people(count: int) -> None:
    """Clients with ids from 1."""
    row = "INSERT INTO users (id, email, name, role, status, timezone, locale, joined_on, tags, stamp, created_at)"
    values = "VALUES (?, ?, ?, 'client', 'active', 'Europe/Berlin', 'en', ?, '[]', '', ?)"
    joined = date(2025, 12, 20).isoformat()
    sql.run_many(f"{row} {values}", [(n, f"p{n}@example.com", f"Person {n}", joined, time_text(START)) for n in range(1, count + 1)])


def events(count: int, *, first: int = 0, people: int = PEOPLE) -> list[NewEvent]:
    """A believable stream: rising times, some kinds more often than others."""
    chance = random.Random(first)
    return [
        NewEvent(
            user_id=1 + (first + number) % people,
            action=(kind := chance.choice(KINDS)).rpartition("_")[2],
            object_type=kind.rpartition("_")[0],
            activity=kind,
            metadata={"minutes": chance.randrange(10, 90)},
            occurred_at=START + timedelta(minutes=(first + number) // people * 300 % 400_000),
            source="service:1",
            idempotency_key=f"e{first + number}",
        )
        for number in range(count)
    ]


def play(stream: list[NewEvent], size: int) -> float:
    """Events per second in batches of `size`, each in its own transaction, with an outcome for each."""
    start = time.perf_counter()
    for begin in range(0, len(stream), size):
        with db.write():
            answers = record_and_process(stream[begin : begin + size])
        if not all(isinstance(answer, dict) and answer["state"] == "processed" for answer in answers):
            raise AssertionError(f"an event was not processed: {answers[0]}")
    return len(stream) / (time.perf_counter() - start)


def check() -> None:
    """What was computed is right, or the time means nothing."""
    with db.read():
        differences = verify()
    if differences:
        raise AssertionError(differences[0].told())


def one_by_one_and_batches(rounds: int = 3, single: int = 1_500, batched: int = 10_000) -> tuple[list[float], list[float], list[float]]:
    """Rates of the reference, of single events and of batches of 500, interleaved."""
    raw_rates, single_rates, batch_rates = [], [], []
    with programme() as folder:
        raw = Raw(folder / "raw.db")
        played = 0
        for _ in range(rounds):
            raw_rates.append(raw.rate(3_000, PEOPLE))
            single_rates.append(play(events(single, first=played), 1))
            played += single
            batch_rates.append(play(events(batched, first=played), BATCH))
            played += batched
        check()
    return raw_rates, single_rates, batch_rates
