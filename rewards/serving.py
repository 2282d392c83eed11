"""Serves the application: one process that answers, with the timetable inside, and one above it that starts it again if it dies."""

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.util import Finalize
from typing import Any

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app import create_app
from rewards.integrations.seeing import sightings
from rewards.jobs import TIMETABLE
from rewards.kit.database import db
from rewards.kit.errors import DomainError
from rewards.kit.interpreting import settle_interpreter
from rewards.kit.leading import leadership
from rewards.kit.logging import configure_logging
from rewards.kit.scheduling import Timekeeper
from rewards.kit.settings import Settings
from rewards.people.signing_in import store_visits

log = structlog.get_logger()

# Two may be checking passwords, which is slow on purpose. With two more, others' requests get through twice as often meanwhile, and the
# slowest wait half as long; while nobody signs in, one thread is about as fast as four.
THREADS = 4
# Requests that run when the server is asked to stop are finished; what takes longer than this is cut off.
STOP_SECONDS = 15
JOBS_STOP_SECONDS = 8.0
# A process above that was killed leaves the one below to notice by itself.
PARENT_CHECK_SECONDS = 0.5
# The one below a killed one may still hold the port for that long.
PORT_PATIENCE_SECONDS = 3.0
NOTICES_SECONDS = 60.0
# Threads of requests, of jobs and of the two that keep watch; a write inside a read needs a second connection.
CONNECTIONS_BESIDE_THREADS = 8
# Its log goes the way of ours.
LOG: dict[str, Any] = {
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": [], "propagate": True}},
}


class PortTaken(DomainError):
    """Somebody else listens there."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def local_host(self) -> str:
        """Where this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"http://{host}:{self.port}"

    def check_free(self) -> None:
        """Raise PortTaken where somebody listens. The server itself would share the port with them and never say so."""
        deadline = time.monotonic() + PORT_PATIENCE_SECONDS
        while (error := self._try_to_listen()) is not None:
            if error.errno != errno.EADDRINUSE:
                raise PortTaken(f"cannot listen on {self.host} port {self.port}: {error.strerror}")
            if time.monotonic() > deadline:
                raise PortTaken(f"port {self.port} of {self.host} is taken; choose another with --port")
            time.sleep(0.2)

    def _try_to_listen(self) -> OSError | None:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
                0
            ]
            with socket.socket(family, kind, protocol) as probe:
                # Connections that are just closing are nobody's.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen(1)
        except OSError as error:
            return error
        return None


def serve_until_stopped(settings: Settings, address: Address, *, threads: int, set_up_token: str | None = None) -> None:
    """Serve until a signal says stop. The database must be up to date, and is not open here: a process that forks shares no connections.

    Whoever holds the token may set the desk up, so it is told where the server was started.
    """
    if "base_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"base_url": address.url})
    greeting = [f"Laurel serves {address.url}"]
    if set_up_token:
        greeting.append(f"Nobody administers this desk yet. Set it up at {settings.base_url}/setup?token={set_up_token}")
    server = Granian(
        "laurel",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        # One process that writes: a second one would only wait for the first one's lock.
        workers=1,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=LOG,
    )
    server.serve(target_loader=partial(load, settings, address, threads, os.getpid(), greeting), wrap_loader=False)


def load(settings: Settings, address: Address, threads: int, parent: int, greeting: list[str]) -> Callable[..., Any]:
    """The application, in the process that will serve it, with all that runs beside it."""
    configure_logging()
    db.open(settings.database_url, connections=threads * 2 + CONNECTIONS_BESIDE_THREADS)
    app = create_app(settings)
    keeper = Timekeeper(TIMETABLE, leadership()) if settings.jobs else None
    stopped = threading.Event()
    # After the last answer and before the threads are waited for; a process that is killed does without, and loses nothing.
    Finalize(None, _close, args=(keeper, stopped), exitpriority=100)
    for watch in (partial(_follow_parent, parent), partial(_store_notices, stopped), partial(_announce, address, greeting)):
        threading.Thread(target=watch, daemon=True).start()
    if keeper:
        keeper.start()
    settle_interpreter()
    return app


def _close(keeper: Timekeeper | None, stopped: threading.Event) -> None:
    stopped.set()
    if keeper:
        keeper.stop(patience_seconds=JOBS_STOP_SECONDS)
    _store()
    db.close()


def _announce(address: Address, greeting: list[str]) -> None:
    """Say where it serves, once it does."""
    for _ in range(100):
        with (
            suppress(OSError),
            socket.create_connection((address.url.split("//")[1].rsplit(":", 1)[0].strip("[]"), address.port), timeout=1),
        ):
            print("\n".join(greeting), flush=True)  # noqa: T201 - the one thing that its user waits for
            return
        time.sleep(0.05)


def _follow_parent(parent: int) -> None:
    """Stop as for a signal when the process above is gone: nobody could stop this one any more, and it holds the port and the lead."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    log.error("the process above is gone; this one stops too")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


def _store_notices(stopped: threading.Event) -> None:
    """Each process stores what it noticed itself: who was seen when. Pages that only read leave that to this thread."""
    while not stopped.wait(NOTICES_SECONDS):
        _store()


def _store() -> None:
    try:
        with db.write():
            store_visits()
            sightings.store()
    except Exception:
        # What was not stored is a time that somebody was seen, and they will be seen again.
        log.exception("visits could not be stored")
