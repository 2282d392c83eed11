"""What was done about earnings that is neither an event nor a movement: undos, achievements given by hand, rehearsals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, LocalDate, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Input(Model):
    """An undo, or an achievement given by hand: something to be done again in its place when a history is replayed."""

    __tablename__ = "inputs"
    __table_args__ = (
        CheckConstraint("kind IN ('undo', 'unlock')", name="kind"),
        Index("ix_inputs_user_id_decided_no", "user_id", "decided_no"),
        TABLE_OPTIONS,
    )

    # Its place among everything that was decided or done for this person: from the same source as the ids of events.
    decided_no: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(Text)
    # What was undone, or given.
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    achievement_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("achievements.id"))
    # The programme under which it was done.
    version_id: Mapped[int] = mapped_column(Whole, ForeignKey("programme_versions.id"))
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))


class Rehearsal(Model):
    """A draft of the programme that was tried on what really happened; and, where somebody so decided, was put in force."""

    __tablename__ = "rehearsals"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'failed', 'rehearsed', 'applying', 'applied')", name="state"),
        CheckConstraint("mode IN ('forward', 'top_up', 'restate')", name="mode"),
        # What was only tried is forgotten, and a page that somebody still has open must not mean another one.
        TABLE_OPTIONS | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # What it is about, in a few words.
    subject: Mapped[str] = mapped_column(Text)
    document: Mapped[Any] = mapped_column(Document)
    days: Mapped[int] = mapped_column(Integer)
    # The first of the days whose events it decides again.
    first_day: Mapped[date] = mapped_column(LocalDate)
    actor_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(Text)
    # The programme that was in force when it was rehearsed; then the one that it made.
    version_id: Mapped[int] = mapped_column(Whole, ForeignKey("programme_versions.id"))
    # What was found so far, and of how many people.
    report: Mapped[Any] = mapped_column(Document)
    people: Mapped[int] = mapped_column(Integer)
    people_done: Mapped[int] = mapped_column(Integer, default=0)
    # Everybody up to this one is done.
    last_user_id: Mapped[int] = mapped_column(Whole, default=0)
    mode: Mapped[str | None] = mapped_column(Text)
    # What is decided after this number is not corrected any more: it was decided under the draft.
    cut_off: Mapped[int | None] = mapped_column(Whole)
    # What was given and taken by it; or why it could not be rehearsed.
    totals: Mapped[Any] = mapped_column(Document, default=dict)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Question(Model):
    """What somebody thinks is missing: points for something they did, or the thing itself. Answered once."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("outcome IN ('paid', 'logged', 'explained')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_has_a_time"),
        # One at a time about the same.
        Index(
            "uq_questions_open_event",
            "event_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL AND event_id IS NOT NULL"),
            postgresql_where=text("answered_at IS NULL AND event_id IS NOT NULL"),
        ),
        Index(
            "uq_questions_open_day",
            "user_id",
            "activity_id",
            "day",
            unique=True,
            sqlite_where=text("answered_at IS NULL AND event_id IS NULL"),
            postgresql_where=text("answered_at IS NULL AND event_id IS NULL"),
        ),
        Index("ix_questions_open", "id", sqlite_where=text("answered_at IS NULL"), postgresql_where=text("answered_at IS NULL")),
        Index("ix_questions_user_id_id", "user_id", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    # NULL: what they did is not there.
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    activity_id: Mapped[int] = mapped_column(Whole, ForeignKey("activities.id"))
    # Their own day.
    day: Mapped[date] = mapped_column(LocalDate)
    note: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    # What would have been paid if nothing but a limit had been in the way, by asset: found out when it was asked.
    missing: Mapped[Any] = mapped_column(Document, default=dict)
    outcome: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    # What was booked or logged for it.
    answer_event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
