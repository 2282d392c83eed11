"""A desk for the examples of the documentation: the starting kits, and the evening on which the examples are told."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import create_app
from rewards.kit import clock as the_clock
from rewards.kit.database import Database, db
from rewards.kit.settings import load_settings
from rewards.programme.kits import load_starting_kits

EVENING = datetime(2026, 11, 20, 19, tzinfo=UTC)


@pytest.fixture
def desk(sqlite_template, tmp_path) -> Iterator[Database]:
    """An open desk as `laurel migrate` leaves it, on that evening. One kind of database is enough: what is proved here is the page."""
    shutil.copy(sqlite_template, tmp_path / "laurel.db")
    db.open(f"sqlite:///{tmp_path / 'laurel.db'}")
    with the_clock.frozen_at(EVENING):
        with db.write():
            load_starting_kits()
        yield db
    db.close()


@pytest.fixture
def app(desk, tmp_path) -> Flask:
    """The application on it."""
    return create_app(load_settings({"LAUREL_DATA": str(tmp_path)}))
