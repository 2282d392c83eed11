"""People, how they come in and stay in, what they agreed to, and what was done to anything by whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, Flag, LocalDate, UtcTime, Whole
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
    # When they showed that mail to this address reaches them; NULL where somebody only said so.
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
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
    # How they like things (preferences.py); NULL: as everybody has them.
    preferences: Mapped[dict[str, Any] | None] = mapped_column(Document)
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
    # `Firefox on Linux`, and the network address it came from: for its owner to recognise. Empty where nothing was said.
    device: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class Invitation(Model):
    """Somebody may join, as what they were invited to be. The link that says so was mailed to them."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('client', 'coach', 'admin')", name="role"),
        CheckConstraint("(used_at IS NULL) = (user_id IS NULL)", name="used_by_somebody"),
        # One invitation of an address is open at a time: a new one takes the place of the old.
        Index(
            "uq_invitations_open_email",
            "email",
            unique=True,
            sqlite_where=text("used_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("used_at IS NULL AND withdrawn_at IS NULL"),
        ),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    # What whoever invites calls them; they may say otherwise.
    name: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    coach_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    invited_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # The token is made from the seed and the installation's secret key; only its hash is kept.
    seed: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Who they have become.
    user_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))


class Purpose(StrEnum):
    """What a link is good for."""

    RESET = "reset"
    VERIFY = "verify"
    SET_UP = "set_up"


class Link(Model):
    """A link that is good for one thing, once, and not for long."""

    __tablename__ = "links"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'verify', 'set_up')", name="purpose"),
        CheckConstraint("(purpose = 'set_up') = (user_id IS NULL)", name="for_somebody"),
        Index("ix_links_user_id", "user_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    # NULL for the set-up: nobody is there yet.
    user_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # The address that was mailed to: where it is to be verified, the one that becomes theirs.
    email: Mapped[str | None] = mapped_column(Text)
    # Theirs when the link was made. Whatever ends their sessions ends their links.
    stamp: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Consent(Model):
    """Somebody agreed to a text, or no longer does. Never changed: what they say next is another row."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_user_id", "user_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(Text)
    # Of the text they read.
    version: Mapped[str] = mapped_column(Text)
    given: Mapped[bool] = mapped_column(Flag)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Note(Model):
    """What somebody on the staff wants to remember about a client, who does not see it."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_user_id_id", "user_id", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # Whom it is about.
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    author_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    # NULL: it reads as it was written.
    changed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AuditEntry(Model):
    """Somebody changed something that matters. Never changed, never deleted."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        # A page of the list costs the same however many entries there are: each filter has its own order in time.
        Index("ix_audit_entries_actor_id_at_id", "actor_id", "at", "id"),
        Index("ix_audit_entries_action_at_id", "action", "at", "id"),
        Index("ix_audit_entries_object_kind_object_id_at_id", "object_kind", "object_id", "at", "id"),
        Index("ix_audit_entries_at_id", "at", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    # NULL: nobody in person, but another system, the command line or the house itself.
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # Past tense, as one would tell it: `role_changed`.
    action: Mapped[str] = mapped_column(Text)
    # What it was done to; an id or a key, as text.
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    # NULL: it was not there before, or is not there any more.
    before: Mapped[Any] = mapped_column(Document, nullable=True)
    after: Mapped[Any] = mapped_column(Document, nullable=True)
    # Why, in the words of who did it.
    note: Mapped[str] = mapped_column(Text)
    # From where: a network address or a door's name, and the system that asked where one did.
    place: Mapped[str] = mapped_column(Text)
    caller: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
