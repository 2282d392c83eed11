"""The levels that people have reached."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class LevelReach(Model):
    """Somebody reached a level, once; falling below it and coming back makes no second one."""

    __tablename__ = "level_reaches"
    __table_args__ = (UniqueConstraint("user_id", "number"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    reached_at: Mapped[datetime] = mapped_column(UtcTime)
    event_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("events.id"))
    # When the person was told; the moment is shown once.
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
