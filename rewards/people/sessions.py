"""Where somebody is signed in, and how they sign out of one place, of all others, or of everywhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people import visits
from rewards.people.auditing import Done, record_deed
from rewards.people.joining import new_stamp
from rewards.people.models import User, WebSession
from rewards.people.signing_in import IDLE_MAX


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A place where somebody is signed in, as they are shown it."""

    id: int
    device: str
    place: str
    opened_at: datetime
    last_seen_at: datetime


def sessions_of(user: User) -> list[OpenSession]:
    """Where they are signed in now, the latest used first."""
    now = clock.now()
    question = select(WebSession).where(WebSession.user_id == user.id, WebSession.stamp == user.stamp, WebSession.expires_at > now)
    found = [
        OpenSession(row.id, row.device, row.place, row.created_at, visits.last_seen(row.token_hash, row.last_seen_at))
        for row in db.session.scalars(question)
    ]
    return sorted((row for row in found if row.last_seen_at + IDLE_MAX > now), key=lambda row: (row.last_seen_at, row.id), reverse=True)


def end_session_of(*, user_id: int, session_id: int, actor_id: int | None) -> None:
    """Sign them out of one place. Raises NotFound for another's session, as for none."""
    ended = delete(WebSession).where(WebSession.id == session_id, WebSession.user_id == user_id).returning(WebSession.id)
    if not db.session.execute(ended).all():
        raise NotFound(f"session {session_id}")
    record_deed(Done("session_ended", "user", user_id), actor_id=actor_id)


def end_other_sessions(*, user_id: int, session_id: int, actor_id: int | None) -> int:
    """Sign them out of every place but this one; how many."""
    ended = delete(WebSession).where(WebSession.user_id == user_id, WebSession.id != session_id).returning(WebSession.id)
    count = len(db.session.execute(ended).all())
    if count:
        record_deed(Done("sessions_ended", "user", user_id, after={"sessions": count}), actor_id=actor_id)
    return count


def end_all_sessions(*, user_id: int, actor_id: int | None) -> None:
    """Sign them out everywhere; a link or a proof that is on its way is worth nothing either. Raises NotFound."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    user.stamp = new_stamp()
    db.session.execute(delete(WebSession).where(WebSession.user_id == user_id))
    record_deed(Done("sessions_ended", "user", user_id), actor_id=actor_id)
