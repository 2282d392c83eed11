"""The cached place of everybody, for exports and other systems: worked out by hand for one campaign, or bit by bit by a job for all."""

from sqlalchemy import select

from rewards.campaigns.board_models import Board
from rewards.campaigns.finding import keys_before
from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import ACTIVE
from rewards.campaigns.reshaping import BEYOND
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound

# Only what differs is written.
POSITION = (
    "UPDATE entrants SET position = stands.place FROM"
    " (SELECT subscriber_id AS who, CAST(? AS bigint) + row_number() OVER (ORDER BY rank_key) AS place"
    " FROM entrants WHERE campaign_id = ? AND rank_key >= ? AND rank_key < ?) AS stands"
    " WHERE campaign_id = ? AND subscriber_id = stands.who AND position IS DISTINCT FROM stands.place"
)
GONE = "UPDATE entrants SET position = NULL WHERE campaign_id = ? AND rank_key IS NULL AND position IS NOT NULL"
BLOCKS = "SELECT first_key, count FROM rank_blocks WHERE campaign_id = ? AND first_key > ? ORDER BY first_key LIMIT ?"
# So many blocks at a time: some thousand places, so that nobody waits long for the write block that keeps them.
AT_A_TIME = 12


def recalculate_positions(*, campaign_id: int) -> int:
    """Keep everybody's place as it is at this moment; how many it was another for. Raises NotFound."""
    _hold(campaign_id)
    changed = sql.run(POSITION, (0, campaign_id, 0, BEYOND, campaign_id)) + sql.run(GONE, (campaign_id,))
    _note(campaign_id)
    return changed


def recalculate_all() -> int:
    """The same for every campaign that goes on, some thousand places at a time in write blocks of its own; how many places changed."""
    with db.read() as session:
        playing = list(
            session.scalars(select(Campaign.id).join(Board, Board.campaign_id == Campaign.id).where(Campaign.status.in_(ACTIVE)))
        )
    return sum(_recalculate_slowly(campaign_id) for campaign_id in playing)


def _recalculate_slowly(campaign_id: int) -> int:
    changed, first = 0, 0
    while first < BEYOND:
        with db.write():
            some, first = _recalculate_from(campaign_id, first)
            changed += some
    with db.write():
        _hold(campaign_id)
        changed += sql.run(GONE, (campaign_id,))
        _note(campaign_id)
    return changed


def _recalculate_from(campaign_id: int, first: int) -> tuple[int, int]:
    """The next blocks from this key on: how many places changed, and where the blocks after them begin."""
    _hold(campaign_id)
    following = sql.rows(BLOCKS, (campaign_id, first, AT_A_TIME))
    end = following[-1][0] if len(following) == AT_A_TIME else BEYOND
    # A block that began here may have been joined with the one before it in the meantime.
    before = keys_before(campaign_id, first)
    return sql.run(POSITION, (before, campaign_id, first, end, campaign_id)), end


def _hold(campaign_id: int) -> None:
    # The campaign before its board, as whoever scores does, and so that a new row may point at it: then no two wait for each other.
    db.session.get(Campaign, campaign_id, with_for_update={"key_share": True}, populate_existing=True)
    if not sql.rows(f"SELECT 1 FROM boards WHERE campaign_id = ?{sql.lock_clause()}", (campaign_id,)):
        raise NotFound(f"board of campaign {campaign_id}")


def _note(campaign_id: int) -> None:
    sql.run("UPDATE boards SET recalculated_at = ? WHERE campaign_id = ?", (time_text(clock.now()), campaign_id))
