"""Accounts and the transfers between them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, Flag, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

XP = "xp"
POINTS = "points"
# Of one campaign's score: `score:5`.
SCORE_OF = "score:"
# The largest amount one transfer moves: sums of a thousand such still fit 64 bits.
AMOUNT_MAX = 9_000_000_000_000_000
# The most that is paid into an account: beyond it, programs that read JSON would be told a number that is not quite the balance.
BALANCE_MAX = AMOUNT_MAX


class Owner(StrEnum):
    """Who holds an account: a person here, somebody on a waitlist, or one of the system's own."""

    USER = "user"
    SUBSCRIBER = "subscriber"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    HELD = "held"
    WRITTEN_OFF = "written_off"
    ADJUSTED = "adjusted"


# The accounts that somebody holds, and whose balance is kept.
HOLDERS = (Owner.USER, Owner.SUBSCRIBER)
HELD = "{kind} IN ('user', 'subscriber')"


class Account(Model):
    """What one owner has of one asset. A system account keeps no balance: a row that every award touches would serialise them all."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "asset"),
        UniqueConstraint("id", "asset"),
        CheckConstraint(
            f"owner_kind IN ({', '.join(repr(owner.value) for owner in Owner)})",
            name="owner_kind",
        ),
        CheckConstraint("spendable = 0 OR balance >= 0", name="not_overdrawn"),
        CheckConstraint(f"{HELD.format(kind='owner_kind')} OR balance = 0", name="system_keeps_no_balance"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    owner_kind: Mapped[str] = mapped_column(Text)
    # 0 for the system's own.
    owner_id: Mapped[int] = mapped_column(Whole)
    asset: Mapped[str] = mapped_column(Text)
    balance: Mapped[int] = mapped_column(Whole, default=0)
    spendable: Mapped[bool] = mapped_column(Flag)
    # The last transfer that the balance has taken in; a trigger lets the balance follow the transfers and nothing else.
    last_transfer_id: Mapped[int] = mapped_column(Whole, default=0)


class Transfer(Model):
    """One movement between two accounts of one asset. Never changed, never deleted; corrected by a later one."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint(f"amount > 0 AND amount <= {AMOUNT_MAX}", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        ForeignKeyConstraint(["debit_id", "asset"], ["accounts.id", "accounts.asset"]),
        ForeignKeyConstraint(["credit_id", "asset"], ["accounts.id", "accounts.asset"]),
        # Same key, same movement: a retry finds the first transfer instead of paying twice.
        UniqueConstraint("idempotency_key"),
        # Reversed once. Most rows reverse nothing, and then need no place in it.
        Index(
            "uq_transfers_reverses_id",
            "reverses_id",
            unique=True,
            sqlite_where=text("reverses_id IS NOT NULL"),
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        # Found again by what it refers to; an award refers to its event and needs no place in it.
        Index(
            "ix_transfers_reference",
            "reference",
            sqlite_where=text("reference IS NOT NULL"),
            postgresql_where=text("reference IS NOT NULL"),
        ),
        Index("ix_transfers_debit_id_id", "debit_id", "id"),
        Index("ix_transfers_credit_id_id", "credit_id", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    asset: Mapped[str] = mapped_column(Text)
    debit_id: Mapped[int] = mapped_column(Whole)
    credit_id: Mapped[int] = mapped_column(Whole)
    amount: Mapped[int] = mapped_column(Whole)
    reason: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime] = mapped_column(UtcTime)
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    # The version of the first rule that paid; the event's trace names all of them.
    rule_version_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("definitions.id"))
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    reference: Mapped[str | None] = mapped_column(Text)
    details: Mapped[Any] = mapped_column("metadata", Document, default=dict)
    idempotency_key: Mapped[str] = mapped_column(Text)
    # Its place among the decisions about its person; NULL where it follows from one of them.
    decided_no: Mapped[int | None] = mapped_column(Whole)
    reverses_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("transfers.id"))


class DailyFlow(Model):
    """What one UTC day moved of one asset between people and one system account, so that totals need no look at every transfer."""

    __tablename__ = "daily_flows"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    asset: Mapped[str] = mapped_column(Text, primary_key=True)
    # The system's side: `issued`, `redeemed`, ...
    counterpart: Mapped[str] = mapped_column(Text, primary_key=True)
    # The connection that wrote it: a row which every award touches would make them all wait for each other.
    writer: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    transfers: Mapped[int] = mapped_column(Integer)
    # To people, and from them.
    given: Mapped[int] = mapped_column(Whole)
    taken: Mapped[int] = mapped_column(Whole)
    # All transfers of the day have ids from the smallest of these to the largest.
    first_id: Mapped[int] = mapped_column(Whole)
    last_id: Mapped[int] = mapped_column(Whole)
