"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on loopback, gone with the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Nothing here outlives the tests, so nothing need reach the disk.
SETTINGS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "max_connections=200", "-c", "log_min_messages=log")


def binaries() -> Path | None:
    """Where the server's programs are, newest first; None where there is no server."""
    found = shutil.which("initdb")
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *([Path(found).parent] if found else [])]
    return next((place for place in places if (place / "postgres").exists()), None)


def _as_somebody_else(command: list[str]) -> list[str]:
    # The server refuses to run as root.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a running server without any table; `{url}/NAME` is a database of it."""
    where = binaries()
    assert where, "no PostgreSQL programs on this machine"
    # Not in pytest's own folder: each start of pytest closes that one to other users, and the server is one when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="laurel-postgresql-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        initialise = [str(where / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"]
        subprocess.run(_as_somebody_else(initialise), check=True, capture_output=True)
        port = free_port()
        serve = [str(where / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", *SETTINGS]
        # What the server has to say stays in its folder, and signals meant for the tests do not reach it.
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(_as_somebody_else(serve), stdout=log, stderr=log, start_new_session=True)
        try:
            yield _answering(f"postgresql://postgres@127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _answering(url: str) -> str:
    for _ in range(100):
        try:
            psycopg.connect(f"{url}/postgres").close()
            return url
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")


def create_database(url: str, name: str, template: str | None = None) -> str:
    """A new database on that server; its URL for SQLAlchemy."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return f"{url.replace('postgresql://', 'postgresql+psycopg://')}/{name}"


def drop_database(url: str, name: str) -> None:
    """Gone, whoever is still connected."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
