"""The reference: one event, two ledger rows and a summary with plain sqlite3, durable, and nothing else."""

import json
import sqlite3
import time
from pathlib import Path

SCHEMA = """
CREATE TABLE event (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE ledger (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, asset TEXT NOT NULL, amount INTEGER NOT NULL,
    event_id INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE summary (user_id INTEGER PRIMARY KEY, xp INTEGER NOT NULL, points INTEGER NOT NULL) STRICT;
"""
BODY = json.dumps({"minutes": 30})


class Raw:
    """Such a database, with synchronous=FULL as ours."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.executescript(SCHEMA)

    def record(self, user_id: int) -> None:
        """One event in one transaction."""
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        at = "2026-03-01T12:00:00.000000Z"
        event_id = run("INSERT INTO event (user_id, kind, body, at) VALUES (?, ?, ?, ?)", (user_id, "workout_logged", BODY, at)).lastrowid
        for asset in ("xp", "points"):
            statement = "INSERT INTO ledger (user_id, asset, amount, event_id, at) VALUES (?, ?, 20, ?, ?)"
            run(statement, (user_id, asset, event_id, at))
        run(
            "INSERT INTO summary VALUES (?, 20, 20) ON CONFLICT (user_id) DO UPDATE SET xp = xp + 20, points = points + 20",
            (user_id,),
        )
        run("COMMIT")

    def rate(self, events: int, people: int) -> float:
        """Events per second, one transaction each."""
        start = time.perf_counter()
        for number in range(events):
            self.record(1 + number % people)
        elapsed = time.perf_counter() - start
        (total,) = self.connection.execute("SELECT sum(xp) FROM summary").fetchone()
        (rows,) = self.connection.execute("SELECT count(*) FROM ledger").fetchone()
        if total * 2 != rows * 20:
            raise AssertionError(f"the reference computed {total} XP from {rows} ledger rows")
        return events / elapsed
