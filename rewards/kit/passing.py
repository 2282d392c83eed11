"""Failures of the database that pass: nothing was stored, and trying again may help."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from rewards.kit.errors import Unavailable

# SQLITE_BUSY, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL: nothing was stored and trying again may help.
PASSING_SQLITE_CODES = {5, 8, 10, 13}
# Out of resources, operator intervention, serialization failure and deadlock.
PASSING_SQLSTATES = ("53", "57", "40")


def check_passing(error: BaseException) -> None:
    """Raise Unavailable where the database failed and not the statement. By then it may have undone the whole transaction."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if _is_passing(cause):
        # The statement, and whatever else the driver says below its first line, is nothing that a caller should be told.
        raise Unavailable(f"the database cannot write just now: {str(cause).split(chr(10), maxsplit=1)[0]}") from error


def _is_passing(cause: BaseException | None) -> bool:
    # Plain statements raise the driver's own errors, and not every driver is installed: each is known by what it carries.
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF in PASSING_SQLITE_CODES
    state = getattr(cause, "sqlstate", "")
    # A connection that is gone has no state to tell.
    return type(cause).__name__ == "OperationalError" if state is None else state.startswith(PASSING_SQLSTATES)
