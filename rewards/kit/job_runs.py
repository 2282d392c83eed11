"""The record of every run of a job, and of who leads: a run is claimed before the work, so that late is fine and twice is not."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class JobRun(Model):
    """One run of one job for one scheduled time."""

    __tablename__ = "job_runs"
    __table_args__ = (
        UniqueConstraint("job", "scheduled_for"),
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    job: Mapped[str] = mapped_column(Text)
    scheduled_for: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(Text)
    # Whose run it is. There is one leader at a time, so a run of another one that says `running` was cut off.
    leader: Mapped[str] = mapped_column(Text)
    # What it did in one line, or why it failed.
    outcome: Mapped[str | None] = mapped_column(Text)


class JobLeader(Model):
    """The process that runs the timetable. One row at most."""

    __tablename__ = "job_leaders"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    leader: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcTime)
    # When it last said that it is there.
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    # When the clock was last found far from where it had been seen; what expires things then waits a day.
    clock_moved_at: Mapped[datetime | None] = mapped_column(UtcTime)
