"""What a campaign's rules decide about somebody: the events, and the milestones they were paid for."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.campaigns.models import one_of
from rewards.kit.columns import Document, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

IS_OPEN = "state = 'retrying'"
HAS_FAILED = "state IN ('retrying', 'dead')"


class Happening(StrEnum):
    """What a campaign's rules can be about."""

    SIGNUP = "SIGNUP"
    EMAIL_VERIFIED = "EMAIL_VERIFIED"
    REFERRAL_CONFIRMED = "REFERRAL_CONFIRMED"
    MANUAL = "MANUAL"


class EventState(StrEnum):
    """How far an event has come."""

    # Its subscriber is flagged: it is decided when the coach has decided.
    HELD = "held"
    PROCESSED = "processed"
    RETRYING = "retrying"
    # Tried for the last time; it waits for somebody to look.
    DEAD = "dead"
    UNDONE = "undone"


class CampaignEvent(Model):
    """Something that a campaign's rules decide about one of its subscribers."""

    __tablename__ = "campaign_events"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        CheckConstraint(one_of("event", Happening), name="event"),
        CheckConstraint(one_of("state", EventState), name="state"),
        Index("ix_campaign_events_subscriber_id_id", "subscriber_id", "id"),
        Index("ix_campaign_events_referral_id", "referral_id"),
        Index("ix_campaign_events_next_attempt_at", "next_attempt_at", sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
        # For whoever runs the campaign: what failed, the latest first.
        Index("ix_campaign_events_failed", "campaign_id", "id", sqlite_where=text(HAS_FAILED), postgresql_where=text(HAS_FAILED)),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"))
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"))
    event: Mapped[str] = mapped_column(Text)
    referral_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("referrals.id"))
    # The rules it was stamped with when it was recorded.
    version_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaign_versions.id"))
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcTime)
    error: Mapped[str | None] = mapped_column(Text)
    # What it was worth when it was decided; the ledger says what is left of it.
    points: Mapped[int | None] = mapped_column(Whole)
    # Why, and how it came to that.
    reason: Mapped[str] = mapped_column(Text, default="")
    trace: Mapped[Any | None] = mapped_column(Document)
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    idempotency_key: Mapped[str] = mapped_column(Text)


class Milestone(Model):
    """A rule that pays once has paid somebody, and still stands."""

    __tablename__ = "milestones"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(Text, primary_key=True)
    # So many confirmed referrals it needs.
    threshold: Mapped[int] = mapped_column(Integer)
    transfer_id: Mapped[int] = mapped_column(Whole, ForeignKey("transfers.id"))
