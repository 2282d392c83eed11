"""Acknowledged is durable, and sent again is paid once: the server is killed under load, again and again."""

import random
from pathlib import Path

import pytest

from tests.proofs.house import House
from tests.proofs.load import crowd, told_otherwise
from tests.proofs.oracle import PROGRAMME, complaints
from tests.proofs.server import Server, broken

CLIENTS = 10
PEOPLE = 6


def kill_under_load(house: House, server: Server, *, kills: int, seed: int) -> Path:
    """Let clients work while the server is killed so many times; their logs. In the end everything they sent is acknowledged."""
    chance = random.Random(seed)
    logs = house.folder / "logs"
    people = house.settle_people(PEOPLE)
    clients = crowd(CLIENTS, shop=house.shop, server=server, people=people, folder=logs, seed=seed)
    try:
        for _ in range(kills):
            clients.wait_for(chance.randint(10, 400))
            server.kill()
            if chance.random() < 0.2:
                # Dying while it starts must do no harm either.
                server.launch()
                clients.stop.wait(chance.uniform(0, 1.5))
                server.kill()
            server.start()
        clients.wait_for(10)
    finally:
        clients.send_home()
    print(f"seed {seed}: {kills} kills, {clients.acknowledged} events acknowledged, answers {dict(clients.statuses)}")
    # Nobody is told of a failure: there is an answer, or none.
    assert set(clients.statuses) <= {201, 202}
    return logs


def test_what_was_acknowledged_survives_every_kill_and_is_paid_once(furnished, proof):
    house = furnished(**PROGRAMME)
    server = house.serve()
    kills = 20 if proof else 5 if house.dialect == "sqlite" else 1
    logs = kill_under_load(house, server, kills=kills, seed=random.randrange(10**6))
    assert told_otherwise(server, house.shop, logs, 50) == []
    server.kill()
    house.empty_the_queue()
    assert complaints(house, logs) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("build", "what"),
    [
        pytest.param("key_in_a_second_transaction", "happened once and is stored 2 times", id="pays twice"),
        pytest.param("answer_before_the_commit", "was acknowledged and is not stored", id="forgets"),
    ],
)
def test_the_harness_catches_a_build_that_is_broken(furnished, build, what):
    house = furnished(**PROGRAMME)
    server = house.serve(program=broken(build))
    found: list[str] = []
    for attempt in range(10):
        logs = kill_under_load(house, server, kills=1, seed=attempt)
        server.kill()
        house.empty_the_queue()
        found = complaints(house, logs)
        if any(what in complaint for complaint in found):
            return
        server.start()
    pytest.fail(f"ten kills and nothing was noticed but {found}")
