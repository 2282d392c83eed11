"""What an admin asks about mails: which are waiting, which were given up, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.messages.models import Mail, MailState

PAGE_ROWS = 25
# What was sent is kept for a month, so that `did it go out?` has an answer; what is dead until somebody looks.
SENT_KEPT_FOR = timedelta(days=30)
# What was dropped may name somebody who has nothing to do with this desk.
DROPPED_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in a list."""

    id: int
    kind: str
    recipient: str
    subject: str | None
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    error: str | None


def mails(*, state: str | None = None, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[MailLine]:
    """A page of mails, newest first, those with an id below `before_id`."""
    question = select(Mail).order_by(Mail.id.desc()).limit(limit)
    if state:
        question = question.where(Mail.state == state)
    if before_id:
        question = question.where(Mail.id < before_id)
    return [
        MailLine(
            row.id,
            row.kind,
            row.recipient,
            row.subject,
            row.state,
            row.attempts,
            row.created_at,
            row.next_attempt_at,
            row.sent_at,
            row.error,
        )
        for row in db.session.scalars(question)
    ]


def count_mails_by_state() -> dict[str, int]:
    """How many there are in each state; 0 where there is none."""
    counted = db.session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return {state.value: 0 for state in MailState} | {row[0]: row[1] for row in counted}


def forget_old_mails() -> int:
    """Delete what was sent or dropped long ago; how many."""
    now = clock.now()
    sent = and_(Mail.state == MailState.SENT, Mail.created_at < now - SENT_KEPT_FOR)
    dropped = and_(Mail.state == MailState.DROPPED, Mail.created_at < now - DROPPED_KEPT_FOR)
    return len(db.session.execute(delete(Mail).where(or_(sent, dropped)).returning(Mail.id)).all())
