"""PERF-3: `POST /events` and `POST /events/batch` over HTTP, against a bare handler on the same server."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.engine import PEOPLE, add_people
from benchmarks.load import Measured, post, press
from rewards.integrations.keys import create_key
from rewards.integrations.registering import add_service
from rewards.kit import migrating
from rewards.kit.database import db
from rewards.programme.kits import load_starting_kits
from rewards.programme.verifying import verify

THREADS = 2
CONNECTIONS = 16
BATCH = 500


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, environment: Mapping[str, str], path: str) -> Iterator[None]:
    """A server in a process of its own, from its first answer until the end of the block."""
    process = subprocess.Popen([sys.executable, "-m", *command], env={**os.environ, **environment}, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        _wait(port, path)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, path: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer")


def prepare(folder: Path) -> tuple[str, str]:
    """A desk with the seeded programme and people; the service's id and key."""
    db.open(f"sqlite:///{folder}/laurel.db")
    migrating.migrate()
    with db.write():
        load_starting_kits()
        add_people(PEOPLE)
        service = add_service(name="benchmark", type="test").service_id
        key = create_key(service_id=service, permissions=["events:write", "events:read"])
    db.close()
    return service, key


def event(number: int) -> dict[str, object]:
    """The body of one event."""
    kind = ("workout", "meal")[number % 2]
    return {"user": str(1 + number % PEOPLE), "action": "logged", "object_type": kind, "metadata": {"minutes": 30 + number % 60}}


def singles(count: int, service: str, key: str, first: int = 0) -> Iterator[bytes]:
    """Requests with one event each."""
    for number in range(first, first + count):
        headers = {"Authorization": f"Bearer {key}", "X-Service-ID": service, "Idempotency-Key": f"s{number}"}
        yield post(f"/api/v1/external/{service}/events", json.dumps(event(number)).encode(), headers)


def batches(count: int, service: str, key: str) -> Iterator[bytes]:
    """Requests with 500 events each."""
    for number in range(count):
        headers = {"Authorization": f"Bearer {key}", "X-Service-ID": service, "Idempotency-Key": f"b{number}"}
        told = [{**event(place), "idempotency_key": f"b{number}-{place}"} for place in range(BATCH)]
        yield post(f"/api/v1/external/{service}/events/batch", json.dumps({"events": told}).encode(), headers)


def compare(count: int = 3_000, rounds: int = 3, bulk: int = 20) -> tuple[list[Measured], list[Measured], float, float]:
    """The bare handler and ours in turn; and the rates at which batches are accepted, and processed to the last event."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service, key = prepare(folder)
        bare_port, port = free_port(), free_port()
        settings = {"LAUREL_DATA": name, "LAUREL_API_RATE": "1000000/minute", "LAUREL_JOBS": "on"}
        bare_command = ["benchmarks.bare", str(bare_port), str(folder / "bare.db"), str(THREADS)]
        our_command = ["rewards", "serve", "--port", str(port), "--threads", str(THREADS)]
        with serving(bare_command, bare_port, {}, "/"), serving(our_command, port, settings, "/healthz"):
            bare, ours = [], []
            press(port, singles(200, service, key, first=10_000_000))
            for turn in range(rounds):
                bare.append(press(bare_port, (post("/", json.dumps(event(number)).encode(), {}) for number in range(count))))
                ours.append(press(port, singles(count, service, key, first=turn * count)))
            if any(set(measured.statuses) != {201} for measured in ours):
                raise AssertionError(f"not every event was awarded: {[measured.statuses for measured in ours]}")
            start = time.perf_counter()
            accepted = press(port, batches(bulk, service, key), connections=2)
            _wait_until_processed(folder / "laurel.db")
            processed_rate = bulk * BATCH / (time.perf_counter() - start)
        _check(folder, rounds * count + bulk * BATCH + 200)
    return bare, ours, accepted.rate * BATCH, processed_rate


def _wait_until_processed(path: Path) -> None:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        while connection.execute("SELECT 1 FROM events WHERE state IN ('queued', 'retrying') LIMIT 1").fetchone():
            time.sleep(0.02)


def _check(folder: Path, events: int) -> None:
    db.open(f"sqlite:///{folder}/laurel.db")
    with db.read() as session:
        stored = (
            session.connection().exec_driver_sql("SELECT count(*) FROM events WHERE state = 'processed' AND source <> 'system'").scalar()
        )
        differences = verify()
    db.close()
    if stored != events or differences:
        raise AssertionError(f"{stored} of {events} events, {len(differences)} differences")
