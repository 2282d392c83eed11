"""Waitlists and their campaigns, the people on them, who brought whom, and what scores."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, Flag, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class CampaignStatus(StrEnum):
    """How far a campaign has come. `live` and `paused` are its waitlist's active one."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


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

    # Until the new subscriber has verified the address.
    WAITING = "waiting"
    # Until the coach has decided what was flagged.
    HELD = "held"
    CONFIRMED = "confirmed"
    # Confirmed once, or never, and counts no more.
    UNDONE = "undone"


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


class Suspicion(StrEnum):
    """Why somebody is flagged."""

    DISPOSABLE = "disposable"
    SAME_PERSON = "same_person"
    NETWORK = "network"
    DEVICE = "device"
    CYCLE = "cycle"
    RETURNED = "returned"


IS_ACTIVE = "status IN ('live', 'paused')"
IS_UNDECIDED = "decided_at IS NULL"
IS_OPEN = "state = 'retrying'"


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
        Index("ix_subscribers_waitlist_id_mailbox", "waitlist_id", "mailbox"),
        Index("ix_subscribers_waitlist_id_network_joined_at", "waitlist_id", "network", "joined_at"),
        Index("ix_subscribers_waitlist_id_device_joined_at", "waitlist_id", "device", "joined_at"),
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
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)


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


class Visit(Model):
    """How often a public page was opened, by day and source. A browser counts once a day."""

    __tablename__ = "visits"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    waitlist_id: Mapped[int] = mapped_column(Whole, ForeignKey("waitlists.id"), primary_key=True)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    # A source's name; empty: directly.
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    # Whose link brought them; 0: nobody's.
    referrer_id: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(Whole)
