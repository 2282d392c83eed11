"""What passes is told as passing, whichever way a statement went; what does not pass is not."""

import sqlite3

import pytest
from sqlalchemy import text

from rewards.kit import sql
from rewards.kit.errors import Unavailable

# What a driver raises when it is cut off: SQLite is not allowed to grow its file, PostgreSQL not to take its time.
LIMITS = {"sqlite": "PRAGMA max_page_count = 1", "postgresql": "SET LOCAL statement_timeout = 50"}
TOO_MUCH = {"sqlite": "CREATE TABLE large AS SELECT zeroblob(1000000) AS void", "postgresql": "SELECT pg_sleep(5)"}


def exceed(database, run):
    with database.write():
        run(LIMITS[database.dialect])
        run(TOO_MUCH[database.dialect])


def test_a_plain_statement_that_is_cut_off_may_be_tried_again(database):
    with pytest.raises(Unavailable):
        exceed(database, sql.run)


def test_a_statement_of_the_session_that_is_cut_off_may_be_tried_again(database):
    with pytest.raises(Unavailable):
        exceed(database, lambda statement: database.session.execute(text(statement)))


def test_a_mistake_stays_a_mistake(database):
    def write():
        with database.write():
            sql.run("SELECT * FROM nothing")

    with pytest.raises(Exception, match="nothing") as failed:
        write()
    assert not isinstance(failed.value, Unavailable)
    assert isinstance(failed.value, sqlite3.Error) or "psycopg" in type(failed.value).__module__
