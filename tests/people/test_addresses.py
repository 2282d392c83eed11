"""An address becomes somebody's when they read what was mailed to it, and not before."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import announcing, sql
from rewards.kit.errors import Invalid, Refused
from rewards.people.addresses import address_to_verify, ask_to_verify, verify_email
from rewards.people.changing import change_password
from rewards.people.facts import AddressClaimed, EmailChanged
from rewards.people.links import link_by_id, token_of
from rewards.people.passwords import hash_password
from rewards.people.queries import resolve_user
from rewards.people.signing_in import Proof, open_session, session_for_token

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture
def heard(database, cast, clock):
    clock.set_to(MORNING)
    facts: list = []
    announcing.wire({AddressClaimed: (facts.extend,), EmailChanged: (facts.extend,)})
    yield facts
    announcing.wire({})


def claim(database, heard, user_id, email=None):
    """Ask for it; the token that is mailed."""
    with database.write():
        ask_to_verify(user_id=user_id, email=email)
        found = link_by_id(heard[-1].link_id)
        assert found is not None
        return token_of(found[0])


def verify(database, token):
    with database.write():
        return verify_email(token=token)


def test_a_new_address_is_theirs_when_its_link_was_read(database, cast, heard):
    with database.write():
        session = open_session(Proof(cast.ada, "ada"))
    token = claim(database, heard, cast.ada, "Ada@Work.example ")
    with database.read():
        assert resolve_user(str(cast.ada)).email == "ada@example.com"
        assert address_to_verify(token) == "ada@work.example"
    ada = verify(database, token)
    assert (ada.email, ada.email_verified_at) == ("ada@work.example", MORNING)
    assert heard[-1] == EmailChanged(cast.ada, "ada@example.com", "ada@work.example")
    with database.read():
        assert session_for_token(session) is None
    with pytest.raises(Refused):
        verify(database, token)


def test_showing_that_the_own_address_is_read_ends_no_session(database, cast, heard):
    with database.write():
        session = open_session(Proof(cast.ada, "ada"))
    assert verify(database, claim(database, heard, cast.ada)).email_verified_at == MORNING
    with database.read():
        assert session_for_token(session) is not None


def test_a_link_that_went_to_the_wrong_address_dies_with_the_next_one(database, cast, heard):
    wrong = claim(database, heard, cast.ada, "stranger@example.com")
    right = claim(database, heard, cast.ada, "ada@work.example")
    with pytest.raises(Refused):
        verify(database, wrong)
    assert verify(database, right).email == "ada@work.example"


@pytest.mark.parametrize("change", ["time", "password"])
def test_a_link_dies_with_whatever_changes(database, cast, heard, clock, change):
    token = claim(database, heard, cast.ada, "ada@work.example")
    if change == "time":
        clock.set_to(MORNING + timedelta(days=1))
    else:
        hashed = hash_password("three quiet garden walls")
        with database.write():
            change_password(user_id=cast.ada, password=hashed)
    with pytest.raises(Refused):
        verify(database, token)


def test_asking_for_a_taken_address_tells_nothing_and_changes_nothing(database, cast, heard):
    token = claim(database, heard, cast.ada, "cy@example.com")
    with pytest.raises(Refused) as refusal:
        verify(database, token)
    assert refusal.value.code == "email_taken"
    with database.read():
        assert resolve_user(str(cast.ada)).email == "ada@example.com"


def test_what_is_no_address_is_refused(database, cast, heard):
    with pytest.raises(Invalid):
        claim(database, heard, cast.ada, "nothing")


def test_the_record_of_a_change_masks_both_addresses(database, cast, heard):
    verify(database, claim(database, heard, cast.ada, "ada@work.example"))
    with database.read():
        kept = str(sql.rows("SELECT * FROM audit_entries"))
    assert "a…@example.com" in kept
    assert "ada@" not in kept
