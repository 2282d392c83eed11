"""The command line as a program: what it says, what it answers, and the desk that it leaves."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from rewards.cli.commands import laurel as program
from rewards.kit import announcing
from rewards.kit.database import Database, db
from tests.conftest import log_plainly


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it said, line by line."""
        return self.out.splitlines()

    @property
    def document(self) -> Any:
        """What it said, as JSON."""
        return json.loads(self.out)


Laurel = Callable[..., Done]


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """What the commands find around them: a migrated, empty database."""
    return {"LAUREL_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url, "COLUMNS": "200"}


@pytest.fixture
def laurel(environment: dict[str, str]) -> Iterator[Laurel]:
    """Run a command to its end, with standard input that is no terminal."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*words: str, stdin: str = "", code: int | None = 0) -> Done:
        result = CliRunner().invoke(program, words, input=stdin, env=environment, prog_name="laurel")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code is None or result.exit_code == code, result.output
        return Done(result.exit_code, result.stdout, result.stderr)

    yield run
    db.close()
    announcing.wire({})
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    log_plainly()


@pytest.fixture
def desk(laurel: Laurel, database_url: str) -> Callable[[], Database]:
    """The same database, opened for a look between two commands."""

    def look() -> Database:
        db.close()
        db.open(database_url)
        return db

    return look
