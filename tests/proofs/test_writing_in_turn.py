"""One writer at a time, and each in its turn: nobody is refused because of a crowd, and a stranger who holds the file stops no reader."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import Engine

from rewards.activities.recording import record_event
from rewards.kit import engines, locking, sql
from rewards.kit.database import Database, db
from rewards.kit.errors import Unavailable
from rewards.programme.verifying import verify
from tests.api.conftest import make_app, open_shop
from tests.cast import gather
from tests.programmes import define, workout
from tests.proofs.server import at_once

WRITERS = 48
BLOCK_SECONDS = 0.005
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def have_patience(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    """So long does a connection wait for the file; to be said before it is opened."""
    pragmas = (f"busy_timeout={milliseconds}", *engines.PRAGMAS[1:])
    assert engines.PRAGMAS[0].startswith("busy_timeout=")
    monkeypatch.setattr(engines, "PRAGMAS", pragmas)


def write_in_a_crowd(blocks: int) -> tuple[int, int]:
    """Let 48 threads write so many blocks each; how many were committed, and how many were refused."""

    def writer(gate):
        committed = 0
        gate()
        for _ in range(blocks):
            try:
                with db.write():
                    count = sql.value("SELECT value FROM counter")
                    time.sleep(BLOCK_SECONDS)
                    sql.run("UPDATE counter SET value = ?", (count + 1,))
                committed += 1
            except Unavailable:
                pass
        return committed

    committed = sum(at_once([writer] * WRITERS))
    return committed, WRITERS * blocks - committed


def counter() -> int:
    with db.read():
        return int(sql.value("SELECT value FROM counter"))


@pytest.fixture
def crowded(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database that waits for the file far shorter than a crowd takes."""
    have_patience(monkeypatch, 40)
    db.open(database_url, connections=WRITERS)
    with db.write():
        sql.run("CREATE TABLE counter (value INTEGER NOT NULL)")
        sql.run("INSERT INTO counter VALUES (0)")
    yield db
    db.close()


@on_sqlite
def test_48_writers_are_all_served(crowded, proof):
    blocks = 40 if proof else 5
    committed, refused = write_in_a_crowd(blocks)
    assert (committed, refused) == (WRITERS * blocks, 0)
    assert counter() == committed


@on_sqlite
def test_without_the_lock_some_writers_are_refused(crowded, monkeypatch):
    """The control: left to SQLite alone, who waits longest is not served first, and some wait too long. Nothing is half done even so."""
    monkeypatch.setattr(crowded, "_write_lock", nullcontext())
    refused = 0
    for _ in range(10):
        before = counter()
        committed, refused = write_in_a_crowd(5)
        assert counter() == before + committed
        if refused:
            break
    assert refused


@on_sqlite
def test_every_connection_of_the_pools_waits_for_the_disk(database_url):
    db.open(database_url, connections=12)
    try:
        for engine in (db._writer, db._reader):
            assert isinstance(engine, Engine)
            assert synchronous_of(engine, 12) == [2] * 12
    finally:
        db.close()


def synchronous_of(engine: Engine, count: int) -> list[int]:
    """What each of so many connections, all taken at the same time, says of itself."""
    connections = [engine.raw_connection() for _ in range(count)]
    try:
        return [connection.cursor().execute("PRAGMA synchronous").fetchone()[0] for connection in connections]
    finally:
        for connection in connections:
            connection.close()


@contextmanager
def a_foreign_writer(path: Path) -> Iterator[None]:
    """Somebody else's program in the middle of a change to the same file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        stranger.execute("UPDATE users SET name = name")
        yield
        stranger.execute("ROLLBACK")


@on_sqlite
def test_a_foreign_writer_stops_no_reader_and_a_writer_is_told_when_to_come_back(database_url, tmp_path, monkeypatch):
    have_patience(monkeypatch, 50)
    db.open(database_url)
    try:
        define(activities=[workout()])
        with db.write():
            ada = gather().ada
        shop = open_shop(db, make_app(database_url, tmp_path))
        event = {"user": str(ada), "action": "logged", "object_type": "workout"}
        # A key that is known is confirmed in a write block too.
        assert shop.post("/events", event, key="before").status_code == 201
        with a_foreign_writer(tmp_path / "laurel.db"):
            assert shop.get(f"/users/{ada}/points").get_json()["points"] == 20
            for path, body in (("/events", event), ("/events/batch", {"events": [event | {"idempotency_key": "batched"}]})):
                refused = shop.post(path, body, key="meanwhile")
                assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
                assert int(refused.headers["Retry-After"]) >= 1
                assert refused.get_json()["detail"] == "the database cannot write just now: database is locked"
            with pytest.raises(Unavailable), db.write():
                record_event(user_id=ada, action="logged", object_type="workout", source="test")
            assert shop.get(f"/users/{ada}/points").get_json()["points"] == 20
        answers = [shop.post("/events", event, key="meanwhile") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert shop.get(f"/users/{ada}/points").get_json()["points"] == 40
        with db.read():
            assert verify() == []
    finally:
        db.close()


@on_sqlite
def test_who_waits_for_another_process_is_told_when_to_come_back(database_url, monkeypatch):
    """Our own processes hold a lock beside the file, and wait for each other no longer than for a stranger."""
    monkeypatch.setattr(locking, "PATIENCE_SECONDS", 0.05)
    db.open(database_url)
    try:
        other = locking.FileLock(Path(f"{db.engine.url.database}.lock"))
        assert other.try_acquire()
        with pytest.raises(Unavailable, match="another process is writing"), db.write():
            pass
        other.close()
        with db.write():
            pass
    finally:
        db.close()


@on_sqlite
def test_who_waits_too_long_for_a_turn_is_told_so_and_takes_nobodys_place(database_url, monkeypatch):
    monkeypatch.setattr(locking, "PATIENCE_SECONDS", 0.05)
    db.open(database_url)
    inside, leave = threading.Event(), threading.Event()

    def hold(gate):
        with db.write():
            inside.set()
            leave.wait(timeout=60)

    def try_in_vain(gate):
        inside.wait(timeout=60)
        try:
            with pytest.raises(Unavailable, match="too many writers are waiting"), db.write():
                pass
        finally:
            leave.set()

    try:
        at_once([hold, try_in_vain])
        with db.write():
            pass
    finally:
        db.close()


@on_sqlite
@pytest.mark.proof
def test_the_real_server_answers_while_a_stranger_holds_its_file(furnished, tmp_path):
    """The patience of the server as it is shipped is ten seconds, so this is for the long form."""
    house = furnished(activities=[workout()])
    [person] = house.settle_people(1)
    server = house.serve()
    event = {"user": str(person), "action": "logged", "object_type": "workout"}

    def write(gate):
        with server.line(house.shop) as line:
            gate()
            return line.post("/events", event, "meanwhile")

    def read(gate):
        with server.line(house.shop) as line:
            gate()
            return line.get(f"/users/{person}/points")

    with a_foreign_writer(tmp_path / "laurel.db"):
        refused, told = at_once([write, read])
        assert (told.status, told.members["points"]) == (200, 0)
        assert (refused.status, refused.retry_after) == (503, "1")
    assert write(lambda: None).status == 201
    assert house.balances(person)["points"] == 20
