"""One leader at a time: of all processes on the same database, one runs the timetable."""

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from rewards.kit.database import db
from rewards.kit.locking import FileLock

# Any number will do, as long as nothing else on the same database locks it: "laurel" in ASCII.
ADVISORY_KEY = int.from_bytes(b"laurel")


class Leadership(Protocol):
    """Something that one process can have, and loses when it dies, however it dies."""

    def try_acquire(self) -> bool:
        """Take it if nobody has it."""

    def is_held(self) -> bool:
        """Whether it is still ours."""

    def release(self) -> None:
        """Let another process have it."""


def leadership() -> Leadership:
    """What decides for the open database."""
    if db.dialect == "sqlite":
        return FileLeadership(Path(db.engine.url.database or "").resolve())
    return AdvisoryLeadership()


class FileLeadership:
    """A locked file beside the database: the kernel lets go when the process dies."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name("jobs.lock")
        self._lock: FileLock | None = None

    def try_acquire(self) -> bool:
        """Take it if nobody has it."""
        lock = FileLock(self._path)
        if lock.try_acquire():
            self._lock = lock
            return True
        lock.close()
        return False

    def is_held(self) -> bool:
        """Whether it is still ours: the kernel takes nothing back."""
        return self._lock is not None

    def release(self) -> None:
        """Let another process have it."""
        if self._lock:
            self._lock.close()
            self._lock = None


class AdvisoryLeadership:
    """A lock of the server on a connection of its own. When that connection goes, the lock has gone with it."""

    def __init__(self) -> None:
        self._engine: Engine = create_engine(db.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def try_acquire(self) -> bool:
        """Take it if nobody has it."""
        connection = self._engine.connect()
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}):
            self._connection = connection
            return True
        connection.close()
        return False

    def is_held(self) -> bool:
        """Whether the connection that holds it is alive."""
        if self._connection is None:
            return False
        try:
            return bool(self._connection.scalar(text("SELECT 1")))
        except SQLAlchemyError:
            return False

    def release(self) -> None:
        """Let another process have it."""
        if self._connection:
            # A connection that is gone already cannot be closed properly, and need not be.
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None
