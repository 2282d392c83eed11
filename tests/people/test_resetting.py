"""A forgotten password is replaced by whoever reads the mail, once, within the hour; nobody learns who has an account."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from rewards.kit import announcing, sql
from rewards.kit.errors import Refused
from rewards.people.changing import change_password, change_role, disable_user, enable_user
from rewards.people.facts import PasswordOffered, ResetAsked
from rewards.people.links import forget_old_links, token_of
from rewards.people.passwords import hash_password
from rewards.people.queries import user_by_id
from rewards.people.resetting import ask_for_reset, is_reset_open, offer_password, open_reset, reset_password
from rewards.people.signing_in import Proof, open_session, session_for_token
from tests.racing import race

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def hashed():
    return hash_password("three quiet garden walls")


@pytest.fixture
def token(database, cast, clock):
    clock.set_to(MORNING)
    with database.write():
        link = open_reset("Ada@example.com ")
        assert link is not None
        return token_of(link)


def is_open(database, token):
    with database.read():
        return is_reset_open(token)


def reset(database, token, hashed):
    with database.write():
        return reset_password(token=token, password=hashed)


def test_a_reset_sets_the_password_and_signs_out_everywhere(database, cast, token, hashed):
    with database.write():
        session = open_session(Proof(cast.ada, "ada"))
    assert is_open(database, token)
    ada = reset(database, token, hashed)
    assert (ada.password_hash, ada.email_verified_at) == (hashed.text, MORNING)
    with database.read():
        assert session_for_token(session) is None
    assert not is_open(database, token)


def test_a_link_is_used_once_also_by_several_at_a_time(database, token, hashed):
    def one():
        return reset(database, token, hashed).id

    outcomes = race(one, one, one, one)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 3


def test_no_row_of_the_database_holds_the_token(database, token):
    with database.read():
        assert token not in str(sql.rows("SELECT * FROM links"))


@pytest.mark.parametrize("change", ["time", "password", "role", "disabled", "another_used", "secret_key", "guess", "purpose"])
def test_a_link_dies_with_whatever_changes(database, cast, token, hashed, clock, tmp_path, change):
    with database.write():
        second = open_reset("ada@example.com")
        assert second is not None
        other = token_of(second)
        if change == "password":
            change_password(user_id=cast.ada, password=hashed)
        elif change == "role":
            change_role(user_id=cast.ada, role="coach")
        elif change == "disabled":
            disable_user(user_id=cast.ada)
            enable_user(user_id=cast.ada)
    if change == "time":
        clock.set_to(MORNING + timedelta(hours=1))
    elif change == "another_used":
        reset(database, other, hashed)
    elif change == "secret_key":
        (tmp_path / "secret_key").unlink()
    elif change == "guess":
        token += "x"
    elif change == "purpose":
        with database.write():
            sql.run("UPDATE links SET purpose = 'verify'")
    assert not is_open(database, token)
    with pytest.raises(Refused):
        reset(database, token, hashed)


def test_asking_does_the_same_work_for_every_address(database, cast, clock):
    clock.set_to(MORNING)
    heard: list = []
    announcing.wire({ResetAsked: (heard.extend,)})
    statements: list[list[str]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, executemany):
        statements[-1].append(statement)

    try:
        for address in ("ada@example.com", "nobody@example.com"):
            statements.append([])
            with database.write():
                ask_for_reset(email=address)
    finally:
        announcing.wire({})
    assert heard == [ResetAsked("ada@example.com"), ResetAsked("nobody@example.com")]
    assert statements[0] == statements[1]


@pytest.mark.parametrize("address", ["", "nothing", "a" * 400 + "@example.com", "a\x00b@example.com", "\ud800@example.com"])
def test_what_is_no_address_is_not_even_written_down(database, address):
    announcing.wire({ResetAsked: (lambda facts: pytest.fail("announced"),)})
    try:
        with database.write():
            ask_for_reset(email=address)
    finally:
        announcing.wire({})


def test_a_link_is_made_only_for_who_can_use_it_and_not_without_end(database, cast, clock):
    clock.set_to(MORNING)
    with database.write():
        assert open_reset("nobody@example.com") is None
        assert [open_reset("ada@example.com") is not None for _ in range(4)] == [True, True, True, False]
        disable_user(user_id=cast.cy)
        assert open_reset("cy@example.com") is None
    clock.set_to(MORNING + timedelta(hours=2))
    with database.write():
        assert open_reset("ada@example.com") is not None


def test_whoever_has_an_account_and_no_password_is_offered_one(database, cast, clock, hashed):
    clock.set_to(MORNING)
    heard: list = []
    announcing.wire({PasswordOffered: (heard.extend,)})
    try:
        with database.write():
            offer_password(user_id=cast.ada, actor_id=cast.bo)
    finally:
        announcing.wire({})
    assert [fact.email for fact in heard] == ["ada@example.com"]
    with database.write():
        change_password(user_id=cast.ada, password=hashed)
        with pytest.raises(Refused):
            offer_password(user_id=cast.ada, actor_id=cast.bo)


def test_links_are_forgotten_a_week_after_they_are_over(database, cast, token, clock):
    clock.set_to(MORNING + timedelta(days=7))
    with database.write():
        assert forget_old_links() == 0
    clock.set_to(MORNING + timedelta(days=7, hours=2))
    with database.write():
        assert forget_old_links() == 1
        assert user_by_id(cast.ada) is not None
