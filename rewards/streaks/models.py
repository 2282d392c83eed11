"""The state of each person's run in each activity."""

from datetime import date

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import LocalDate, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Streak(Model):
    """One person, one activity: the latest run of local days, the longest one, and how often they did it in all."""

    __tablename__ = "streaks"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(Whole, ForeignKey("users.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(Whole, ForeignKey("activities.id"), primary_key=True)
    # The events that counts take, over all days.
    counted: Mapped[int] = mapped_column(Integer)
    # The run that ends on `last_day`; whether it is still alive depends on what day it is.
    current: Mapped[int] = mapped_column(Integer)
    best: Mapped[int] = mapped_column(Integer)
    last_day: Mapped[date] = mapped_column(LocalDate)
