"""A database that fails fails as a whole: nothing is half written, the caller is told to come back, and who comes back is served once."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rewards.activities.recording import record_event
from rewards.earning.processing import ATTEMPTS_MAX
from rewards.earning.queueing import run_queue
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Unavailable
from rewards.ledger.queries import balances_of
from rewards.programme.verifying import verify
from tests.api.conftest import Shop, make_app, open_shop
from tests.programmes import define, did, play, workout
from tests.proofs.load import crowd
from tests.proofs.oracle import PROGRAMME, complaints

CONNECTIONS = 4
WAITING = 120


@pytest.fixture
def shop(database, database_url, cast, tmp_path) -> Shop:
    """A shop beside a database of few connections."""
    db.open(database_url, connections=CONNECTIONS)
    define(activities=[workout()])
    return open_shop(db, make_app(database_url, tmp_path))


def pages_at_most(more: int | None) -> None:
    """Let the file grow by so many pages and no further; None: as far as it likes."""
    assert db._writer
    connections = [db._writer.raw_connection() for _ in range(CONNECTIONS)]
    for connection in connections:
        cursor = connection.cursor()
        pages = cursor.execute("PRAGMA page_count").fetchone()[0] + more if more is not None else 2**31
        cursor.execute(f"PRAGMA max_page_count={pages}")
    for connection in connections:
        connection.close()


@contextmanager
def a_full_disk(more: int) -> Iterator[None]:
    pages_at_most(more)
    yield
    pages_at_most(None)


def stored() -> list[object]:
    with db.read():
        return [sql.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in ("events", "transfers", "accounts", "daily_activity")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("more", range(7))
def test_on_a_full_disk_nothing_is_half_written_and_the_sender_is_told_to_come_back(shop, cast, more):
    """However far the disk lets it get: into the event, into the award, or into what follows."""
    event = {"user": str(cast.ada), "action": "logged", "object_type": "workout", "metadata": {"note": "x" * 9_000}}
    with a_full_disk(more):
        answers = []
        for number in range(10):
            before = stored()
            answers.append(shop.post("/events", event, key=f"{number}"))
            assert answers[-1].status_code == 201 or stored() == before
            assert shop.get(f"/users/{cast.ada}/points").status_code == 200
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 503}
    assert 503 in statuses
    assert answers[-1].get_json()["detail"] == "the database cannot write just now: database or disk is full"
    # No restart: there is room, and everything goes on.
    again = [shop.post("/events", event, key=f"{number}") for number in range(10)]
    assert [answer.status_code for answer in again] == [201] * 10
    with db.read():
        assert balances_of(cast.ada)["points"] == 10 * 20
        assert verify() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("more", [0, 1, 4])
def test_a_queue_that_meets_a_full_disk_pays_later_and_once(shop, cast, more):
    """Not even the tries of the events are used up, so that no full disk lasts long enough to give them up."""
    with db.write():
        for number in range(WAITING):
            record_event(user_id=cast.ada, action="logged", object_type="workout", source="test", metadata={"number": number})
    with a_full_disk(more):
        for _ in range(ATTEMPTS_MAX + 1):
            with pytest.raises(Unavailable):
                run_queue()
    with db.read():
        assert sql.value("SELECT count(*) FROM transfers") == 0
        assert verify() == []
    assert run_queue() == WAITING
    with db.read():
        assert balances_of(cast.ada)["points"] == WAITING * 20
        assert sql.rows("SELECT state, attempts, count(*) FROM events GROUP BY 1, 2") == [("processed", 1, WAITING)]
        assert verify() == []


def test_a_read_block_sees_one_state_whatever_is_written_meanwhile(database, cast):
    define(activities=[workout()])
    play(did(cast.ada))
    with db.read():
        before = sql.value("SELECT count(*) FROM transfers")
        writer = threading.Thread(target=lambda: play(did(cast.ada), did(cast.cy)))
        writer.start()
        writer.join()
        assert sql.value("SELECT count(*) FROM transfers") == before
        # Every question about the totals would otherwise be answered with those of another moment.
        assert balances_of(cast.ada)["points"] == 20
        assert verify() == []
    with db.read():
        assert balances_of(cast.ada)["points"] == 40


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_database_server_that_cuts_its_connections_loses_nothing_and_pays_nothing_twice(furnished, proof):
    house = furnished(**PROGRAMME)
    server = house.serve(threads=4)
    seed = random.randrange(10**6)
    people = house.settle_people(4)
    clients = crowd(8, shop=house.shop, server=server, people=people, folder=house.folder / "logs", seed=seed)
    try:
        for _ in range(60 if proof else 15):
            clients.wait_for(20)
            cut_all_connections(house.url)
        clients.wait_for(20)
    finally:
        clients.send_home()
    print(f"seed {seed}: {clients.acknowledged} events acknowledged, answers {dict(clients.statuses)}")
    assert set(clients.statuses) <= {201, 202, 503}
    server.kill()
    house.empty_the_queue()
    assert complaints(house, house.folder / "logs") == []


def cut_all_connections(url: str) -> None:
    """As when the database's server is restarted or its machine goes away."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
