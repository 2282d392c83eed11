"""How many keys of a board lie where: in blocks of some hundred neighbours, and in groups of some dozen blocks.

Both are counted along with every move. What stands before a key is then the sum of some groups and some blocks and a count within one
block: some two hundred rows, however many people there are.
"""

from typing import NamedTuple

from rewards.campaigns import reshaping
from rewards.campaigns.reshaping import ADD, BLOCKS, FIRST, GROUPS
from rewards.kit import sql

HOLD = "SELECT placed FROM boards WHERE campaign_id = ? FOR UPDATE"
# Where a key lies: the last block, or group, that begins at it or before.
LIES = "(SELECT first_key FROM {table} WHERE campaign_id = {campaign} AND first_key <= {key} ORDER BY first_key DESC LIMIT 1)"
# One less there, one more here.
COUNT = (
    "UPDATE {table} SET count = count + CASE WHEN first_key = ? THEN -1 ELSE 1 END WHERE campaign_id = ? AND first_key IN (?, ?)"
    " RETURNING first_key, count"
)
CUT = (
    "INSERT INTO rank_blocks (campaign_id, first_key, count)"
    " SELECT CAST(? AS bigint), CASE WHEN number = 0 THEN 0 ELSE min(rank_key) END, count(*)"
    " FROM (SELECT rank_key, (row_number() OVER (ORDER BY rank_key) - 1) / CAST(? AS bigint) AS number"
    " FROM entrants WHERE campaign_id = ? AND rank_key IS NOT NULL) AS ordered GROUP BY number"
)
GATHER = (
    "INSERT INTO rank_groups (campaign_id, first_key, count) SELECT CAST(? AS bigint), min(first_key), sum(count)"
    " FROM (SELECT first_key, count, CAST(sum(count) OVER (ORDER BY first_key) - count AS bigint) / CAST(? AS bigint) AS number"
    " FROM rank_blocks WHERE campaign_id = ?) AS ordered GROUP BY number"
)


class Where(NamedTuple):
    """The block and the group in which a key lies, by the key they begin at."""

    block: int
    group: int


NOWHERE = Where(-1, -1)


def hold(campaign_id: int) -> None:
    """Hold the board until commit: who moves on it waits for who moved before. On SQLite a write block is alone."""
    if sql.lock_clause():
        sql.value(HOLD, (campaign_id,))


def lies(campaign: str, key: str) -> str:
    """The expressions for where the key of an expression lies."""
    return ", ".join(LIES.format(table=level.table, campaign=campaign, key=key) for level in (BLOCKS, GROUPS))


def where_is(campaign_id: int, key: int) -> Where:
    """Where a key lies."""
    return Where(*sql.rows(f"SELECT {lies('?', '?')}", (campaign_id, key) * 2)[0])


def count(campaign_id: int, out_of: Where, into: Where) -> None:
    """Count a key out of where it was and into where it is, which it must have been given already."""
    if out_of.block != into.block:
        counts = _count(campaign_id, BLOCKS, out_of.block, into.block)
        grouped = _count(campaign_id, GROUPS, out_of.group, into.group) if out_of.group != into.group else {}
        reshaping.reshape_blocks(campaign_id, counts)
        reshaping.reshape_groups(campaign_id, grouped)


def begin(campaign_id: int) -> None:
    """The first block and group of a new board, where nobody has made them."""
    for level in (BLOCKS, GROUPS):
        sql.run(f"{ADD} ON CONFLICT (campaign_id, first_key) DO NOTHING".format(table=level.table), (campaign_id, FIRST, 0))


def rebuild(campaign_id: int) -> int:
    """Cut the whole board anew; how many keys there are."""
    for level in (BLOCKS, GROUPS):
        sql.run(f"DELETE FROM {level.table} WHERE campaign_id = ?", (campaign_id,))
    sql.run(CUT, (campaign_id, BLOCKS.size, campaign_id))
    sql.run(GATHER, (campaign_id, GROUPS.size, campaign_id))
    begin(campaign_id)
    return int(sql.value("SELECT sum(count) FROM rank_groups WHERE campaign_id = ?", (campaign_id,)))


def _count(campaign_id: int, level: reshaping.Level, less: int, more: int) -> dict[int, int]:
    return dict(sql.rows(COUNT.format(table=level.table), (less, campaign_id, less, more)))
