"""A savepoint takes back what happened inside it, and nothing else."""

from contextlib import suppress

import pytest
from sqlalchemy.exc import IntegrityError

from rewards.activities.models import Activity
from rewards.kit import sql
from rewards.kit.errors import Undone

KINDS = (lambda: sql.savepoint("test"), sql.nested)


def fail_after(act, kind=KINDS[0]):
    def acted():
        with kind():
            act()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        acted()


def test_what_is_learned_inside_is_forgotten_with_it(database):
    with database.write():
        database.remember("a topic", "before", 1)
        fail_after(lambda: database.remember("a topic", "inside", 2))
        assert (database.recall("a topic", "before"), database.recall("a topic", "inside")) == (1, None)
        with sql.savepoint("test"):
            database.remember("a topic", "kept", 3)
    with database.read():
        assert database.recall("a topic", "kept") == 3


def test_what_happened_before_it_stands(database):
    insert = "INSERT INTO activities (key, category) VALUES (?, 'learning')"
    with database.write():
        sql.run(insert, ("before",))
        for kind in KINDS:
            fail_after(lambda: sql.run(insert, ("inside",)), kind)
    with database.read():
        assert sql.rows("SELECT key FROM activities") == [("before",)]


def test_what_the_database_refuses_the_session_is_undone_alone(database):
    def write_twice(session):
        session.add_all([Activity(key="same", category="learning") for _ in range(2)])

    with database.write() as session:
        session.add(Activity(key="before", category="learning"))
        with pytest.raises(IntegrityError), sql.nested():
            write_twice(session)
        session.add(Activity(key="after", category="learning"))
    with database.read():
        assert sql.rows("SELECT key FROM activities ORDER BY id") == [("before",), ("after",)]


def test_what_the_database_refuses_the_session_where_it_is_not_awaited_undoes_everything_and_says_so(database):
    insert = "INSERT INTO activities (key, category) VALUES (?, 'learning')"

    def write_on_after_a_refusal():
        with database.write() as session:
            sql.run(insert, ("before",))
            with suppress(IntegrityError), sql.savepoint("test"):
                session.add(Activity(key="before", category="learning"))
            sql.run(insert, ("after",))

    with pytest.raises(Undone):
        write_on_after_a_refusal()
    with database.read():
        assert sql.rows("SELECT key FROM activities") == []
