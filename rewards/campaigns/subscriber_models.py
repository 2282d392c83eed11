"""The people on a waitlist, who brought whom, and what speaks against somebody."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.campaigns.models import one_of
from rewards.kit.columns import Document, Flag, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

IS_UNDECIDED = "decided_at IS NULL"
IS_OUT = "status <> 'active'"
STANDS_BY = "state = 'waiting' AND counts_at IS NOT NULL"


class SubscriberStatus(StrEnum):
    """Whether somebody takes part. What is disqualified keeps its history and has no place."""

    ACTIVE = "active"
    DISQUALIFIED = "disqualified"
    # Their data is gone; the row stays for the history of others.
    ERASED = "erased"


class Display(StrEnum):
    """How somebody is named on the board."""

    FIRST_NAME = "first_name"
    INITIALS = "initials"
    HIDDEN = "hidden"


class ReferralState(StrEnum):
    """How far a referral has come."""

    # Until the new subscriber has verified the address, and then for as long as the campaign holds it back.
    WAITING = "waiting"
    # Until the coach has decided what was flagged.
    HELD = "held"
    CONFIRMED = "confirmed"
    # Confirmed once, or never, and counts no more.
    UNDONE = "undone"


class Suspicion(StrEnum):
    """Why somebody is flagged."""

    DISPOSABLE = "disposable"
    SAME_PERSON = "same_person"
    NETWORK = "network"
    DEVICE = "device"
    CYCLE = "cycle"
    RETURNED = "returned"


class Subscriber(Model):
    """Somebody on a waitlist."""

    __tablename__ = "subscribers"
    __table_args__ = (
        # Joining twice is the same as once, whoever races.
        UniqueConstraint("waitlist_id", "address"),
        UniqueConstraint("waitlist_id", "sequence"),
        UniqueConstraint("id", "waitlist_id"),
        UniqueConstraint("code"),
        CheckConstraint(one_of("status", SubscriberStatus), name="status"),
        CheckConstraint(one_of("display", Display), name="display"),
        CheckConstraint("(consent IS NULL) = (consented_at IS NULL)", name="consent"),
        Index("ix_subscribers_waitlist_id_mailbox", "waitlist_id", "mailbox"),
        Index("ix_subscribers_waitlist_id_network_joined_at", "waitlist_id", "network", "joined_at"),
        Index("ix_subscribers_waitlist_id_device_joined_at", "waitlist_id", "device", "joined_at"),
        # Few are: how many of them there are, and how many would be looked at, is counted by whoever they are not.
        Index("ix_subscribers_out", "waitlist_id", "status", "verified_at", sqlite_where=text(IS_OUT), postgresql_where=text(IS_OUT)),
        Index("ix_subscribers_user_id", "user_id", sqlite_where=text("user_id IS NOT NULL"), postgresql_where=text("user_id IS NOT NULL")),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"))
    # Given at insert, per waitlist, from 1: the earlier sign-up.
    sequence: Mapped[int] = mapped_column(Whole)
    # As it was written, to write to; folded, to know it again.
    email: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    # The mailbox behind it: without the tag after a plus, and without what its provider ignores.
    mailbox: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    # What brings others here.
    code: Mapped[str] = mapped_column(Text)
    # What the links mailed to them are made from; see kit.tokens.
    seed: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=SubscriberStatus.ACTIVE)
    display: Mapped[str] = mapped_column(Text, default=Display.INITIALS)
    joined_at: Mapped[datetime] = mapped_column(UtcTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Where they came from: a source's name, or empty.
    source: Mapped[str] = mapped_column(Text, default="")
    # Hashes under the installation's secret; empty where unknown.
    network: Mapped[str] = mapped_column(Text, default="")
    device: Mapped[str] = mapped_column(Text, default="")
    # What they agreed to by joining, as it stood, and when; NULL where nothing was asked.
    consent: Mapped[str | None] = mapped_column(Text)
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # The client they are, where they are one.
    user_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))


class Referral(Model):
    """One subscriber brought another. Who was brought counts once, for one."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("referee_id"),
        CheckConstraint("referrer_id <> referee_id", name="two_people"),
        CheckConstraint(one_of("state", ReferralState), name="state"),
        # Both are on the same waitlist, and so is the campaign.
        ForeignKeyConstraint(["referrer_id", "waitlist_id"], ["subscribers.id", "subscribers.waitlist_id"]),
        ForeignKeyConstraint(["referee_id", "waitlist_id"], ["subscribers.id", "subscribers.waitlist_id"]),
        ForeignKeyConstraint(["campaign_id", "waitlist_id"], ["campaigns.id", "campaigns.waitlist_id"]),
        Index("ix_referrals_referrer_id_id", "referrer_id", "id"),
        Index("ix_referrals_campaign_id_state", "campaign_id", "state"),
        Index("ix_referrals_counts_at", "counts_at", sqlite_where=text(STANDS_BY), postgresql_where=text(STANDS_BY)),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"))
    # The referrer's campaign at joining: it scores it.
    campaign_id: Mapped[int] = mapped_column(Whole)
    referrer_id: Mapped[int] = mapped_column(Whole)
    referee_id: Mapped[int] = mapped_column(Whole)
    state: Mapped[str] = mapped_column(Text)
    # Why it does not count, where it does not.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Whether the campaign counts it: one confirmed after the campaign's end is not.
    scored: Mapped[bool] = mapped_column(Flag, default=False)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    # The end of the hold period, from the moment on that it qualified; NULL where there is none, or not yet.
    counts_at: Mapped[datetime | None] = mapped_column(UtcTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FailedReferral(Model):
    """A referral that could not be noted or settled: who brought whom, why it failed, and when it is tried again. The rest stands."""

    __tablename__ = "failed_referrals"
    __table_args__ = (CheckConstraint("referrer_id <> referee_id", name="two_people"), TABLE_OPTIONS)

    referee_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"), primary_key=True, autoincrement=False)
    referrer_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"))
    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcTime)
    error: Mapped[str] = mapped_column(Text)


class FraudFlag(Model):
    """Why somebody may not be the distinct person they seem to be; the coach decides."""

    __tablename__ = "fraud_flags"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "suspicion"),
        CheckConstraint(one_of("suspicion", Suspicion), name="suspicion"),
        CheckConstraint("decision IN ('accepted', 'disqualified')", name="decision"),
        Index("ix_fraud_flags_undecided", "subscriber_id", sqlite_where=text(IS_UNDECIDED), postgresql_where=text(IS_UNDECIDED)),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"))
    suspicion: Mapped[str] = mapped_column(Text)
    # What was seen: the other subscribers' ids, the domain, the number within an hour.
    evidence: Mapped[Any] = mapped_column(Document)
    raised_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    decision: Mapped[str | None] = mapped_column(Text)
