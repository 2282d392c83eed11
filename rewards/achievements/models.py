"""Achievements and who has unlocked them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Achievement(Model):
    """The identity of an achievement; what it asks and gives is a definition."""

    __tablename__ = "achievements"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    # NULL: everybody's; otherwise for the clients of this coach.
    coach_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))


class Unlock(Model):
    """Somebody has unlocked an achievement, once."""

    __tablename__ = "unlocks"
    __table_args__ = (UniqueConstraint("user_id", "achievement_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    achievement_id: Mapped[int] = mapped_column(Whole, ForeignKey("achievements.id"))
    unlocked_at: Mapped[datetime] = mapped_column(UtcTime)
    # NULL: by what they did; otherwise by the hand of this person.
    awarded_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    note: Mapped[str | None] = mapped_column(Text)
    # The event that made it true, and the system event that paid the bonus, where there was one.
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    bonus_event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    # The undo that last found it again: it may rest on anything decided before that.
    found_no: Mapped[int | None] = mapped_column(Whole)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
