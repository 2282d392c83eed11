"""What every test may ask for: a real database of either kind, and a clock it can set."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask
from werkzeug.routing import Rule

from rewards.kit import announcing, migrating
from rewards.kit import clock as the_clock
from rewards.kit.database import Database, db
from rewards.kit.installation import install
from rewards.kit.settings import load_settings
from rewards.reactions import REACTIONS
from tests import compiling, postgres
from tests.cast import Cast, gather

# With this set (as in continuous integration) a missing server or browser fails instead of skipping.
NOTHING_MAY_BE_MISSING = os.environ.get("LAUREL_TEST_REQUIRE") == "all"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", action="store_true", help="run the long forms: more kills, more rounds, more examples")
    parser.addoption("--pictures", metavar="FOLDER", help="write a picture of every page that the browser looks at into this folder")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: much of a browser's time is waiting."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Let tests of one group stay in one process: xdist 3.8 writes the group where pytest 9.2 does not look for it any more."""
    for item in session.items:
        name = getattr(item, "_nodeid", item.nodeid)
        if name != item.nodeid:
            item._id = type(item._id).parse(name)


def missing(what: str) -> None:
    """Skip where something is not installed, unless nothing may be missing."""
    if NOTHING_MAY_BE_MISSING:
        pytest.fail(f"{what} is missing, and nothing may be missing here")
    pytest.skip(f"{what} is not installed on this machine")


def log_plainly() -> None:
    """Tracebacks as text: drawn with the values of all variables, as by default here, one takes longer than most tests."""
    *before, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*before, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Nearly every test of a page makes an application of its own, whose routes and templates are those of all others."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", compiling.once(Rule._compile_builder))
        patched.setattr(Flask, "jinja_options", {"bytecode_cache": compiling.Templates()})
        yield


@pytest.fixture(scope="session", autouse=True)
def _logged_plainly() -> None:
    log_plainly()


@pytest.fixture(scope="session")
def proof(request: pytest.FixtureRequest) -> bool:
    """Whether the long forms were asked for."""
    return bool(request.config.getoption("--proof"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    db.open(f"sqlite:///{path}")
    migrating.migrate()
    db.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server with a migrated, empty database called `template`."""
    if not postgres.binaries():
        missing("PostgreSQL")
    with postgres.cluster() as url:
        db.open(postgres.create_database(url, "template"))
        migrating.migrate()
        db.close()
        yield url


@pytest.fixture(scope="session")
def reused_postgres(postgres_server: str) -> postgres.Reused:
    """A migrated, empty database that is lent to one test after the other."""
    return postgres.Reused(postgres_server, "template", "laurel")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "laurel.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        lent: postgres.Reused = request.getfixturevalue("reused_postgres")
        yield lent.lend()
        lent.take_back()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """That database, open, in an installation of its own. Nobody listens to what happens in it until somebody is wired."""
    db.open(database_url)
    install(load_settings({"LAUREL_DATA": str(tmp_path), "DATABASE_URL": database_url}))
    yield db
    announcing.wire({})
    install(None)
    db.close()


@pytest.fixture
def wired(database: Database) -> None:
    """Everybody listens who listens in the whole program."""
    announcing.wire(REACTIONS)


@pytest.fixture
def clock() -> Iterator[object]:
    """The clock, running again after the test however it was set."""
    yield the_clock
    the_clock.set_to(None)


@pytest.fixture
def cast(database: Database) -> Cast:
    """Ada, Bo, Cy and Dee, in an open database."""
    with database.write():
        return gather()
