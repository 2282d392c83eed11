"""Ids that were taken as numbers and that no row will have: on SQLite, which gives the next one after those that it sees."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class TakenId(Model):
    """The last id of one table that was taken so. PostgreSQL's sequences remember by themselves."""

    __tablename__ = "taken_ids"
    __table_args__ = (TABLE_OPTIONS,)

    table_name: Mapped[str] = mapped_column(Text, primary_key=True)
    last_id: Mapped[int] = mapped_column(Whole)
