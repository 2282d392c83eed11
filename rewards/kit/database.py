"""The database: one writer at a time, readers that cannot write, and nothing in between."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from rewards.kit.engines import PATIENCE, postgresql_engines, sqlite_engines
from rewards.kit.errors import Undone
from rewards.kit.locking import FileLock, WriteLock
from rewards.kit.passing import check_passing

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TABLE_OPTIONS: dict[str, Any] = {"sqlite_strict": True}


class Model(DeclarativeBase):
    """What every table is made from."""

    metadata = MetaData(naming_convention=NAMES)
    __table_args__: Any = TABLE_OPTIONS


class Database:
    """One database, opened once per process. `write()` and `read()` are the only ways in."""

    def __init__(self) -> None:
        self._session: ContextVar[Session | None] = ContextVar("session", default=None)
        # The driver's own connection of a write block; None in any other.
        self._driver: ContextVar[Any] = ContextVar("driver", default=None)
        self._writer: Engine | None = None
        self._reader: Engine | None = None
        self._file_lock: FileLock | None = None
        self._write_lock: WriteLock | None = None
        self._memory: dict[Any, Any] = {}
        self._dialect = ""
        # What is remembered of a database that stands in for this one; None: none does.
        self._stand_in: ContextVar[dict[Any, Any] | None] = ContextVar("stand_in", default=None)

    def open(self, url: str, *, connections: int = 12) -> None:
        """Connect to `url` (sqlite:/// or postgresql+psycopg://); a pool that is large enough for every thread of the process."""
        self.close()
        self._dialect = make_url(url).get_backend_name()
        if self._dialect == "sqlite":
            path = Path(make_url(url).database or "")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # What people earned is for the desk alone; the journals take the file's own mode.
            path.touch(mode=0o600, exist_ok=True)
            self._file_lock = FileLock(path.with_name(path.name + ".lock"))
            self._write_lock = WriteLock(self._file_lock)
            self._writer, self._reader = sqlite_engines(url, connections)
        else:
            self._writer, self._reader = postgresql_engines(url, connections)

    def close(self) -> None:
        """Let go of every connection."""
        if self._writer and self._reader:
            self._writer.dispose()
            self._reader.dispose()
        if self._file_lock:
            self._file_lock.close()
        self._writer = self._reader = self._file_lock = self._write_lock = None
        self._memory = {}

    @property
    def is_open(self) -> bool:
        """Whether there is a database to ask."""
        return self._writer is not None

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and checks of the schema."""
        if self._writer is None:
            raise RuntimeError("the database is not open")
        return self._writer

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._dialect if self._stand_in.get() is None else "sqlite"

    @property
    def session(self) -> Session:
        """The session of the block that surrounds the caller."""
        session = self._session.get()
        if session is None:
            raise RuntimeError("no database block is open: use db.read() or db.write()")
        return session

    @property
    def is_writing(self) -> bool:
        """Whether a write block surrounds the caller."""
        return self._driver.get() is not None

    @property
    def is_stood_in_for(self) -> bool:
        """Whether what happens now happens in a database beside this one, and concerns nobody."""
        return self._stand_in.get() is not None

    def cursor(self) -> Any:
        """A cursor of the driver on the surrounding block's own connection."""
        return (self._driver.get() or self.session.connection().connection).cursor()

    def recall(self, topic: str, key: object) -> Any:
        """What was remembered of this database; None where nothing was."""
        found = self.session.info.get((topic, key))
        return self._remembered.get((topic, key)) if found is None else found

    def remember(self, topic: str, key: object, value: Any) -> None:
        """Keep what need not be asked again. What a write block learns is shared when it commits: until then it may still be undone."""
        if self.is_writing:
            self.session.info[topic, key] = value
        else:
            self._remembered[topic, key] = value

    @property
    def _remembered(self) -> dict[Any, Any]:
        beside = self._stand_in.get()
        return self._memory if beside is None else beside

    def remember_recent(self, topic: str, key: object, value: Any, keep: int) -> None:
        """The same for what comes in many versions, of which only the latest asked for are kept."""
        recent = dict(self.recall(topic, "recent") or {}) | {key: value}
        self.remember(topic, "recent", dict(list(recent.items())[-keep:]))

    def recall_recent(self, topic: str, key: object) -> Any:
        """What was remembered so, if it is still kept."""
        return (self.recall(topic, "recent") or {}).get(key)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A block that sees one state of the database and cannot change it. It takes a connection at its first question only."""
        if self._reader is None:
            raise RuntimeError("the database is not open")
        with Session(self._reader, autoflush=False) as session:
            token, driver = self._session.set(session), self._driver.set(None)
            try:
                yield session
            finally:
                self._session.reset(token)
                self._driver.reset(driver)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The only way to write: one transaction, committed at the end, undone by any error. Raises Unavailable where it cannot write."""
        if self.is_writing:
            raise RuntimeError("a write block is open already: pass the work to it instead of opening another")
        if surrounding := self._session.get():
            # What was read before the write is old after it, and a second connection held here could wait for ever.
            surrounding.close()
        try:
            if self._write_lock:
                with self._write_lock, self._transaction() as session:
                    yield session
            else:
                with self._transaction() as session:
                    yield session
        except Exception as error:
            check_passing(error)
            raise

    @contextmanager
    def stand_in(self, connection: Connection, memory: dict[Any, Any]) -> Iterator[Session]:
        """A write block on another database, one of SQLite: whatever is asked and written inside is asked and written there alone.

        `memory` keeps what is remembered of it. Nothing is committed.
        """
        with Session(connection, expire_on_commit=False) as session:
            before = (self._session.set(session), self._driver.set(connection.connection.dbapi_connection), self._stand_in.set(memory))
            try:
                yield session
                memory |= session.info
            finally:
                self._session.reset(before[0])
                self._driver.reset(before[1])
                self._stand_in.reset(before[2])

    def checkpoint(self) -> int:
        """Bring SQLite's journal back into its file while no writer is at work; its size in kilobytes. It gives way to readers at once."""
        if self._write_lock is None:
            return 0
        journal = Path(f"{self.engine.url.database}-wal")
        with self._write_lock, closing(self.engine.raw_connection()) as connection:
            kilobytes = journal.stat().st_size // 1024 if journal.exists() else 0
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            (busy,) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[:1]
            cursor.execute(f"PRAGMA {PATIENCE}")
            return 0 if busy else kilobytes

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        # The connection has the transaction and the session only joins it: plain statements then pay nothing for the session.
        with self.engine.begin() as connection, Session(connection, expire_on_commit=False) as session:
            token, driver = self._session.set(session), self._driver.set(connection.connection.dbapi_connection)
            try:
                yield session
                session.flush()
                if not connection.in_transaction():
                    raise Undone("Nothing of this was stored; the database has undone it while it was written.")
            finally:
                self._session.reset(token)
                self._driver.reset(driver)
        self._memory |= session.info


db = Database()
