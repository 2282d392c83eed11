"""Activities, events, their daily totals, and the versions of the programme that events are stamped with."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, Flag, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Kind(StrEnum):
    """What a definition defines."""

    PROGRAMME = "programme"
    CATEGORY = "category"
    ACTIVITY = "activity"
    RULE = "rule"
    BOOST = "boost"
    LEVEL = "level"
    ACHIEVEMENT = "achievement"


class State(StrEnum):
    """How far an event has come."""

    QUEUED = "queued"
    PROCESSED = "processed"
    RETRYING = "retrying"
    DEAD = "dead"
    UNDONE = "undone"


class Recorder(StrEnum):
    """Who may record an activity."""

    CLIENT = "client"
    COACH = "coach"
    SERVICE = "service"
    SYSTEM = "system"


class ProgrammeVersion(Model):
    """One state of all definitions; every change makes the next."""

    __tablename__ = "programme_versions"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text)


class Definition(Model):
    """What one activity, rule, level, ... said from one programme version until another. Its body is never edited."""

    __tablename__ = "definitions"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in Kind)})", name="kind"),
        CheckConstraint(
            "until_version IS NULL OR until_version > since_version",
            name="versions_rise",
        ),
        Index(
            "uq_definitions_current",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("until_version IS NULL"),
            postgresql_where=text("until_version IS NULL"),
        ),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    body: Mapped[Any] = mapped_column(Document)
    since_version: Mapped[int] = mapped_column(Whole, ForeignKey("programme_versions.id"))
    # NULL: it is in force.
    until_version: Mapped[int | None] = mapped_column(Whole, ForeignKey("programme_versions.id"))


class Activity(Model):
    """The identity of a kind of event. What it is worth is a definition; an unregistered kind has none."""

    __tablename__ = "activities"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    # Of an unregistered kind: the category of the rule that first paid for it.
    category: Mapped[str] = mapped_column(Text, default="participation")


class Event(Model):
    """What somebody did, and what came of it."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            f"state IN ({', '.join(repr(state.value) for state in State)})",
            name="state",
        ),
        Index("uq_events_source_idempotency_key", "source", "idempotency_key", unique=True),
        Index("ix_events_user_id_occurred_at", "user_id", "occurred_at"),
        Index(
            "ix_events_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=text("state IN ('queued', 'retrying')"),
            postgresql_where=text("state IN ('queued', 'retrying')"),
        ),
        # Lists of what happened: of one activity, and of the few that somebody should look at. Most events are in neither of the last two.
        Index("ix_events_activity_id_id", "activity_id", "id"),
        Index(
            "ix_events_unprocessed",
            "state",
            "id",
            sqlite_where=text("state <> 'processed'"),
            postgresql_where=text("state <> 'processed'"),
        ),
        Index("ix_events_unmatched", "id", sqlite_where=text("unmatched = 1"), postgresql_where=text("unmatched = 1")),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    activity_id: Mapped[int] = mapped_column(Whole, ForeignKey("activities.id"))
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    details: Mapped[Any] = mapped_column("metadata", Document, default=dict)
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    # The day it was for the person, decided once, when the event was recorded.
    happened_on: Mapped[date] = mapped_column(LocalDate)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    # Where it came from: `page`, `import`, `system` or `service:ID`; keys are unique within their source, for ever.
    source: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # The event that this one follows from, for bonuses.
    cause_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    # The programme version in force when it was recorded; it is decided under this one, however late.
    version_id: Mapped[int] = mapped_column(Whole, ForeignKey("programme_versions.id"))
    state: Mapped[str] = mapped_column(Text, default=State.QUEUED)
    # The state that the first answer told; repeated for the same key for ever.
    first_answer: Mapped[str] = mapped_column(Text, default=State.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcTime)
    claim_token: Mapped[str | None] = mapped_column(Text)
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    error: Mapped[str | None] = mapped_column(Text)
    # Whether it holds a slot of its activity's caps and cooldown.
    paid: Mapped[bool] = mapped_column(Flag, default=False)
    # Whether counts take it: at most `max_per_day` a day, paid or not.
    counted: Mapped[bool] = mapped_column(Flag, default=False)
    # Decided, and worth nothing because neither its activity nor any rule says what it is worth.
    unmatched: Mapped[bool] = mapped_column(Flag, default=False, server_default="0")
    # Its place among everything that was decided or done for this person; NULL until it is decided, and of what only follows from that.
    # It comes from the same source as the ids, so an event that is decided as it is recorded has its own id.
    decided_no: Mapped[int | None] = mapped_column(Whole)
    # What was awarded, in the words of the API's answer; NULL until it is processed.
    result: Mapped[Any | None] = mapped_column(Document)
    # What was awarded the first time, where an undo has let it into a slot since: its key is answered with that for ever.
    first_result: Mapped[Any | None] = mapped_column(Document)
    # How it came to that, step by step.
    trace: Mapped[Any | None] = mapped_column(Document)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    undone_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # Why it was undone, and what changed with it; or the event whose undoing it went with.
    undoing: Mapped[Any | None] = mapped_column(Document)


class DailyActivity(Model):
    """One person, one of their days, one activity: what caps, streaks, charts and metrics read. Written with the award."""

    __tablename__ = "daily_activity"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    activity_id: Mapped[int] = mapped_column(Whole, ForeignKey("activities.id"), primary_key=True)
    # All events; those that counts take; those that hold a slot.
    events: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int] = mapped_column(Integer)
    xp: Mapped[int] = mapped_column(Whole)
    points: Mapped[int] = mapped_column(Whole)
    # In minor units of the programme's currency.
    money: Mapped[int] = mapped_column(Whole)


class DailySum(Model):
    """One day, one activity, everybody: what figures over all people read. The day is each person's own, as in their daily totals."""

    __tablename__ = "daily_sums"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    activity_id: Mapped[int] = mapped_column(Whole, ForeignKey("activities.id"), primary_key=True)
    # The connection that wrote it: a row which every award touches would make them all wait for each other.
    writer: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    events: Mapped[int] = mapped_column(Whole)
    paid: Mapped[int] = mapped_column(Whole)
    xp: Mapped[int] = mapped_column(Whole)
    points: Mapped[int] = mapped_column(Whole)
    money: Mapped[int] = mapped_column(Whole)


class LastDay(Model):
    """When a person was last about, so that lists of people need not look through all their days. `date.min`: never yet."""

    __tablename__ = "last_days"
    __table_args__ = (TABLE_OPTIONS,)

    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    # The last day with an activity of theirs; what is booked for them by hand is none.
    active_on: Mapped[date] = mapped_column(LocalDate)
    # The last day that brought them XP.
    earned_on: Mapped[date] = mapped_column(LocalDate)
