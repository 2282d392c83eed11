"""Where somebody is signed in, and how they leave a browser that is not in front of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people import visits
from rewards.people.models import User, WebSession
from rewards.people.signing_in import IDLE_MAX


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser somebody is signed in with."""

    id: int
    opened_at: datetime
    last_seen_at: datetime


def open_sessions_of(user: User) -> list[OpenSession]:
    """All that would still be let in, the one used last first."""
    now = clock.now()
    question = select(WebSession).where(WebSession.user_id == user.id, WebSession.stamp == user.stamp, WebSession.expires_at > now)
    found = [
        OpenSession(row.id, row.created_at, visits.last_seen(row.token_hash, row.last_seen_at)) for row in db.session.scalars(question)
    ]
    alive = [session for session in found if session.last_seen_at + IDLE_MAX > now]
    return sorted(alive, key=lambda session: session.last_seen_at, reverse=True)


def end_session_of(*, user_id: int, session_id: int) -> None:
    """Sign out one browser of theirs. Raises NotFound for another's, as for none."""
    ended = delete(WebSession).where(WebSession.id == session_id, WebSession.user_id == user_id).returning(WebSession.id)
    if not db.session.execute(ended).all():
        raise NotFound(f"session {session_id}")


def end_other_sessions(*, user_id: int, kept_id: int) -> int:
    """Sign them out everywhere but here; how many browsers that were."""
    ended = delete(WebSession).where(WebSession.user_id == user_id, WebSession.id != kept_id).returning(WebSession.id)
    return len(db.session.execute(ended).all())
