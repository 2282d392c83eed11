"""A password is long, stored as a hash, checked slowly, and never while others wait to write."""

import threading

import pytest

from rewards.kit.errors import Invalid, Unavailable
from rewards.people import passwords
from rewards.people.passwords import check_password, hash_password, is_password

WORDS = "three quiet garden walls"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(WORDS).text


def test_the_right_password_fits_and_a_wrong_one_does_not(stored):
    assert is_password(stored, WORDS)
    assert not is_password(stored, WORDS + "!")
    assert not is_password(stored, "")


def test_what_is_stored_does_not_hold_the_password(stored):
    assert WORDS not in stored
    assert stored.startswith("$argon2id$")
    assert WORDS not in repr(hash_password(WORDS))


def test_nobodys_password_fits_nothing():
    assert not is_password(None, "nobody has this password")
    assert not is_password("no hash at all", WORDS)


def test_the_same_letters_typed_on_another_keyboard_fit():
    composed, decomposed = "caf\u00e9 au lait noisette", "cafe\u0301 au lait noisette"
    assert is_password(hash_password(composed).text, decomposed)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "x" * 201,
        "aaaaaaaaaaaa",
        "121212121212",
        "password1234",
        "Password12345",
        "qwertyuiop12",
        "1234567890ab",
    ],
)
def test_a_password_that_anybody_guesses_is_refused(password):
    with pytest.raises(Invalid) as caught:
        check_password(password)
    assert [problem.field for problem in caught.value.problems] == ["password"]
    # A refusal is shown and logged; it must not carry what was typed.
    assert caught.value.problems[0].value is None


@pytest.mark.parametrize("password", [WORDS, "twelve chars", "correct horse battery", "x7!kP2#qLm9$", "my welcome mat is old and grey"])
def test_a_password_that_takes_guessing_is_taken(password):
    check_password(password)


def test_hashing_inside_a_write_block_is_refused(database):
    with database.write(), pytest.raises(RuntimeError, match="before the write block"):
        hash_password(WORDS)
    with database.write(), pytest.raises(RuntimeError, match="before the write block"):
        is_password(None, WORDS)


def test_only_so_many_are_hashed_at_once(monkeypatch):
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.01)
    with passwords._turn(), pytest.raises(Unavailable):
        is_password(None, WORDS)
    assert not is_password(None, WORDS)
