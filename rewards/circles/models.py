"""Circles, who is in them, what is told in them, and who cheered for it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Flag, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model

# Of a membership: it has not ended.
IS_OPEN = "left_at IS NULL"


class ItemKind(StrEnum):
    """What a line of a feed tells."""

    EVENT = "event"
    LEVEL = "level"
    ACHIEVEMENT = "achievement"


class Circle(Model):
    """A coach's small group, and the XP that it means to earn in a week."""

    __tablename__ = "circles"
    __table_args__ = (CheckConstraint("goal_xp > 0", name="goal_xp"), Index("ix_circles_coach_id", "coach_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    coach_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(Text)
    # From Monday to Sunday of the coach's calendar. NULL: no goal.
    goal_xp: Mapped[int | None] = mapped_column(Whole)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Membership(Model):
    """Somebody's time in a circle; coming back is another one. It counts while the circle's coach is still theirs."""

    __tablename__ = "memberships"
    __table_args__ = (
        # One circle at a time.
        Index("uq_memberships_open_user_id", "user_id", unique=True, sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
        Index("ix_memberships_circle_id_user_id", "circle_id", "user_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    circle_id: Mapped[int] = mapped_column(Whole, ForeignKey("circles.id"))
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    # Whether the others see what they do. Everybody begins hidden.
    shows: Mapped[bool] = mapped_column(Flag, default=False)
    joined_at: Mapped[datetime] = mapped_column(UtcTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FeedItem(Model):
    """Something that a member did or reached while they were in the circle; once each."""

    __tablename__ = "feed_items"
    __table_args__ = (
        CheckConstraint("kind IN ('event', 'level', 'achievement')", name="kind"),
        Index("uq_feed_items_circle_id_user_id_kind_about", "circle_id", "user_id", "kind", "about", unique=True),
        # A page of a feed, and what one person told.
        Index("ix_feed_items_circle_id_at_id", "circle_id", "at", "id"),
        Index("ix_feed_items_user_id", "user_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    circle_id: Mapped[int] = mapped_column(Whole, ForeignKey("circles.id"))
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(Text)
    # The event's id, the level's number or the achievement's id.
    about: Mapped[int] = mapped_column(Whole)
    # What it follows from: when that is undone, this goes with it. NULL where it follows from nothing that could be undone.
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    # What the level was called then; empty for anything else.
    name: Mapped[str] = mapped_column(Text)
    # What it brought at the time, with its bonuses; 0 where it brought nothing of its own.
    xp: Mapped[int] = mapped_column(Whole)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Cheer(Model):
    """Somebody cheered for something, once."""

    __tablename__ = "cheers"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    item_id: Mapped[int] = mapped_column(Whole, ForeignKey("feed_items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
