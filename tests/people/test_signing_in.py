"""A session lasts as long as it is used, as long as it is allowed to, and as long as its person stays who they were."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from rewards.kit import announcing, sql
from rewards.people import passwords, visits
from rewards.people.changing import change_password, change_role, disable_user, enable_user
from rewards.people.facts import SignedIn
from rewards.people.joining import add_user
from rewards.people.passwords import hash_password
from rewards.people.signing_in import Proof, end_session, forget_ended_sessions, open_session, prove, session_for_token, store_visits

WORDS = "three quiet garden walls"
MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def hashed():
    return hash_password(WORDS)


@pytest.fixture
def ada(database, clock, hashed):
    clock.set_to(MORNING)
    visits.take()
    with database.write():
        return add_user(email="ada@example.com", name="Ada", role="client", timezone="UTC", password=hashed)


@pytest.fixture
def token(database, ada):
    proof = proven(email="Ada@example.com ")
    with database.write():
        return open_session(proof)


def proven(password=WORDS, email="ada@example.com"):
    proof = prove(email=email, password=password)
    assert proof is not None
    return proof


def whose(database, token):
    with database.read():
        found = session_for_token(token)
    return found.user.name if found else None


def test_the_right_password_opens_a_session(database, token):
    assert whose(database, token) == "Ada"
    assert whose(database, token + "x") is None
    assert whose(database, "") is None


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(database, ada):
    assert prove(email="ada@example.com", password="wrong") is None
    assert prove(email="nobody@example.com", password=WORDS) is None


def test_an_unknown_address_takes_as_much_work_as_a_known_one(database, ada, monkeypatch):
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, stored, guess):
            verified.append(stored)
            return super().verify(stored, guess)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    prove(email="ada@example.com", password="wrong")
    prove(email="nobody@example.com", password="wrong")
    assert len(verified) == 2
    assert len({stored.split("$")[3] for stored in verified}) == 1, "both hashes must cost the same"


def test_somebody_without_a_password_cannot_sign_in(database, ada):
    with database.write():
        add_user(email="cy@example.com", name="Cy", role="client", timezone="UTC")
    assert prove(email="cy@example.com", password=WORDS) is None
    assert prove(email="cy@example.com", password="") is None


def test_who_reads_the_database_finds_no_token(database, token):
    with database.read():
        stored = sql.rows("SELECT token_hash FROM sessions")
    assert len(stored) == 1
    assert token not in stored[0][0]
    assert len(token) >= 43  # 256 bits


def test_a_session_unused_for_two_weeks_is_over(database, clock, token):
    clock.set_to(MORNING + timedelta(days=13, hours=23))
    assert whose(database, token) == "Ada"
    clock.set_to(MORNING + timedelta(days=27))
    assert whose(database, token) == "Ada", "it was used two weeks ago"
    visits.take()
    assert whose(database, token) is None, "nothing was stored, so nobody knows it was used"


def test_using_it_is_stored_later_and_not_by_reading(database, clock, token):
    clock.set_to(MORNING + timedelta(days=10))
    assert whose(database, token) == "Ada"
    with database.read():
        assert sql.value("SELECT last_seen_at FROM sessions") == "2026-03-04T08:00:00.000000Z"
    with database.write():
        assert store_visits() == 1
        assert store_visits() == 0
    clock.set_to(MORNING + timedelta(days=20))
    assert whose(database, token) == "Ada"


def test_no_session_outlives_its_month_however_much_it_is_used(database, clock, token):
    for day in range(10, 30, 10):
        clock.set_to(MORNING + timedelta(days=day))
        assert whose(database, token) == "Ada"
    clock.set_to(MORNING + timedelta(days=30))
    assert whose(database, token) is None


def test_signing_out_ends_it_everywhere(database, token):
    with database.write():
        end_session(token)
    assert whose(database, token) is None
    with database.read():
        assert sql.rows("SELECT id FROM sessions") == []


@pytest.mark.parametrize("change", ["password", "role", "disable", "disable and enable"])
def test_a_change_of_who_somebody_is_ends_their_sessions(database, ada, token, hashed, change):
    with database.write():
        if change == "password":
            change_password(user_id=ada.id, password=hashed)
        elif change == "role":
            change_role(user_id=ada.id, role="coach")
        else:
            disable_user(user_id=ada.id)
            if change == "disable and enable":
                enable_user(user_id=ada.id)
    assert whose(database, token) is None


def test_a_password_changed_while_signing_in_opens_nothing(database, ada, hashed):
    proof = proven()
    with database.write():
        change_password(user_id=ada.id, password=hashed)
    with database.write():
        token = open_session(proof)
    assert whose(database, token) is None


def test_somebody_switched_off_cannot_sign_in(database, ada):
    with database.write():
        disable_user(user_id=ada.id)
    assert prove(email="ada@example.com", password=WORDS) is None


def test_signing_in_is_told(database, ada):
    told: list[SignedIn] = []
    announcing.wire({SignedIn: [told.extend]})
    try:
        with database.write():
            open_session(Proof(ada.id, ada.stamp))
    finally:
        announcing.wire({})
    assert [(fact.user_id, fact.signed_in_at) for fact in told] == [(ada.id, MORNING)]


def test_sessions_that_are_over_are_forgotten(database, clock, token):
    with database.write():
        assert forget_ended_sessions() == 0
    clock.set_to(MORNING + timedelta(days=31))
    with database.write():
        assert forget_ended_sessions() == 1
