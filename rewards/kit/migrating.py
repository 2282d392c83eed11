"""Brings the database to the schema of this code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from rewards.kit.database import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(revision: str = "head") -> None:
    """Upgrade the open database; nothing to do is fine."""
    command.upgrade(_config(), revision)


def is_empty() -> bool:
    """Whether nobody ever made a table in the open database."""
    with db.read() as session:
        return not inspect(session.connection()).get_table_names()


def is_current() -> bool:
    """Whether the open database has every migration."""
    with db.read() as session:
        found = MigrationContext.configure(session.connection()).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())
