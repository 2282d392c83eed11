"""People, the time zones they lived in, and the sessions they are signed in with."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Role(StrEnum):
    """What a person may be."""

    CLIENT = "client"
    COACH = "coach"
    ADMIN = "admin"


class Status(StrEnum):
    """Whether a person may sign in and earn."""

    ACTIVE = "active"
    DISABLED = "disabled"


class User(Model):
    """A person with an account."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('client', 'coach', 'admin')", name="role"),
        CheckConstraint("status IN ('active', 'disabled')", name="status"),
        Index("uq_users_external_id", "external_id", unique=True),
        # Lists of people, by name.
        Index("ix_users_role_name_id", "role", "name", "id"),
        Index("ix_users_coach_id_name_id", "coach_id", "name", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # Stored with its case folded: nobody means two people by two spellings.
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=Status.ACTIVE)
    coach_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    timezone: Mapped[str] = mapped_column(Text)
    # The last time the zone changed; NULL while the first one holds, so that most people need no look into the history.
    timezone_since: Mapped[datetime | None] = mapped_column(UtcTime)
    locale: Mapped[str] = mapped_column(Text, default="en")
    joined_on: Mapped[date] = mapped_column(LocalDate)
    external_id: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(Document, default=list)
    # NULL: nobody has chosen a password yet, and nobody can sign in.
    password_hash: Mapped[str | None] = mapped_column(Text)
    # Changes with the password, the role and the status; a session with an older stamp is over.
    stamp: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in."""
        return self.status == Status.ACTIVE

    @property
    def is_staff(self) -> bool:
        """Coaches and admins."""
        return self.role != Role.CLIENT


class PastZone(Model):
    """A time zone somebody lived in until they changed it."""

    __tablename__ = "past_zones"
    __table_args__ = (TABLE_OPTIONS,)

    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    timezone: Mapped[str] = mapped_column(Text)


class WebSession(Model):
    """A browser that is signed in. The row is the authority: without it the cookie is worth nothing."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    # SHA-256 of the token in the cookie: who reads the database cannot sign in with what is in it.
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    stamp: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
