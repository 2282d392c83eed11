"""Who takes part in a campaign, where they stand, and how that stood when it was written down."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Entrant(Model):
    """A subscriber in one campaign. Their score is a balance in the ledger; `rank_key` follows it in the same transaction."""

    __tablename__ = "entrants"
    __table_args__ = (
        # The board's order. Two never share a place: the sign-up sequence is part of the key.
        Index(
            "uq_entrants_campaign_id_rank_key",
            "campaign_id",
            "rank_key",
            unique=True,
            sqlite_where=text("rank_key IS NOT NULL"),
            postgresql_where=text("rank_key IS NOT NULL"),
        ),
        Index("ix_entrants_subscriber_id", "subscriber_id"),
        TABLE_OPTIONS | {"sqlite_with_rowid": False},
    )

    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"), primary_key=True)
    # ((SCORE_TOP - score) << 32) | sequence, in rising order of places; NULL where disqualified.
    rank_key: Mapped[int | None] = mapped_column(Whole)
    # Confirmed, unflagged, not undone referrals in this campaign.
    referrals: Mapped[int] = mapped_column(Whole, default=0)
    # The variant of the rules that decides for them, for good; empty: the campaign's own.
    variant: Mapped[str] = mapped_column(Text, default="")
    # The place when places were last recalculated: a cache for exports, never for a page that says "now".
    position: Mapped[int | None] = mapped_column(Whole)
    entered_at: Mapped[datetime] = mapped_column(UtcTime)


class Board(Model):
    """One campaign's board: whoever moves somebody on it holds this row."""

    __tablename__ = "boards"
    __table_args__ = (TABLE_OPTIONS,)

    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    # How many have a place.
    placed: Mapped[int] = mapped_column(Whole, default=0)
    recalculated_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RankBlock(Model):
    """Some hundred neighbours on the board: how many keys there are from the first one on, before the next block's."""

    __tablename__ = "rank_blocks"
    __table_args__ = (CheckConstraint("count >= 0", name="count"), TABLE_OPTIONS | {"sqlite_with_rowid": False})

    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"), primary_key=True)
    first_key: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Whole)


class RankGroup(Model):
    """Some dozen neighbouring blocks, counted once more as one: with them a place is a sum of few numbers on a board of any size."""

    __tablename__ = "rank_groups"
    __table_args__ = (CheckConstraint("count >= 0", name="count"), TABLE_OPTIONS | {"sqlite_with_rowid": False})

    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"), primary_key=True)
    # Where a group begins, a block begins.
    first_key: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Whole)


class Snapshot(Model):
    """The board as it stood at a moment. Never changed; a long one is complete when its last place is there."""

    __tablename__ = "snapshots"
    __table_args__ = (
        CheckConstraint("kind IN ('interim', 'final')", name="kind"),
        Index("ix_snapshots_campaign_id_id", "campaign_id", "id"),
        # A campaign ends once.
        Index(
            "uq_snapshots_final_campaign_id",
            "campaign_id",
            unique=True,
            sqlite_where=text("kind = 'final'"),
            postgresql_where=text("kind = 'final'"),
        ),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Whole, ForeignKey("campaigns.id"))
    kind: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
    taken_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    scoring_mode: Mapped[str] = mapped_column(Text)
    places: Mapped[int] = mapped_column(Whole)


class SnapshotPlace(Model):
    """One place of a snapshot. Never changed; the name is asked when it is shown, so that it can be hidden or erased."""

    __tablename__ = "snapshot_places"
    __table_args__ = (Index("ix_snapshot_places_subscriber_id", "subscriber_id"), TABLE_OPTIONS | {"sqlite_with_rowid": False})

    snapshot_id: Mapped[int] = mapped_column(Whole, ForeignKey("snapshots.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"))
    score: Mapped[int] = mapped_column(Whole)
    referrals: Mapped[int] = mapped_column(Whole)


class KeptPlace(Model):
    """What somebody had who moved after a snapshot was begun and before it was complete."""

    __tablename__ = "kept_places"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    snapshot_id: Mapped[int] = mapped_column(Whole, ForeignKey("snapshots.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(Whole, ForeignKey("subscribers.id"), primary_key=True)
    rank_key: Mapped[int] = mapped_column(Whole)
    score: Mapped[int] = mapped_column(Whole)
    referrals: Mapped[int] = mapped_column(Whole)
