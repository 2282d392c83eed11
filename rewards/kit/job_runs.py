"""The record of every run of a job: a row is claimed before the work, so that late is fine and twice is not."""

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
    # What it did in one line, or why it failed.
    outcome: Mapped[str | None] = mapped_column(Text)
