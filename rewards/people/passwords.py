"""Passwords: what one must be like, how it is stored, how a guess is checked. Slow on purpose, so never inside a write block."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Unavailable

LENGTH_MIN = 12
# Longer ones are no safer, and hashing whatever is sent would be a way to keep the machine busy.
LENGTH_MAX = 200
# Fewer different characters than this is `aaaaaaaaaaaa` or `121212121212`.
VARIETY_MIN = 5
# The parts that the commonest passwords of this length are put together from.
COMMON_PARTS = ("password", "passwort", "qwertyuiop", "qwertzuiop", "1234567890", "iloveyou", "letmein", "welcome", "changeme", "admin")
COMMON_REST_MAX = 6

# Each hash fills 64 MiB for a tenth of a second: two at a time leave room for everybody who is not signing in.
_turns = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 10.0

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """A password in the only form that may be stored; made by `hash_password` alone, so that a plain one cannot take its place."""

    text: str = field(repr=False)


def check_password(password: str) -> None:
    """Raise Invalid for a password that is too short, too long or among the first that anybody would guess."""
    if len(password) < LENGTH_MIN:
        raise Invalid.single("password", f"Use at least {LENGTH_MIN} characters.")
    if len(password) > LENGTH_MAX:
        raise Invalid.single("password", f"Use at most {LENGTH_MAX} characters.")
    if len(set(password)) < VARIETY_MIN or _is_common(password):
        raise Invalid.single("password", "This password is easy to guess. Three or four words in a row are a good one.")


def hash_password(password: str) -> HashedPassword:
    """The form to store. Raises Invalid for a bad password, Unavailable where too many are being hashed."""
    check_password(password)
    with _turn():
        return HashedPassword(_hasher.hash(_normal(password)))


def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the stored one. Takes as long for nobody's password (None) as for somebody's, so that time tells nothing."""
    guess, nobodys = _normal(password[: LENGTH_MAX + 1]), _nobodys_hash()
    with _turn():
        try:
            _hasher.verify(stored or nobodys, guess)
        except (Argon2Error, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _turn() -> Iterator[None]:
    if db.is_writing:
        raise RuntimeError("hash passwords before the write block: everybody else would wait for it")
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Unavailable("too many people are signing in at once")
    try:
        yield
    finally:
        _turns.release()


def _is_common(password: str) -> bool:
    folded = password.casefold()
    rest = min((len(folded.replace(part, "")) for part in COMMON_PARTS if part in folded), default=LENGTH_MAX)
    return rest <= COMMON_REST_MAX


def _normal(password: str) -> str:
    # The same letters typed on another keyboard can be other characters.
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
