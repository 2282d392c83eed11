"""The registry and the versions behind it."""

import threading
from decimal import Decimal
from unittest.mock import Mock

import pytest

from rewards.activities import registry
from rewards.activities.definitions import define, definitions_at, lock_versions, open_version
from rewards.activities.documents import STANDARD_CATEGORIES, ActivityDocument
from rewards.activities.models import Kind
from rewards.activities.registry import current_version, registry_at, registry_in_force
from rewards.kit import sql
from rewards.kit.database import Database


def say(points: int, key: str = "meal_logged") -> int:
    """Define an activity in a version of its own. Inside a write block."""
    version = open_version(None, "a test")
    define(Kind.ACTIVITY, key, ActivityDocument(key=key, name="Meal", points=points).plain(), version)
    return version


def test_an_empty_programme_has_version_nothing_and_the_six_categories(database: Database):
    with database.read():
        found = registry_in_force()
    assert (found.version, found.activities, found.settings.name) == (0, {}, "Laurel")
    assert list(found.categories) == ["creation", "learning", "community", "participation", "consistency", "challenge"]
    assert found.categories == STANDARD_CATEGORIES


def test_an_edit_is_a_new_version_and_the_old_one_stays_readable(database: Database):
    with database.write():
        first, second = say(5), say(7)
    with database.read():
        assert current_version() == second
        assert registry_in_force().activities["meal_logged"].points == 7
        assert registry_at(first).activities["meal_logged"].points == 5
        assert registry_at(first - 1).activities == {}


def test_every_version_of_a_definition_has_an_id_of_its_own(database: Database):
    with database.write():
        first, second = say(5), say(7)
    with database.read():
        [before], [after] = definitions_at(first), definitions_at(second)
    assert (before.kind, before.key, before.body["points"]) == (Kind.ACTIVITY, "meal_logged", 5)
    assert (after.body["points"], after.id > before.id) == (7, True)


def test_a_definition_keeps_fractions_exactly(database: Database):
    with database.write():
        version = open_version(None, "")
        define(Kind.RULE, "half", {"factor": 0.1, "whole": 2, "text": "0.1"}, version)
        [row] = definitions_at(version)
    assert row.body == {"factor": Decimal("0.1"), "whole": 2, "text": "0.1"}
    assert isinstance(row.body["factor"], Decimal)


def test_a_version_is_read_once(database: Database, monkeypatch: pytest.MonkeyPatch):
    with database.write():
        version = say(5)
    with database.read():
        registry_at(version)
        monkeypatch.setattr(registry, "definitions_at", lambda _: pytest.fail("it was read again"))
        assert registry_at(version).activities["meal_logged"].points == 5


def test_a_version_that_was_undone_is_not_remembered(database: Database):
    with pytest.raises(ZeroDivisionError), database.write():
        assert registry_at(say(5)).activities["meal_logged"].points / 0
    with database.write():
        say(9)
    with database.read():
        assert registry_in_force().activities["meal_logged"].points == 9


def test_another_database_has_a_registry_of_its_own(database: Database, database_url: str, tmp_path):
    with database.write():
        say(5)
    with database.read():
        assert registry_in_force().activities
    database.open(f"sqlite:///{tmp_path}/other.db")
    with database.write() as session:
        session.connection().exec_driver_sql("CREATE TABLE programme_versions (id INTEGER)")
        session.connection().exec_driver_sql("INSERT INTO programme_versions VALUES (1)")
        session.connection().exec_driver_sql("CREATE TABLE definitions (id, kind, key, body, since_version, until_version)")
    with database.read():
        assert registry_in_force().activities == {}


def test_only_the_latest_versions_are_kept_in_memory(database: Database):
    with database.write():
        versions = [say(points) for points in range(registry.VERSIONS_KEPT + 3)]
    with database.read():
        for points, version in enumerate(versions):
            assert registry_at(version).activities["meal_logged"].points == points
        assert len(database.recall(registry.TOPIC, "recent")) == registry.VERSIONS_KEPT


def test_asking_for_the_version_in_force_takes_one_statement(database: Database, monkeypatch: pytest.MonkeyPatch):
    with database.write():
        say(5)
    with database.read():
        registry_in_force()
        with monkeypatch.context() as patched:
            rows = Mock(wraps=sql.rows)
            patched.setattr(sql, "rows", rows)
            registry_in_force()
    assert rows.call_count == 1


def test_changes_at_the_same_time_make_one_line_of_versions(database: Database):
    failures = []

    def change(points: int) -> None:
        try:
            with database.write():
                lock_versions()
                say(points)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it.
            failures.append(error)

    threads = [threading.Thread(target=change, args=(points,)) for points in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read():
        rows = sql.rows("SELECT since_version, until_version FROM definitions ORDER BY since_version")
    assert failures == []
    assert len(rows) == 8
    assert [since for since, _ in rows[1:]] == [until for _, until in rows[:-1]]
    assert rows[-1][1] is None
