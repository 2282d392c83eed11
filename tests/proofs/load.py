"""Clients that write down what they will send before they send it, and send it again with the same key until it is acknowledged."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.proofs.server import BROKEN, Line, Server, Shop, Told

# A day that is over everywhere, so that no midnight comes between.
HAPPENED_AT = "2026-03-04T12:00:00Z"
ACTIVITIES = ("workout_logged", "quiz_completed")
BATCH = 5
# With the pause between them, far longer than any start takes.
TRIES_MAX = 1200
PAUSE_SECONDS = 0.05


@dataclass
class Client:
    """One client and its log: a file with a line for each event before it is sent, and one for each acknowledgement."""

    name: str
    shop: Shop
    server: Server
    people: Sequence[int]
    log: Path
    chance: random.Random
    stop: threading.Event
    acknowledged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failure: BaseException | None = None
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        try:
            with self.log.open("w", encoding="utf-8", buffering=1) as log:
                number = 0
                while not self.stop.is_set():
                    kind = self.chance.choices(("at once", "later", "batch"), (5, 3, 2))[0]
                    count = BATCH if kind == "batch" else 1
                    events = [self._event(f"{self.name}-{number + place}") for place in range(count)]
                    number += count
                    for event in events:
                        log.write(json.dumps({"sent": event}) + "\n")
                    told = self._send(kind, events)
                    for key in acknowledged(kind, events, told):
                        log.write(json.dumps({"acknowledged": key, "kind": kind, "told": told.body.decode()}) + "\n")
                        self.acknowledged += 1
        except BaseException as failure:  # noqa: BLE001 - the test that waits for this thread tells it
            self.failure = failure

    def _event(self, key: str) -> dict[str, Any]:
        object_type, _, action = self.chance.choices(ACTIVITIES, (4, 1))[0].rpartition("_")
        return {
            "user": str(self.chance.choice(self.people)),
            "action": action,
            "object_type": object_type,
            "metadata": {"note": key},
            "occurred_at": HAPPENED_AT,
            "idempotency_key": key,
        }

    def _send(self, kind: str, events: Sequence[dict[str, Any]]) -> Told:
        """The acknowledgement, which comes in the end."""
        for _ in range(TRIES_MAX):
            try:
                with self.server.line(self.shop) as line:
                    told = send(line, kind, events)
            except BROKEN:
                time.sleep(PAUSE_SECONDS)
                continue
            self.statuses[told.status] += 1
            if told.status < 300:
                return told
            if told.status < 500:
                raise AssertionError(f"{kind}: {told}")
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"{kind}: {events} was never acknowledged")


def send(line: Line, kind: str, events: Sequence[dict[str, Any]]) -> Told:
    """Send one event to be paid at once or later, or a batch."""
    if kind == "batch":
        return line.post("/events/batch", {"events": list(events)})
    body = {name: value for name, value in events[0].items() if name != "idempotency_key"}
    return line.post("/events", body, events[0]["idempotency_key"], **({"Prefer": "respond-async"} if kind == "later" else {}))


def acknowledged(kind: str, events: Sequence[dict[str, Any]], told: Told) -> Iterator[str]:
    """The keys of the events that this answer promises to have kept."""
    if kind != "batch":
        yield events[0]["idempotency_key"]
        return
    for result in told.members["results"]:
        assert result["outcome"] in ("accepted", "duplicate"), result
        yield result["idempotency_key"]


@dataclass
class Crowd:
    """Many clients, until they are told to stop."""

    clients: list[Client]
    stop: threading.Event

    @property
    def acknowledged(self) -> int:
        """How many events have been acknowledged so far."""
        return sum(client.acknowledged for client in self.clients)

    @property
    def statuses(self) -> Counter[int]:
        """How often each status was answered so far."""
        return sum((client.statuses for client in self.clients), Counter())

    def wait_for(self, count: int) -> None:
        """Until so many events more have been acknowledged."""
        wanted = self.acknowledged + count
        for _ in range(TRIES_MAX):
            if self.acknowledged >= wanted:
                return
            self.check()
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"{self.acknowledged} events are acknowledged and {wanted} are waited for")

    def send_home(self) -> None:
        """Let everybody finish what they are at."""
        self.stop.set()
        for client in self.clients:
            client.thread.join()
        self.check()

    def check(self) -> None:
        """Raise what went wrong for a client."""
        for client in self.clients:
            if client.failure:
                raise AssertionError(f"client {client.name}: {client.failure}") from client.failure


def crowd(count: int, *, shop: Shop, server: Server, people: Sequence[int], folder: Path, seed: int) -> Crowd:
    """So many clients, at work. Those of another seed have other keys."""
    stop = threading.Event()
    folder.mkdir(exist_ok=True)
    chance = random.Random(seed)
    return Crowd(
        [
            Client(f"{seed}-{number}", shop, server, people, folder / f"{seed}-{number}.jsonl", random.Random(chance.random()), stop)
            for number in range(count)
        ],
        stop,
    )


@dataclass
class Logged:
    """What the clients' logs say: the events that were sent, and what their keys were answered at last, both by key."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_logs(folder: Path) -> Logged:
    """All logs together."""
    logged = Logged()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "sent" in entry:
                logged.sent[entry["sent"]["idempotency_key"]] = entry["sent"]
            else:
                logged.told[entry["acknowledged"]] = (entry["kind"], entry["told"])
    return logged


def told_otherwise(server: Server, shop: Shop, logs: Path, count: int) -> list[str]:
    """Send so many acknowledged events once more; those that are not answered as they were the first time."""
    logged = read_logs(logs)
    alone = [(key, kind, told) for key, (kind, told) in logged.told.items() if kind != "batch"]
    found = []
    with server.line(shop) as line:
        for key, kind, told in random.sample(alone, min(count, len(alone))):
            again = send(line, kind, [logged.sent[key]]).body.decode()
            if again != told:
                found.append(f"{key} was told {told} and is now told {again}")
    return found
