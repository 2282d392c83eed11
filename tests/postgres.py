"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on loopback, gone with the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


# Everything that a test may leave changed besides rows: what tables look like, what guards them, what they are found by.
SHAPE = """
    SELECT md5(string_agg(told, ';' ORDER BY told)) FROM (
        SELECT concat('column', c.relname, a.attname, a.atttypid, a.attnotnull) AS told FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT concat('trigger', tgrelid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat('constraint', conrelid, conname, convalidated) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT concat('function', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat('index', indexrelid, indisvalid) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    ) AS shape"""
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
COUNTERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
# Deleted rows stay in the files for a while; after so many tests it is better to begin anew.
TIMES_LENT_MAX = 100


@dataclass
class Reused:
    """One database for many tests, as its template is each time it is lent. Making one anew takes a busy disk most of a second."""

    server: str
    template: str
    name: str
    url: str = ""
    _lent: int = 0
    _shape: str = ""
    _counters: dict[str, int] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def lend(self) -> str:
        """Its URL for SQLAlchemy."""
        if not self.url:
            self.url = create_database(self.server, self.name, template=self.template)
            self._lent = 0
            with self._connected() as connection:
                self._look_at(connection)
        self._lent += 1
        return self.url

    def take_back(self) -> None:
        """Bring it back to what it was; one whose tables were changed, and not only their rows, is made anew."""
        if self._lent < TIMES_LENT_MAX and self._is_brought_back():
            return
        drop_database(self.server, self.name)
        self.url = ""

    def _is_brought_back(self) -> bool:
        with self._connected() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [self.name]
            )
            if self._shape != _only(connection, SHAPE):
                return False
            # Whoever rewrites history in here needs no guards: none of it happened.
            connection.execute("SET session_replication_role = replica")
            for table in _filled(connection):
                connection.execute(f'DELETE FROM "{table}"')
            for table, rows in self._contents.items():
                with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
            for counter, last in connection.execute(COUNTERS).fetchall():
                if self._counters.get(counter) != last:
                    before = self._counters.get(counter)
                    connection.execute("SELECT setval(%s, %s, %s)", [counter, before or 1, before is not None])
            return True

    def _look_at(self, connection: psycopg.Connection) -> None:
        self._shape = _only(connection, SHAPE)
        self._counters = dict(connection.execute(COUNTERS).fetchall())
        self._contents = {table: _copied(connection, table) for table in _filled(connection)}

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(f"{self.server}/{self.name}", autocommit=True)


def _only(connection: psycopg.Connection, question: str) -> str:
    row = connection.execute(question).fetchone()
    assert row
    return str(row[0])


def _filled(connection: psycopg.Connection) -> list[str]:
    tables = [row[0] for row in connection.execute(TABLES).fetchall()]
    question = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    return [row[0] for row in connection.execute(question).fetchall()]


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
