"""API keys: made, recognised, revoked. A key is shown once and kept as a hash, so who reads the database cannot call the API with it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rewards.integrations.models import ApiKey
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import service_named
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem

# What a key begins with says what it is, to people and to tools that look for leaked secrets.
MARK = "laurel_"
# So much of a key stays readable, for telling one from another in a list; the rest is far too long to guess.
PREFIX_LENGTH = len(MARK) + 6
DAYS_MAX = 3650
# Only keys that were good once are remembered, so this is a bound on memory and not on callers.
REMEMBERED_MAX = 1000

FIND = (
    "SELECT k.service_id, s.service_id, k.id, k.permissions, k.expires_at, k.revoked_at"
    " FROM api_keys k JOIN services s ON s.id = k.service_id WHERE k.key_hash = ?"
)


class WrongKey(DomainError):
    """Nobody is known by this key and this service id: unknown, revoked, expired, or another service's."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The service that proved who it is, and what it may do."""

    service_pk: int
    service_id: str
    key_id: int
    permissions: frozenset[str]
    expires_at: datetime | None
    key_hash: str

    @property
    def source(self) -> str:
        """What its events are marked with."""
        return f"service:{self.service_pk}"


_remembered: dict[str, Caller] = {}


def create_key(*, service_id: str, permissions: Sequence[str], days: int | None = None) -> str:
    """A new key for a service, good for so many days or until it is revoked. Shown this once. Raises NotFound, Invalid."""
    service = service_named(service_id)
    wanted = [permission for permission in Permission if permission in permissions]
    problems = [Problem("permissions", f"among {', '.join(Permission)}", name) for name in permissions if name not in list(Permission)]
    if not permissions:
        problems.append(Problem("permissions", "at least one permission"))
    if days is not None and not 1 <= days <= DAYS_MAX:
        problems.append(Problem("days", f"1 to {DAYS_MAX}, or nothing for a key without an end", days))
    if problems:
        raise Invalid(problems)
    key, now = MARK + secrets.token_urlsafe(32), clock.now()
    db.session.add(
        ApiKey(
            service_id=service.id,
            prefix=key[:PREFIX_LENGTH],
            key_hash=_hash(key),
            permissions=[str(permission) for permission in wanted],
            created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
    )
    db.session.flush()
    return key


def authenticate(service_id: str, key: str) -> Caller:
    """Who calls, as the database knows it now. Raises WrongKey."""
    caller = _found(_hash(key))
    if caller is None or caller.service_id != service_id:
        raise WrongKey("This key is not one of this service's.")
    return caller


def recognise(service_id: str, key: str) -> Caller:
    """Who calls, from memory where that key was good before: whoever acts on it must `confirm` it. Raises WrongKey.

    This keeps strangers from the write lock without asking the database twice for everybody else.
    """
    key_hash = _hash(key)
    caller = _remembered.get(key_hash)
    if caller is None or caller.service_id != service_id:
        with db.read():
            caller = authenticate(service_id, key)
        if len(_remembered) >= REMEMBERED_MAX:
            _remembered.clear()
        _remembered[key_hash] = caller
    return caller


def confirm(caller: Caller) -> None:
    """The key is good in the very transaction that acts on it: a revocation counts at once, in every process. Raises WrongKey."""
    if _found(caller.key_hash) != caller:
        _remembered.pop(caller.key_hash, None)
        raise WrongKey("This key is not good any more.")


def revoke_key(*, key_id: int) -> None:
    """The key is worth nothing from now on; doing it again changes nothing. Raises NotFound."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"key {key_id}")
    key.revoked_at = key.revoked_at or clock.now()
    db.session.flush()


def _hash(key: str) -> str:
    # A key is 256 random bits: there is nothing to guess, so a slow hash would only slow down its owner.
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _found(key_hash: str) -> Caller | None:
    for service_pk, service_id, key_id, permissions, expires_at, revoked_at in sql.rows(FIND, (key_hash,)):
        expiry = time_from_text(expires_at) if expires_at else None
        if revoked_at is None and (expiry is None or clock.now() < expiry):
            return Caller(service_pk, service_id, key_id, frozenset(documents.parse(permissions)), expiry, key_hash)
    return None
