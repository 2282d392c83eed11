"""The database's two doors: one writer at a time, readers that cannot write."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rewards.activities.models import Activity
from rewards.kit.database import Database
from rewards.kit.sql import lock_clause


def add_activity(database: Database, note: str) -> None:
    database.session.add(Activity(key="counted", category=note))


def count(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM activities")) or 0)


def test_a_write_block_commits_at_its_end(database: Database) -> None:
    with database.write():
        add_activity(database, "kept")
    assert count(database) == 1


def test_an_error_undoes_the_whole_write_block(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write():
            add_activity(database, "lost")
            database.session.flush()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        write_and_fail()
    assert count(database) == 0


def test_a_second_write_block_inside_the_first_is_refused(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="open already"), database.write():
        pass


def test_a_read_block_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(DBAPIError):
        session.execute(text("INSERT INTO activities (key, category) VALUES ('x', 'y')"))


def test_what_was_written_is_seen_by_the_read_block_that_surrounds_it(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM activities")) == 0
        with database.write():
            add_activity(database, "new")
        assert session.scalar(text("SELECT count(*) FROM activities")) == 1


def test_forty_writers_that_read_and_then_write_lose_no_update(database: Database) -> None:
    with database.write():
        add_activity(database, "0")

    def increment() -> None:
        with database.write() as session:
            row = session.scalars(text(f"SELECT category FROM activities{lock_clause()}")).one()
            time.sleep(0.001)
            session.execute(text("UPDATE activities SET category = :note"), {"note": str(int(row) + 1)})

    threads = [threading.Thread(target=increment) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.scalar(text("SELECT category FROM activities")) == "40"


def test_every_connection_to_sqlite_waits_for_the_disk_and_checks_its_keys(database: Database) -> None:
    if database.dialect != "sqlite":
        return
    with database.write() as session:
        names = ("synchronous", "foreign_keys", "recursive_triggers", "journal_mode")
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in names}
    assert found == {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "journal_mode": "wal"}
