"""Waitlists and the campaigns they play, and how often their pages are opened."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

IS_ACTIVE = "status IN ('live', 'paused')"


class CampaignStatus(StrEnum):
    """How far a campaign has come. `live` and `paused` are its waitlist's active one."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


def one_of(column: str, values: type[StrEnum]) -> str:
    """A check that a column has one of these values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Waitlist(Model):
    """A list that people join at a public page."""

    __tablename__ = "waitlists"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("slug"),
        Index("ix_waitlists_coach_id", "coach_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # What the programme's document knows it by, and what its address says.
    key: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    # NULL: the installation's own.
    coach_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(Text)
    # Headline, promise, whether a name is asked, capacity, allowed origins: documents.PageSettings.
    page: Mapped[Any] = mapped_column(Document)
    # The sign-up sequence of who joined last; it decides ties.
    last_sequence: Mapped[int] = mapped_column(Whole, default=0)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class Campaign(Model):
    """What a waitlist plays for during a while."""

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("id", "waitlist_id"),
        CheckConstraint(one_of("status", CampaignStatus), name="status"),
        Index(
            "uq_campaigns_active_waitlist_id",
            "waitlist_id",
            unique=True,
            sqlite_where=text(IS_ACTIVE),
            postgresql_where=text(IS_ACTIVE),
        ),
        Index("ix_campaigns_waitlist_id", "waitlist_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"))
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=CampaignStatus.DRAFT)
    # documents.CampaignSettings.
    settings: Mapped[Any] = mapped_column(Document)
    # The latest of its versions, which decides.
    version_id: Mapped[int | None] = mapped_column(Whole)
    starts_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # The first moment at which nobody joins any more.
    ends_at: Mapped[datetime | None] = mapped_column(UtcTime)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # When its rewards were last resolved as a whole.
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Whoever waited for it, up to this sequence, was told that it has begun. NULL: nobody is left to be told.
    told_sequence: Mapped[int | None] = mapped_column(Whole)


class CampaignVersion(Model):
    """A campaign's rules as they stood from a moment on. Never edited: every decision names one."""

    __tablename__ = "campaign_versions"
    __table_args__ = (UniqueConstraint("campaign_id", "number"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"))
    number: Mapped[int] = mapped_column(Integer)
    # documents.CampaignRules: rules and variants.
    body: Mapped[Any] = mapped_column(Document)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))


class Visit(Model):
    """How often a public page was opened, by day and source. A browser counts once a day."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_waitlist_id_referrer_id", "waitlist_id", "referrer_id"),
        TABLE_OPTIONS | {"sqlite_with_rowid": False},
    )

    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"), primary_key=True)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    # A source's name; empty: directly.
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    # Whose link brought them; 0: nobody's.
    referrer_id: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(Whole)


class DailyStep(Model):
    """How many came how far, by the day and the source they came by: what subscribers, visits and entrants say, counted as it happens."""

    __tablename__ = "daily_steps"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"), primary_key=True)
    # 0: what belongs to the list, whatever it plays.
    campaign_id: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    # A source's name; empty: directly.
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    # The connection that wrote it: a row which everybody who joins touches would make them wait for each other.
    writer: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(Whole)
    joined: Mapped[int] = mapped_column(Whole)
    verified: Mapped[int] = mapped_column(Whole)
    # Those who brought at least one who counts in the campaign.
    referred: Mapped[int] = mapped_column(Whole)
