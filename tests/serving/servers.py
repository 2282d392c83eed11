"""Real servers in processes of their own, started as an operator would start them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from tests.house.tree import ROOT
from tests.postgres import free_port

PATIENCE_SECONDS = 30.0


class Server:
    """One `laurel serve` (or what `words` say), with its processes in a group of their own."""

    def __init__(self, data: Path, *, port: int | None = None, words: Sequence[str] = (), **environment: str) -> None:
        self.port = port or free_port()
        self._log = data.parent / f"{data.name}-{self.port}-{time.monotonic_ns()}.log"
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("LAUREL_") and name != "DATABASE_URL"}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rewards", *(words or ("serve", "--port", str(self.port)))],
                cwd=ROOT,
                env={**surroundings, "LAUREL_DATA": str(data), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> list[str]:
        """What it has said so far, line by line."""
        return self._log.read_text().splitlines()

    def wait_until_serving(self) -> "Server":
        """It says so itself."""
        until(lambda: f"Laurel serves http://127.0.0.1:{self.port}" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        return self

    @property
    def leads(self) -> bool:
        """Whether it has said that it runs the timetable."""
        return any("this process runs the timetable" in line for line in self.said)

    def get(self, path: str = "/login") -> int:
        """The status of a page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def is_up(self) -> bool:
        """Whether anybody answers."""
        try:
            return self.get() > 0
        except OSError:
            return False

    def kill(self) -> None:
        """Both processes at once, without a last word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_the_one_above(self) -> None:
        """Only the process that was started."""
        self.process.kill()
        self.process.wait()

    def ask_to_stop(self) -> None:
        """As an operator would."""
        self.process.send_signal(signal.SIGTERM)

    @contextmanager
    def gone_afterwards(self) -> Iterator["Server"]:
        """Nothing of it outlives the block."""
        try:
            yield self
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def until(condition: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[Server]:
    """A server that serves, and is gone afterwards, whatever happened."""
    with Server(data, port=None, words=(), **environment).gone_afterwards() as server:
        yield server.wait_until_serving()
