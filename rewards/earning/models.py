"""What was done about somebody's earnings that is neither an event nor a movement."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Whole
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
