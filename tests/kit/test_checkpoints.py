"""SQLite's journal goes back into its file, and never at the cost of a reader or a writer."""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from rewards.kit import sql


def write(database):
    with database.write():
        sql.run("INSERT INTO activities (key, category) SELECT 'key' || count(*), 'participation' FROM activities")


def test_a_checkpoint_empties_the_journal(database, tmp_path):
    write(database)
    brought_back = database.checkpoint()
    if database.dialect == "sqlite":
        assert brought_back > 0
        assert (tmp_path / "laurel.db-wal").stat().st_size == 0
    else:
        assert brought_back == 0


def test_a_checkpoint_gives_way_to_a_reader(database, tmp_path):
    if database.dialect != "sqlite":
        return
    write(database)
    with closing(sqlite3.connect(tmp_path / "laurel.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM activities").fetchone()
        write(database)
        assert database.checkpoint() == 0
    assert database.checkpoint() > 0


def test_a_writer_is_as_patient_after_a_checkpoint_as_before(database):
    database.checkpoint()
    if database.dialect == "sqlite":
        with database.write() as session:
            assert session.scalar(text("PRAGMA busy_timeout")) == 10000
