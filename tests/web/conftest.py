"""A desk with its people, ready to be visited."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app import create_app
from rewards.kit import clock, sql
from rewards.kit.database import Database, db
from rewards.kit.settings import Settings, load_settings
from rewards.people import passwords
from rewards.people.joining import add_user
from rewards.people.models import User
from rewards.people.passwords import HashedPassword, hash_password
from rewards.people.queries import user_by_email
from rewards.people.signing_in import Proof, open_session
from rewards.programme.kits import load_starting_kits
from rewards.web.access import TOKEN
from tests import postgres

# For what does not depend on the kind of database, and comes in many variants.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JOINED = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "three quiet garden walls"
SignIn = Callable[[str], FlaskClient]


# What these ask of a page, they ask on both databases: every route, every form, every page's questions.
ON_BOTH = ("test_access.py", "test_forgery.py", "test_weights.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything else about pages is asked on PostgreSQL where there is time: what depends on the database has tests of its own below."""
    if config.getoption("--proof"):
        return
    here = Path(__file__).parent
    late = [item for item in items if item.path.parent == here and item.path.name not in ON_BOTH and item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=late)
    dropped = set(late)
    items[:] = [item for item in items if item not in dropped]


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What hashing costs is a matter of tests/people; here it is done hundreds of times."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@cache
def hashed() -> HashedPassword:
    """Hashing takes its time; once is enough."""
    return hash_password(PASSWORD)


def gather_people() -> None:
    """Ada and her coach Bo, the stranger Cy and his coach Eve, the admin Dee; inside a write block."""
    bo = add_user(email="bo@example.com", name="Bo", role="coach", timezone="Europe/Berlin", password=hashed())
    eve = add_user(email="eve@example.com", name="Eve", role="coach", timezone="Europe/Berlin", password=hashed())
    add_user(email="ada@example.com", name="Ada", role="client", timezone="Europe/Berlin", password=hashed(), coach_id=bo.id)
    add_user(email="cy@example.com", name="Cy", role="client", timezone="Europe/Berlin", password=hashed(), coach_id=eve.id)
    add_user(email="ben@example.com", name="Ben", role="client", timezone="Europe/Berlin", password=hashed(), coach_id=bo.id)
    add_user(email="dee@example.com", name="Dee", role="admin", timezone="Europe/Berlin", password=hashed())


def somebody(name: str) -> User:
    """One of the cast, in whatever block this is asked."""
    found = user_by_email(f"{name}@example.com")
    assert found
    return found


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    """What an operator would have set."""
    return {"LAUREL_DATA": str(tmp_path / "desk"), "DATABASE_URL": str(database.engine.url.render_as_string(hide_password=False))}


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return load_settings(environment)


def furnish(url: str) -> None:
    """Put the people and the starting kits into the database with this address."""
    db.open(url)
    # Whichever test comes first makes it, so that test's clock must not decide when these people joined.
    with clock.frozen_at(JOINED), pytest.MonkeyPatch.context() as cheap:
        cheap.setattr(passwords, "_hasher", CHEAP)
        hashed()
        with db.write():
            gather_people()
            load_starting_kits()
    db.close()


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy, with the people and the starting kits in it: making them anew for each test would take longer than most tests."""
    path = tmp_path_factory.mktemp("furnished") / "template.db"
    shutil.copy(sqlite_template, path)
    furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def furnished_postgres(postgres_server: str) -> postgres.Reused:
    """The same as a database of the server, lent to one test after the other."""
    furnish(postgres.create_database(postgres_server, "furnished", template="template"))
    return postgres.Reused(postgres_server, "furnished", "laurel_furnished")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database once on SQLite and once on PostgreSQL: furnished for who visits the site, empty otherwise."""
    is_furnished = "site" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "laurel.db"
        shutil.copy(request.getfixturevalue("furnished_sqlite" if is_furnished else "sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        lent: postgres.Reused = request.getfixturevalue("furnished_postgres" if is_furnished else "reused_postgres")
        yield lent.lend()
        lent.take_back()


@pytest.fixture
def site(database: Database, settings: Settings) -> Flask:
    """The desk as it runs, with its people and the starting kits."""
    app = create_app(settings)
    app.testing = True
    return app


@pytest.fixture
def stranger(site: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return site.test_client()


@pytest.fixture
def sign_in(site: Flask, database: Database) -> SignIn:
    """A browser in which somebody of the cast is signed in."""

    def opened(name: str) -> FlaskClient:
        client = site.test_client()
        with database.write():
            user = user_by_email(f"{name}@example.com")
            assert user
            token = open_session(Proof(user.id, user.stamp))
        with client.session_transaction() as session:
            session[TOKEN] = token
        return client

    return opened


@pytest.fixture
def ada(sign_in: SignIn) -> FlaskClient:
    return sign_in("ada")


@pytest.fixture
def questions(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collects what the database is asked inside a block."""

    @contextmanager
    def collected() -> Iterator[list[str]]:
        asked: list[str] = []
        spelled = sql._spelled

        def spell(text: str) -> str:
            asked.append(text)
            return spelled(text)

        def note(connection: object, cursor: object, statement: str, *more: object) -> None:
            asked.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        monkeypatch.setattr(sql, "_spelled", spell)
        try:
            yield asked
        finally:
            monkeypatch.setattr(sql, "_spelled", spelled)
            event.remove(Engine, "before_cursor_execute", note)

    return collected
