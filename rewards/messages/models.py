"""What people are told: mails on their way, and notices on their pages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

IS_OPEN = "state IN ('waiting', 'retrying')"


class MailState(StrEnum):
    """How far a mail has come."""

    WAITING = "waiting"
    RETRYING = "retrying"
    SENT = "sent"
    # Tried for the last time; it waits for somebody to look.
    DEAD = "dead"
    # There was nothing to send any more: a withdrawn invitation, an address that nobody here has.
    DROPPED = "dropped"


class Mail(Model):
    """A mail to one address. It holds what it is about and never a live link: its words are made when it is sent."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'retrying', 'sent', 'dead', 'dropped')", name="state"),
        CheckConstraint("(next_attempt_at IS NOT NULL) = (state IN ('waiting', 'retrying'))", name="open_has_a_time"),
        Index("ix_mails_next_attempt_at", "next_attempt_at", sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
        Index("ix_mails_state_id", "state", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # Which text it is.
    kind: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    about: Mapped[dict[str, Any]] = mapped_column(Document)
    # The same in every try: who gets it twice can tell.
    message_key: Mapped[str] = mapped_column(Text, unique=True)
    # NULL until it was put into words.
    subject: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Whoever sends it now; not for longer than the lease.
    claim_token: Mapped[str | None] = mapped_column(Text)
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Notice(Model):
    """Something that somebody finds on their pages until they have seen it, and afterwards as long as they like."""

    __tablename__ = "notices"
    __table_args__ = (
        # One cause, one notice: what is told again is the same.
        UniqueConstraint("user_id", "cause"),
        Index("ix_notices_user_id_id", "user_id", "id"),
        Index("ix_notices_unseen", "user_id", sqlite_where=text("seen_at IS NULL"), postgresql_where=text("seen_at IS NULL")),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[dict[str, Any]] = mapped_column(Document)
    cause: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
