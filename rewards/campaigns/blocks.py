"""How many keys of a board lie where: in blocks of some hundred neighbours, and in groups of some dozen blocks.

Both are counted along with every move. What stands before a key is then the sum of some groups and some blocks and a count within one
block: some two hundred rows, however many people there are.
"""

from typing import NamedTuple

from rewards.campaigns import reshaping
from rewards.campaigns.reshaping import ADD, BLOCKS, FIRST, GROUPS
from rewards.kit import sql

HOLD = "SELECT placed FROM boards WHERE campaign_id = ? FOR UPDATE"
# Where a key lies: the last block, or group, that begins at it or before; and how many lie there.
LIES = "(SELECT {column} FROM {table} WHERE campaign_id = {campaign} AND first_key <= {key} ORDER BY first_key DESC LIMIT 1)"
CHANGE = {level.table: reshaping.CHANGE.format(table=level.table) for level in (BLOCKS, GROUPS)}
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
    """The block and the group in which a key lies, by the key they begin at, and how many keys each of them has."""

    block: int
    in_block: int
    group: int
    in_group: int


NOWHERE = Where(-1, 0, -1, 0)


def hold(campaign_id: int) -> None:
    """Hold the board until commit: who moves on it waits for who moved before. On SQLite a write block is alone."""
    if sql.lock_clause():
        sql.value(HOLD, (campaign_id,))


def lies(campaign: str, key: str) -> str:
    """The expressions for where the key of an expression lies, in a `Where`'s order."""
    tables = [(level.table, column) for level in (BLOCKS, GROUPS) for column in ("first_key", "count")]
    return ", ".join(LIES.format(table=table, column=column, campaign=campaign, key=key) for table, column in tables)


def where_is(campaign_id: int, key: int) -> Where:
    """Where a key lies."""
    return Where(*sql.rows(f"SELECT {lies('?', '?')}", (campaign_id, key) * len(Where._fields))[0])


def count(campaign_id: int, out_of: Where, into: Where) -> None:
    """Count a key out of where it was and into where it is, which it must have been given already."""
    if out_of.block == into.block:
        return
    counts = _count(campaign_id, BLOCKS, (out_of.block, out_of.in_block), (into.block, into.in_block))
    if out_of.group != into.group:
        grouped = _count(campaign_id, GROUPS, (out_of.group, out_of.in_group), (into.group, into.in_group))
        reshaping.reshape_blocks(campaign_id, counts)
        reshaping.reshape_groups(campaign_id, grouped)
    else:
        reshaping.reshape_blocks(campaign_id, counts)


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


def _count(campaign_id: int, level: reshaping.Level, less: tuple[int, int], more: tuple[int, int]) -> dict[int, int]:
    """One less in the one, one more in the other, of which one may be nowhere; what they have then."""
    counts = [(first, count + change, change) for (first, count), change in ((less, -1), (more, 1)) if first != NOWHERE.block]
    sql.run_many(CHANGE[level.table], [(change, campaign_id, first) for first, _, change in counts])
    return {first: count for first, count, _ in counts}
