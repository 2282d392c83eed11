"""The board's order: one key for each subscriber, and counts of neighbours in blocks and groups, kept in the score's own transaction.

A place is the sum of the counts before one's own block and a count inside it, so it is exact at any size and never out of date.
"""

from collections.abc import Sequence

from rewards.campaigns import blocks
from rewards.campaigns.blocks import NOWHERE, Where
from rewards.campaigns.ordering import SCORE_TOP, key_of, mode_of, score_of, wanted_keys
from rewards.kit import sql
from rewards.kit.database import db

__all__ = ["SCORE_TOP", "enter", "key_of", "leave", "move", "rebuild", "rejoin", "score_of"]

# Their key, the one that a score would give them, and where both of them lie.
MOVE = (
    f"SELECT old, new, {blocks.lies('moved.campaign_id', 'old')}, {blocks.lies('moved.campaign_id', 'new')} "
    " FROM (SELECT campaign_id, rank_key AS old, (rank_key & 4294967295) + CAST(? AS bigint) AS new"
    " FROM entrants WHERE campaign_id = ? AND subscriber_id = ?) AS moved"
)
KEY = "SELECT rank_key FROM entrants WHERE campaign_id = ? AND subscriber_id = ?"
SET = "UPDATE entrants SET rank_key = ? WHERE campaign_id = ? AND subscriber_id = ?"
# Two never get the same key, so it does not matter in which order they are set.
REORDER = (
    "UPDATE entrants SET rank_key = wanted.rank_key FROM ({wanted}) AS wanted WHERE entrants.campaign_id = ?"
    " AND entrants.subscriber_id = wanted.subscriber_id AND entrants.rank_key IS DISTINCT FROM wanted.rank_key"
)
PLACED = "UPDATE boards SET placed = placed + ? WHERE campaign_id = ?"
# From so many on, ordering everybody anew is sooner done.
MANY = 1_000


def enter(*, campaign_id: int, subscriber_ids: Sequence[int]) -> None:
    """Give these entrants the place that their score has; who has one keeps it, who is disqualified gets none."""
    if len(subscriber_ids) >= MANY:
        rebuild(campaign_id=campaign_id)
        return
    _hold(campaign_id)
    wanted, params = wanted_keys(campaign_id, mode_of(campaign_id), subscriber_ids)
    missing = (
        f"SELECT wanted.subscriber_id, wanted.rank_key FROM ({wanted}) AS wanted JOIN entrants ON entrants.campaign_id = ?"
        " AND entrants.subscriber_id = wanted.subscriber_id WHERE entrants.rank_key IS NULL AND wanted.rank_key IS NOT NULL"
    )
    for subscriber_id, key in sql.rows(missing, (*params, campaign_id)):
        sql.run(SET, (key, campaign_id, subscriber_id))
        sql.run(PLACED, (1, campaign_id))
        blocks.count(campaign_id, NOWHERE, blocks.where_is(campaign_id, key))


def move(*, campaign_id: int, subscriber_id: int, score: int) -> None:
    """Let the place follow what decides it: the score, or the number of referrals, as the campaign plays. Who has no place gets none."""
    blocks.hold(campaign_id)
    found = sql.rows(MOVE, (key_of(score, 0), campaign_id, subscriber_id))
    old, new, *places = found[0] if found else (None, None)
    if old is not None and new != old:
        sql.run(SET, (new, campaign_id, subscriber_id))
        blocks.count(campaign_id, Where(*places[:4]), Where(*places[4:]))


def leave(*, campaign_id: int, subscriber_id: int) -> None:
    """Take somebody's place away; everybody behind moves up."""
    blocks.hold(campaign_id)
    old = sql.value(KEY, (campaign_id, subscriber_id))
    if old is not None:
        sql.run(SET, (None, campaign_id, subscriber_id))
        sql.run(PLACED, (-1, campaign_id))
        blocks.count(campaign_id, blocks.where_is(campaign_id, old), NOWHERE)


def rejoin(*, campaign_id: int, subscriber_id: int) -> None:
    """Give somebody back the place that their score has now."""
    enter(campaign_id=campaign_id, subscriber_ids=[subscriber_id])


def rebuild(*, campaign_id: int) -> int:
    """Order everybody anew, by what the ledger and the referrals say and as the campaign plays now; how many stood elsewhere."""
    # What was just said of the campaign must stand where the question looks.
    db.session.flush()
    _hold(campaign_id)
    wanted, params = wanted_keys(campaign_id, mode_of(campaign_id))
    moved = sql.run(REORDER.format(wanted=wanted), (*params, campaign_id))
    placed = blocks.rebuild(campaign_id)
    sql.run("UPDATE boards SET placed = ? WHERE campaign_id = ?", (placed, campaign_id))
    return moved


def _hold(campaign_id: int) -> None:
    """Hold a board that may be new."""
    if sql.value("SELECT 1 FROM boards WHERE campaign_id = ?", (campaign_id,)) is None:
        sql.run("INSERT INTO boards (campaign_id, placed) VALUES (?, 0) ON CONFLICT (campaign_id) DO NOTHING", (campaign_id,))
        blocks.hold(campaign_id)
        blocks.begin(campaign_id)
    else:
        blocks.hold(campaign_id)
