"""Sessions: how somebody proves who they are, stays signed in, and leaves. The cookie holds a token; the row says what it is worth."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import SQLColumnExpression, delete, select, update

from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.kit.surroundings import surroundings
from rewards.kit.tokens import hash_token
from rewards.people import visits
from rewards.people.devices import device_words
from rewards.people.facts import SignedIn
from rewards.people.models import Status, User, WebSession
from rewards.people.passwords import is_password
from rewards.people.queries import user_by_email

TOKEN_BYTES = 32
IDLE_MAX = timedelta(days=14)
AGE_MAX = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody has just shown their password. Worth a session as long as their stamp is the same."""

    user_id: int
    stamp: str


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Whose session a token opens."""

    user: User
    session_id: int
    # The figures that were asked for beside them.
    beside: tuple[int, ...] = ()


def prove(*, email: str, password: str) -> Proof | None:
    """What a right address and password are worth; None for wrong ones, whichever of the two it is. Call it outside a write block."""
    with db.read():
        user = user_by_email(email)
    fits = is_password(user.password_hash if user else None, password)
    return Proof(user.id, user.stamp) if user and fits and user.is_active else None


def open_session(proof: Proof) -> str:
    """Sign them in; the token that only their browser may know. Raises NotFound for somebody who is gone."""
    user = db.session.get(User, proof.user_id)
    if user is None:
        raise NotFound(f"user {proof.user_id}")
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    # The stamp of the proof, not of the row: a password that was changed meanwhile makes this session worthless from the start.
    here = surroundings()
    opened = WebSession(
        user_id=user.id,
        token_hash=hash_token(token),
        stamp=proof.stamp,
        device=device_words(here.device),
        place=here.place,
        created_at=now,
        last_seen_at=now,
        expires_at=now + AGE_MAX,
    )
    db.session.add(opened)
    db.session.flush()
    announce([SignedIn(user.id, opened.id, now)])
    return token


def session_for_token(token: str, beside: Sequence[SQLColumnExpression[int]] = ()) -> SignedInPerson | None:
    """Who is signed in with this token; None if it is over: signed out, too old, too long unused, or something about the person changed.

    `beside`: figures about the row of `users` that every page needs, told by the same question.
    """
    now = clock.now()
    question = (
        select(WebSession, User, *beside)
        .join(User, User.id == WebSession.user_id)
        .where(WebSession.token_hash == hash_token(token), WebSession.expires_at > now, WebSession.stamp == User.stamp)
        .where(User.status == Status.ACTIVE)
    )
    found = db.session.execute(question).one_or_none()
    if found is None:
        return None
    session, user, *figures = found
    if visits.last_seen(session.token_hash, session.last_seen_at) + IDLE_MAX <= now:
        return None
    visits.note(session.token_hash, now)
    return SignedInPerson(user, session.id, tuple(figures))


def end_session(token: str) -> None:
    """Sign out: the token is worth nothing from now on, in whatever browser."""
    db.session.execute(delete(WebSession).where(WebSession.token_hash == hash_token(token)))


def forget_ended_sessions() -> int:
    """Delete the sessions that are over by age; how many."""
    now = clock.now()
    ended = delete(WebSession).where((WebSession.expires_at <= now) | (WebSession.last_seen_at <= now - IDLE_MAX))
    return len(db.session.execute(ended.returning(WebSession.id)).all())


def store_visits() -> int:
    """Write down when sessions were last used, as remembered since the last time; how many."""
    seen = visits.take()
    for token_hash, moment in sorted(seen.items()):
        later = update(WebSession).where(WebSession.token_hash == token_hash, WebSession.last_seen_at < moment)
        db.session.execute(later.values(last_seen_at=moment))
    return len(seen)
