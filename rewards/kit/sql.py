"""Plain SQL on the surrounding block's connection, for the paths where every statement counts. Placeholders are `?` on both databases."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any

import structlog

from rewards.kit.database import db
from rewards.kit.errors import Undone
from rewards.kit.passing import check_passing

log = structlog.get_logger()

Row = tuple[Any, ...]

# Of one statement over many rows. Each size of block is a statement of its own that the driver keeps, so there must not be too many.
BLOCK = 50
TAKEN = "INSERT INTO taken_ids (table_name, last_id) VALUES (?, ?) ON CONFLICT (table_name) DO UPDATE SET last_id = excluded.last_id"


@cache
def _for_psycopg(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")


def _spelled(text: str) -> str:
    return text if db.dialect == "sqlite" else _for_psycopg(text)


def run(text: str, params: Sequence[Any] = ()) -> int:
    """Execute one statement; the number of rows it touched."""
    cursor = db.cursor()
    cursor.execute(_spelled(text), params)
    return int(cursor.rowcount)


def run_many(text: str, rows: Sequence[Sequence[Any]]) -> int:
    """Execute one statement for each row of values; the number of rows touched in all."""
    if not rows:
        return 0
    cursor = db.cursor()
    cursor.executemany(_spelled(text), rows)
    return int(cursor.rowcount)


def run_in_blocks(text: str, rows: Sequence[Sequence[Any]]) -> int:
    """Execute a statement over many rows of values, which stand in it in the place of `{rows}`; the number of rows touched in all.

    For tables with triggers: there SQLite keeps a copy of every page that a statement changes, and one for each row is slow.
    """
    touched = 0
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK]
        touched += run(_with_rows(text, len(block), len(block[0])), list(chain.from_iterable(block)))
    return touched


@cache
def _with_rows(text: str, count: int, width: int) -> str:
    return text.replace("{rows}", ",".join([f"({marks(range(width))})"] * count))


def rows(text: str, params: Sequence[Any] = ()) -> list[Row]:
    """All rows of a question, or of a change that returns some."""
    cursor = db.cursor()
    cursor.execute(_spelled(text), params)
    return list(cursor.fetchall())


def value(text: str, params: Sequence[Any] = ()) -> Any:
    """The first column of the first row; None where there is no row."""
    found = rows(text, params)
    return found[0][0] if found else None


def marks(values: Collection[Any]) -> str:
    """As many placeholders as there are values, for `IN (...)`."""
    return ",".join("?" * len(values))


def lock_clause() -> str:
    """Locks the rows of a question until commit. SQLite needs none: there a write block is alone."""
    return "" if db.dialect == "sqlite" else " FOR UPDATE"


def writer() -> str:
    """Who writes, as an expression: a row of its own for each connection makes no two of them wait. On SQLite one writes at a time."""
    return "0" if db.dialect == "sqlite" else "pg_backend_pid()"


def allocate_ids(table: str, count: int) -> range | list[int]:
    """Ids for `count` new rows of `table`, in rising order. On SQLite the write block is alone, so the next ones are free."""
    if db.dialect == "sqlite":
        first = (value(_last_id(table)) or 0) + 1
        return range(first, first + count)
    sequence = f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, ?)"
    return sorted(row[0] for row in rows(sequence, (count,)))


def take_ids(table: str, count: int) -> range | list[int]:
    """Ids of `table` that no row will ever have: numbers that stand in one order with its rows."""
    if not count:
        return []
    ids = allocate_ids(table, count)
    if db.dialect == "sqlite":
        run(TAKEN, (table, ids[-1]))
    return ids


@cache
def _last_id(table: str) -> str:
    return f"SELECT max(id) FROM (SELECT max(id) AS id FROM {table} UNION ALL SELECT last_id FROM taken_ids WHERE table_name = '{table}')"


class IdSource:
    """Ids for rows that are made one by one in memory and stored together later, all in one write block."""

    def __init__(self, table: str, last: int | None = None) -> None:
        self._table = table
        # Given out already, though not stored yet.
        self._last = last

    def next(self) -> int:
        """The next free id."""
        if self._last is None or db.dialect != "sqlite":
            self._last = allocate_ids(self._table, 1)[0]
        else:
            self._last += 1
        return self._last

    def take(self) -> int:
        """The next free id, for good and without a row."""
        taken = self.next()
        if db.dialect == "sqlite":
            run(TAKEN, (self._table, taken))
        return taken


@contextmanager
def savepoint(name: str) -> Iterator[None]:
    """What happens inside is undone alone if it fails; the rest of the transaction stands. Raises Unavailable where nothing can stand.

    For plain SQL, and for what is refused before it is written. A flush that the database refuses takes the whole block back, and
    raises Undone; see `nested`.
    """
    db.session.flush()
    run(f"SAVEPOINT {name}")
    learned = dict(db.session.info)
    try:
        yield
        db.session.flush()
    except BaseException as error:
        # On a full disk there is no transaction any more, and what is written after that would be written outside of one.
        check_passing(error)
        _undo(name, error)
        _forget(learned)
        raise
    run(f"RELEASE SAVEPOINT {name}")


def _undo(name: str, error: BaseException) -> None:
    try:
        run(f"ROLLBACK TO SAVEPOINT {name}")
        run(f"RELEASE SAVEPOINT {name}")
    except Exception as lost:
        # The savepoint went with its transaction. Whoever takes any error for one that is over must not go on.
        log.error("a write block was undone", savepoint=name, error=f"{type(error).__name__}: {error}")  # noqa: TRY400
        raise Undone("Nothing of this was stored; what went wrong has been logged.") from lost


@contextmanager
def nested() -> Iterator[None]:
    """The same for what the session writes, at ten times the price."""
    inner = db.session.begin_nested()
    # It is made when the connection is asked for, and plain SQL does not ask.
    db.session.connection()
    learned = dict(db.session.info)
    try:
        yield
        db.session.flush()
    except BaseException as error:
        check_passing(error)
        inner.rollback()
        _forget(learned)
        raise
    inner.commit()


def _forget(learned: dict[Any, Any]) -> None:
    """What was learned inside is undone with it: a row that was made there is not there any more."""
    db.session.expire_all()
    db.session.info.clear()
    db.session.info.update(learned)
