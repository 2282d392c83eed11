"""Whoever can read what the server prints makes the first admin; after that the set-up is gone."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound
from rewards.people.passwords import hash_password
from rewards.people.setting_up import is_set_up_token, needs_set_up, offer_set_up, set_up_admin
from tests.racing import race

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def hashed():
    return hash_password("three quiet garden walls")


@pytest.fixture
def token(database, clock):
    clock.set_to(MORNING)
    with database.write():
        return offer_set_up()


def set_up(database, token, hashed, email="dee@example.com"):
    with database.write():
        return set_up_admin(token=token, email=email, name="Dee", password=hashed, timezone="Europe/Berlin")


def test_the_token_makes_the_first_admin_and_then_opens_nothing(database, token, hashed):
    with database.write():
        second = offer_set_up() or ""
    dee = set_up(database, token, hashed)
    assert (dee.role, dee.password_hash) == ("admin", hashed.text)
    for spent in (token, second):
        with database.read():
            assert not is_set_up_token(spent)
        with pytest.raises(NotFound):
            set_up(database, spent, hashed, email="eve@example.com")
    with database.write():
        assert not needs_set_up()
        assert offer_set_up() is None
        assert sql.value("SELECT count(*) FROM links") == 0


def test_two_at_a_time_with_a_token_each_make_one_admin(database, token, hashed):
    with database.write():
        other = offer_set_up()
    outcomes = race(
        lambda: set_up(database, token, hashed).id,
        lambda: set_up(database, other, hashed, email="eve@example.com").id,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotFound", "int"]


def test_a_refused_form_leaves_the_set_up_open(database, token, hashed):
    with pytest.raises(Invalid):
        set_up(database, token, hashed, email="nothing")
    assert set_up(database, token, hashed).role == "admin"


@pytest.mark.parametrize("how", ["guess", "empty", "old", "secret_key"])
def test_a_bad_token_opens_nothing(database, token, hashed, clock, tmp_path, how):
    if how == "old":
        clock.set_to(MORNING + timedelta(days=7))
    elif how == "secret_key":
        (tmp_path / "secret_key").unlink()
    token = {"guess": token[:-1] + "!", "empty": ""}.get(how, token)
    with pytest.raises(NotFound):
        set_up(database, token, hashed)


def test_the_token_is_not_stored(database, token):
    with database.read():
        assert token not in str(sql.rows("SELECT * FROM links"))
