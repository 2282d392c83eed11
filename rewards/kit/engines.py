"""How each database is connected to: SQLite as it must be set, one way for writers and one for readers; PostgreSQL likewise."""

import sqlite3

from sqlalchemy import Connection, Engine, create_engine, event

PATIENCE = "busy_timeout=10000"
# In this order: the patience must stand before the journal is switched. FULL, because an answered award survives a power cut.
# recursive_triggers lets the append-only triggers see a REPLACE.
PRAGMAS = (
    PATIENCE,
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "secure_delete=FAST",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    # One event touches some twenty pages: the usual thousand would bring the journal back after every fifty of them.
    "wal_autocheckpoint=8000",
    "journal_size_limit=67108864",
    "mmap_size=0",
    "cache_size=-65536",
)


def sqlite_engines(url: str, connections: int) -> tuple[Engine, Engine]:
    """For writers, who take their turn at once; and for readers, who cannot write."""
    writer = _sqlite_engine(url, "BEGIN IMMEDIATE", PRAGMAS, connections)
    return writer, _sqlite_engine(url, "BEGIN", (*PRAGMAS, "query_only=ON"), connections)


def postgresql_engines(url: str, connections: int) -> tuple[Engine, Engine]:
    """The same, from one pool."""
    writer = create_engine(url, pool_size=connections, max_overflow=0, pool_pre_ping=True)
    # Otherwise each question of a block would see what was committed since the one before.
    return writer, writer.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _sqlite_engine(url: str, begin: str, pragmas: tuple[str, ...], connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        # The driver must not begin transactions by itself: it would begin them too late to protect what was read.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # The driver's own call: it is made for every block, and SQLAlchemy's takes longer than SQLite.
        connection.connection.cursor().execute(begin)

    return engine
