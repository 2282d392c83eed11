"""API keys: made, recognised, revoked. A key is shown once and kept as a hash, so who reads the database cannot call the API with it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from rewards.integrations.models import ApiKey, Service
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import NAME_LENGTH_MAX, is_line, service_named
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Problem, Refused
from rewards.people.auditing import Done, record_deed

# What a key begins with says what it is, to people and to tools that look for leaked secrets.
MARK = "laurel_"
# So much of a key stays readable, for telling one from another in a list; the rest is far too long to guess.
PREFIX_LENGTH = len(MARK) + 6
DAYS_MAX = 3650
# How long an old key may stay good beside the new one.
OVERLAPS = (timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
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


def create_key(
    *, service_id: str, permissions: Sequence[str], days: int | None = None, name: str | None = None, actor_id: int | None = None
) -> str:
    """A new key for a service, good for so many days or until it is revoked. Shown this once. Raises NotFound, Invalid."""
    service = service_named(service_id)
    wanted = [permission for permission in Permission if permission in permissions]
    problems = [Problem("permissions", f"among {', '.join(Permission)}", word) for word in permissions if word not in list(Permission)]
    if not permissions:
        problems.append(Problem("permissions", "at least one permission"))
    if days is not None and not 1 <= days <= DAYS_MAX:
        problems.append(Problem("days", f"1 to {DAYS_MAX}, or nothing for a key without an end", days))
    if name is not None and not is_line(name, NAME_LENGTH_MAX):
        problems.append(Problem("name", f"1 to {NAME_LENGTH_MAX} characters on one line", name))
    if problems:
        raise Invalid(problems)
    expires_at = clock.now() + timedelta(days=days) if days else None
    key, made = _add(service.id, name.strip() if name else None, [str(permission) for permission in wanted], expires_at, actor_id)
    record_deed(Done("key_created", "service", service_id, after=_described(made)), actor_id=actor_id)
    return key


def roll_key(*, key_id: int, overlap: timedelta, actor_id: int | None = None) -> str:
    """A new key in the place of an old one, which stays good for the overlap. Raises NotFound, Invalid, Refused."""
    old = db.session.get(ApiKey, key_id)
    if old is None:
        raise NotFound(f"key {key_id}")
    if overlap not in OVERLAPS:
        raise Invalid.single("overlap", "one of 0, 1, 24 and 168 hours", overlap.total_seconds() / 3600)
    now = clock.now()
    if not old.is_good(now):
        raise Refused("key_is_over", "This key is not good any more: make a new one.")
    lasts = old.expires_at - old.created_at if old.expires_at else None
    before = _described(old)
    old.expires_at = min(filter(None, (old.expires_at, now + overlap)))
    key, made = _add(old.service_id, old.name, old.permissions, now + lasts if lasts else None, actor_id)
    record_deed(Done("key_rolled", "service", _public_id(old), before, _described(made)), actor_id=actor_id)
    return key


def _add(
    service_pk: int, name: str | None, permissions: list[str], expires_at: datetime | None, actor_id: int | None
) -> tuple[str, ApiKey]:
    key = MARK + secrets.token_urlsafe(32)
    made = ApiKey(
        service_id=service_pk,
        name=name,
        created_by=actor_id,
        prefix=key[:PREFIX_LENGTH],
        key_hash=_hash(key),
        permissions=permissions,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(made)
    db.session.flush()
    return key, made


def _described(key: ApiKey) -> dict[str, Any]:
    """What may be told of a key: which one it is, and never what it is."""
    return {"key_id": key.id, "prefix": key.prefix, "name": key.name, "permissions": key.permissions, "expires_at": key.expires_at}


def _public_id(key: ApiKey) -> str:
    return str(db.session.scalar(select(Service.service_id).where(Service.id == key.service_id)))


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
    found = _found(caller.key_hash)
    if found != caller:
        _remembered.pop(caller.key_hash, None)
    # An end that was moved changes nothing while it is still to come: the key may have been rolled.
    if found is None or replace(found, expires_at=caller.expires_at) != caller:
        raise WrongKey("This key is not good any more.")


def revoke_key(*, key_id: int, actor_id: int | None = None) -> None:
    """The key is worth nothing from now on; doing it again changes nothing. Raises NotFound."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"key {key_id}")
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        db.session.flush()
        record_deed(Done("key_revoked", "service", _public_id(key), before=_described(key)), actor_id=actor_id)


def _hash(key: str) -> str:
    # A key is 256 random bits: there is nothing to guess, so a slow hash would only slow down its owner.
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _found(key_hash: str) -> Caller | None:
    for service_pk, service_id, key_id, permissions, expires_at, revoked_at in sql.rows(FIND, (key_hash,)):
        expiry = time_from_text(expires_at) if expires_at else None
        if revoked_at is None and (expiry is None or clock.now() < expiry):
            return Caller(service_pk, service_id, key_id, frozenset(documents.parse(permissions)), expiry, key_hash)
    return None
