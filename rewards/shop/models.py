"""Rewards, the codes that some of them hand out, what was redeemed, and what somebody saves for."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, Flag, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class RewardType(StrEnum):
    """What kind of thing it is. Cashback pays its value as money; the others are for people to read."""

    DISCOUNT = "discount"
    CASHBACK = "cashback"
    PRODUCT = "product"
    SERVICE = "service"
    BADGE = "badge"
    FEATURE = "feature"
    ACCESS = "access"
    DIGITAL = "digital"
    CUSTOM = "custom"


class Period(StrEnum):
    """How long a limit for each person holds: a day, a week from Monday on, a month of their own calendar, or for ever."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


class RedemptionStatus(StrEnum):
    """How far a redemption has come."""

    PENDING = "pending"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    # Nobody fulfilled it while it was valid.
    EXPIRED = "expired"


# What a redemption with one of these has taken is with the person; with any other it went back.
STANDING = (RedemptionStatus.PENDING, RedemptionStatus.FULFILLED)
IS_PENDING = "status = 'pending'"
# Of a code: it can be taken.
IS_FREE = "redemption_id IS NULL AND shown = 0"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Reward(Model):
    """Something that points are given for."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint(_one_of("type", RewardType), name="type"),
        CheckConstraint("points_cost >= 0", name="points_cost"),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("(value_minor IS NULL) = (currency IS NULL)", name="value_has_a_currency"),
        CheckConstraint("(limit_count IS NULL) = (limit_period IS NULL)", name="limit_has_a_period"),
        CheckConstraint(_one_of("limit_period", Period), name="limit_period"),
        CheckConstraint("pooled = 0 OR stock IS NOT NULL", name="pool_is_counted"),
        Index("ix_rewards_coach_id", "coach_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # What the programme's document knows it by.
    key: Mapped[str] = mapped_column(Text, unique=True)
    # NULL: everybody's; otherwise for the clients of this coach.
    coach_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(Text)
    points_cost: Mapped[int] = mapped_column(Whole)
    # NULL: as many as anybody wants. Of a pool: the codes that are free.
    stock: Mapped[int | None] = mapped_column(Whole)
    # Whether each redemption takes one of its codes.
    pooled: Mapped[bool] = mapped_column(Flag, default=False)
    active: Mapped[bool] = mapped_column(Flag, default=True)
    # The name of a picture among the uploads, and what it shows.
    picture: Mapped[str | None] = mapped_column(Text)
    picture_alt: Mapped[str] = mapped_column(Text, default="")
    # What it is worth in money; cashback pays this.
    value_minor: Mapped[int | None] = mapped_column(Whole)
    currency: Mapped[str | None] = mapped_column(Text)
    # For programs: whatever hands it out needs to know.
    payload: Mapped[Any] = mapped_column(Document, nullable=True)
    external_url: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text, unique=True)
    # From the first of these moments on, and until just before the second.
    available_from: Mapped[datetime | None] = mapped_column(UtcTime)
    available_until: Mapped[datetime | None] = mapped_column(UtcTime)
    limit_count: Mapped[int | None] = mapped_column(Integer)
    limit_period: Mapped[str | None] = mapped_column(Text)
    level_number: Mapped[int | None] = mapped_column(Integer)
    valid_days: Mapped[int | None] = mapped_column(Integer)

    @property
    def is_sold_out(self) -> bool:
        """Whether there were some, and there are none."""
        return self.stock == 0

    @property
    def pays_money(self) -> bool:
        """Whether fulfilling it credits money."""
        return self.type == RewardType.CASHBACK


class Redemption(Model):
    """Somebody wants a reward, or has it. Name, price and worth are those of the moment when it was redeemed."""

    __tablename__ = "redemptions"
    __table_args__ = (
        CheckConstraint(_one_of("status", RedemptionStatus), name="status"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name="settled_has_a_time"),
        UniqueConstraint("idempotency_key"),
        # What somebody had, and how often of one reward.
        Index("ix_redemptions_user_id_id", "user_id", "id"),
        # With the status, so that counting what stands of a reward need not look at each.
        Index("ix_redemptions_reward_id_user_id_status", "reward_id", "user_id", "status"),
        # What waits, the oldest first; what is done, the latest first.
        Index("ix_redemptions_status_id", "status", "id"),
        Index("ix_redemptions_status_settled_at_id", "status", "settled_at", "id"),
        Index("ix_redemptions_expires_at", "expires_at", sqlite_where=text(IS_PENDING), postgresql_where=text(IS_PENDING)),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    reward_id: Mapped[int] = mapped_column(Whole, ForeignKey("rewards.id"))
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Whole)
    value_minor: Mapped[int | None] = mapped_column(Whole)
    currency: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=RedemptionStatus.PENDING)
    # Who asked for it: `page`, a service, or `rule` where a rule gave it.
    source: Mapped[str] = mapped_column(Text)
    # Given and not bought: it counts to nobody's limit.
    given: Mapped[bool] = mapped_column(Flag, default=False)
    # What whoever settled it wrote for the person.
    coach_note: Mapped[str] = mapped_column(Text, default="")
    requested_at: Mapped[datetime] = mapped_column(UtcTime)
    # NULL: it waits for as long as it takes.
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # NULL: nobody in person.
    settled_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    idempotency_key: Mapped[str] = mapped_column(Text)

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to hand it out."""
        return self.status == RedemptionStatus.PENDING


class VoucherCode(Model):
    """A code that one redemption takes, and gives back where it comes to nothing."""

    __tablename__ = "voucher_codes"
    __table_args__ = (
        UniqueConstraint("reward_id", "code"),
        # One code for each redemption. Most rows are free, and need no place in it.
        Index(
            "uq_voucher_codes_redemption_id",
            "redemption_id",
            unique=True,
            sqlite_where=text("redemption_id IS NOT NULL"),
            postgresql_where=text("redemption_id IS NOT NULL"),
        ),
        Index("ix_voucher_codes_free", "reward_id", "id", sqlite_where=text(IS_FREE), postgresql_where=text(IS_FREE)),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    reward_id: Mapped[int] = mapped_column(Whole, ForeignKey("rewards.id"))
    code: Mapped[str] = mapped_column(Text)
    # Whether somebody has seen it: it is never anybody else's then, whatever became of their redemption.
    shown: Mapped[bool] = mapped_column(Flag, default=False)
    # NULL: nobody's now.
    redemption_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("redemptions.id"))


class Aim(Model):
    """The reward that somebody saves for."""

    __tablename__ = "aims"
    __table_args__ = (Index("ix_aims_reward_id", "reward_id"), TABLE_OPTIONS)

    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    reward_id: Mapped[int] = mapped_column(Whole, ForeignKey("rewards.id"))
