"""A savepoint takes back what happened inside it, and nothing else."""

import pytest

from rewards.kit import sql


def fail_after(act):
    def acted():
        with sql.savepoint("test"):
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
        fail_after(lambda: sql.run(insert, ("inside",)))
    with database.read():
        assert sql.rows("SELECT key FROM activities") == [("before",)]
