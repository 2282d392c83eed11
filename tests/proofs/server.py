"""The real server in processes of its own: started, asked over real sockets, stopped, and killed the hard way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.house.tree import ROOT
from tests.postgres import free_port

Result = TypeVar("Result")

LAUREL = ("-m", "rewards")
# Starting takes a second or two; a machine that is busy with other things takes longer.
LOOKS_MAX = 1200
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
# What a client sees of a server that is not there, or not any more.
BROKEN = (OSError, HTTPException)
# Between choosing a port and listening there, somebody else may take it.
PORTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What the server answered."""

    status: int
    content_type: str | None
    body: bytes
    retry_after: str | None = None

    @property
    def members(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Shop:
    """Another system with its key in its hand."""

    service_id: str
    key: str


def broken(build: str) -> tuple[str, ...]:
    """What to start for a build that is broken on purpose."""
    return ("-m", "tests.proofs.broken_server", build)


class Line:
    """One connection of a shop to a server, kept open."""

    def __init__(self, port: int, shop: Shop) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._shop = shop

    def __enter__(self) -> Self:
        self._connection.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def post(self, path: str, body: object, key: str | None = None, **headers: str) -> Told:
        """Send `body` as JSON, or as it is where it is text already."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self._ask("POST", path, text, headers | ({"Idempotency-Key": key} if key else {}))

    def get(self, path: str) -> Told:
        """Ask for something."""
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, text: str | None, headers: Mapping[str, str]) -> Told:
        proof = {"Authorization": f"Bearer {self._shop.key}", "X-Service-ID": self._shop.service_id, "Content-Type": "application/json"}
        address = f"/api/v1/external/{self._shop.service_id}{path}"
        self._connection.request(method, address, text, proof | dict(headers))
        response = self._connection.getresponse()
        return Told(response.status, response.getheader("Content-Type"), response.read(), response.getheader("Retry-After"))


class Server:
    """`python -m rewards serve` on a database that is ready, with a port and a process group of its own."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        threads: int = 2,
        jobs: bool = True,
        program: Sequence[str] = LAUREL,
        above: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._command = [*above, sys.executable, *program, "serve", "--threads", str(threads), "--port"]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LAUREL_")},
            "LAUREL_DATA": str(folder),
            "DATABASE_URL": database_url,
            "LAUREL_JOBS": "on" if jobs else "off",
            "LAUREL_API_RATE": "900000000/second",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def folder(self) -> Path:
        """Where it keeps its keys."""
        return self._folder

    @property
    def said(self) -> str:
        """Everything it has written so far, for whoever must find out why something failed."""
        log = self._folder / "server.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def start(self) -> Self:
        """Run, and answer."""
        self.launch()
        for _ in range(PORTS_MAX):
            if self._answers():
                return self
            self.kill()
            self.launch()
        raise RuntimeError(f"the server does not start:\n{self.said}")

    def launch(self) -> None:
        """Run, without waiting until it answers."""
        self.port = free_port()
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command, str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        for _ in range(LOOKS_MAX):
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
                connection.request("GET", "/healthz")
                is_well = connection.getresponse().status == 200
                connection.close()
            except BROKEN:
                is_well = False
            if is_well:
                return True
            if self._process is None or self._process.poll() is not None:
                return False
            time.sleep(LOOK_SECONDS)
        return False

    def kill(self) -> None:
        """As a power cut would: every process of it at once, in the middle of whatever it does."""
        if self._process and self._process.returncode is None:
            # The group has the number of its first process, which is not waited for yet: so it cannot be anybody else's.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def stop(self) -> None:
        """As an operator would; whatever is left after that is killed."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    @contextmanager
    def line(self, shop: Shop) -> Iterator[Line]:
        """A connection to it."""
        with Line(self.port, shop) as line:
            yield line


def at_once(works: Sequence[Callable[[Callable[[], object]], Result]]) -> list[Result]:
    """Do each work in a thread of its own; what they return, in their order. The first error is raised.

    Each work is given a gate: it opens for all of them at the moment when the last one stands before it.
    """
    barrier = threading.Barrier(len(works))
    results: dict[int, Result] = {}
    errors: list[BaseException] = []

    def work(position: int) -> None:
        try:
            results[position] = works[position](lambda: barrier.wait(timeout=PATIENCE_SECONDS))
        except BaseException as error:  # noqa: BLE001 - raised again below, where the test hears it
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(position,)) for position in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise next((error for error in errors if not isinstance(error, threading.BrokenBarrierError)), errors[0])
    return [results[position] for position in range(len(works))]


def stampede(servers: Sequence[Server], shop: Shop, requests: Sequence[tuple[str, object, str]]) -> list[Told]:
    """Send (path, body, key) requests in the same moment, each on a connection of its own that is open already, to the servers in turn."""

    def sender(server: Server, request: tuple[str, object, str]) -> Callable[[Callable[[], object]], Told]:
        def send(gate: Callable[[], object]) -> Told:
            with server.line(shop) as line:
                gate()
                return line.post(*request)

        return send

    return at_once([sender(servers[position % len(servers)], request) for position, request in enumerate(requests)])
