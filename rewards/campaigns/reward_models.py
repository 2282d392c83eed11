"""What a campaign gives away, and who got it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rewards.campaigns.models import one_of
from rewards.kit.columns import Document, Flag, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Prize(StrEnum):
    """What kind of thing it is; all of them are for people, or for other systems, to hand out."""

    FEATURE = "FEATURE"
    ACCESS = "ACCESS"
    DIGITAL = "DIGITAL"
    CUSTOM = "CUSTOM"


class Distribution(StrEnum):
    """Who gets it."""

    TOP_N = "TOP_N"
    MIN_SCORE = "MIN_SCORE"
    MIN_REFERRALS = "MIN_REFERRALS"
    MANUAL = "MANUAL"


class CampaignReward(Model):
    """One of a campaign's rewards."""

    __tablename__ = "campaign_rewards"
    __table_args__ = (
        UniqueConstraint("campaign_id", "key"),
        CheckConstraint(one_of("type", Prize), name="type"),
        CheckConstraint(one_of("distribution", Distribution), name="distribution"),
        CheckConstraint("(value IS NULL) = (distribution = 'MANUAL')", name="value"),
        CheckConstraint("granted >= 0", name="granted"),
        CheckConstraint("freed >= 0", name="freed"),
        CheckConstraint("granted <= max_recipients", name="max_recipients"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(Text)
    distribution: Mapped[str] = mapped_column(Text)
    # N, the least score, or the least referrals; NULL where it is given by hand.
    value: Mapped[int | None] = mapped_column(Whole)
    # NULL: as many as there are.
    max_recipients: Mapped[int | None] = mapped_column(Whole)
    # How many have it: earned or delivered.
    granted: Mapped[int] = mapped_column(Whole, default=0)
    # How many came free since it was last resolved for everybody: they wait for that and go by places, not to whoever scores next.
    freed: Mapped[int] = mapped_column(Whole, default=0)
    # Up to this row everybody who earned it has been told.
    announced_id: Mapped[int] = mapped_column(Whole, default=0)
    payload: Mapped[Any] = mapped_column(Document, nullable=True)
    active: Mapped[bool] = mapped_column(Flag, default=True)


class SubscriberReward(Model):
    """Somebody has a reward. Locked is whoever could have it and has no row."""

    __tablename__ = "subscriber_rewards"
    __table_args__ = (
        UniqueConstraint("reward_id", "subscriber_id"),
        CheckConstraint("status IN ('earned', 'delivered')", name="status"),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
        Index("ix_subscriber_rewards_subscriber_id", "subscriber_id"),
        Index("ix_subscriber_rewards_reward_id_status_id", "reward_id", "status", "id"),
        # The row of a reward that was withdrawn is never another's: who has been told is known by its number.
        TABLE_OPTIONS | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    reward_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaign_rewards.id"))
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"))
    status: Mapped[str] = mapped_column(Text)
    earned_at: Mapped[datetime] = mapped_column(UtcTime)
    # By hand: who gave it.
    given_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    delivered_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
