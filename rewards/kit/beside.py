"""A small database in memory, beside the one that counts: what is tried out there touches nothing else and holds up nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from rewards.kit import sql
from rewards.kit.database import db


class Beside:
    """An empty database with these tables, for one thread."""

    def __init__(self, tables: MetaData) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"cached_statements": 512})

        @event.listens_for(self._engine, "connect")
        def prepare(connection: Any, record: object) -> None:
            connection.isolation_level = None

        self._connection = self._engine.connect()
        # It holds a part of everything, so not all that is referred to is there.
        self._connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        tables.create_all(self._connection)
        self._memory: dict[Any, Any] = {}

    @contextmanager
    def block(self) -> Iterator[Session]:
        """Inside, it stands in for the database that counts. What is written stays until it is closed."""
        with db.stand_in(self._connection, self._memory) as session:
            if not self._connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                sql.run("BEGIN")
            yield session

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
        self._engine.dispose()


@contextmanager
def forgetting(name: str) -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    db.session.flush()
    sql.run(f"SAVEPOINT {name}")
    learned = dict(db.session.info)
    try:
        yield
    finally:
        sql.run(f"ROLLBACK TO SAVEPOINT {name}")
        sql.run(f"RELEASE SAVEPOINT {name}")
        db.session.expire_all()
        db.session.info.clear()
        db.session.info.update(learned)
