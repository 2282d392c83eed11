"""How many keys of a board lie in each of its blocks: counted along with every move, split where they grow and joined where they shrink."""

from rewards.kit import sql

# Keys in a block when it is made; above twice as many it is split. Larger ones are slower to count within, more of them to add up.
SIZE = 1_024
# Every key lies above it, so the first block begins here for good.
FIRST = 0
HOLD = "SELECT placed FROM boards WHERE campaign_id = ? FOR UPDATE"
OF = "(SELECT first_key FROM rank_blocks WHERE campaign_id = ? AND first_key <= ? ORDER BY first_key DESC LIMIT 1)"
COUNT = f"UPDATE rank_blocks SET count = count + ? WHERE campaign_id = ? AND first_key = {OF} RETURNING first_key, count"
ADD = "INSERT INTO rank_blocks (campaign_id, first_key, count) VALUES (?, ?, ?)"
SHRINK = "UPDATE rank_blocks SET count = count - ? WHERE campaign_id = ? AND first_key = ?"
REMOVE = "DELETE FROM rank_blocks WHERE campaign_id = ? AND first_key = ?"
MIDDLE = "SELECT rank_key FROM entrants WHERE campaign_id = ? AND rank_key >= ? ORDER BY rank_key LIMIT 1 OFFSET ?"
BEFORE = "SELECT first_key, count FROM rank_blocks WHERE campaign_id = ? AND first_key < ? ORDER BY first_key DESC LIMIT 1"
CUT = (
    "INSERT INTO rank_blocks (campaign_id, first_key, count)"
    " SELECT CAST(? AS bigint), CASE WHEN number = 0 THEN 0 ELSE min(rank_key) END, count(*)"
    " FROM (SELECT rank_key, (row_number() OVER (ORDER BY rank_key) - 1) / ? AS number"
    " FROM entrants WHERE campaign_id = ? AND rank_key IS NOT NULL) AS ordered GROUP BY number"
)


def hold(campaign_id: int) -> None:
    """Hold the board until commit: who moves on it waits for who moved before. On SQLite a write block is alone."""
    if sql.lock_clause():
        sql.value(HOLD, (campaign_id,))


def begin(campaign_id: int) -> None:
    """The first block of a new board, where another has not just made it."""
    sql.run(f"{ADD} ON CONFLICT (campaign_id, first_key) DO NOTHING", (campaign_id, FIRST, 0))


def count_in(campaign_id: int, key: int) -> None:
    """Count a key that is new."""
    first, count = sql.rows(COUNT, (1, campaign_id, campaign_id, key))[0]
    if count > 2 * SIZE:
        _split(campaign_id, first, count)


def count_out(campaign_id: int, key: int) -> None:
    """Count a key no more."""
    first, count = sql.rows(COUNT, (-1, campaign_id, campaign_id, key))[0]
    if count * 4 < SIZE and first != FIRST:
        _join(campaign_id, first, count)


def count_over(campaign_id: int, old: int, new: int) -> None:
    """Count what was at one key at another. The key itself must stand at the new one already."""
    if _lies_elsewhere(campaign_id, old, new):
        count_out(campaign_id, old)
        count_in(campaign_id, new)


def rebuild(campaign_id: int) -> int:
    """Cut the whole board into blocks anew; how many keys there are."""
    sql.run("DELETE FROM rank_blocks WHERE campaign_id = ?", (campaign_id,))
    sql.run(CUT, (campaign_id, SIZE, campaign_id))
    begin(campaign_id)
    return int(sql.value("SELECT sum(count) FROM rank_blocks WHERE campaign_id = ?", (campaign_id,)))


def _lies_elsewhere(campaign_id: int, old: int, new: int) -> bool:
    between = "SELECT 1 FROM rank_blocks WHERE campaign_id = ? AND first_key > ? AND first_key <= ? LIMIT 1"
    return sql.value(between, (campaign_id, min(old, new), max(old, new))) is not None


def _split(campaign_id: int, first: int, count: int) -> None:
    """A block that has grown too large becomes two."""
    middle = sql.value(MIDDLE, (campaign_id, first, count // 2))
    sql.run(SHRINK, (count - count // 2, campaign_id, first))
    sql.run(ADD, (campaign_id, middle, count - count // 2))


def _join(campaign_id: int, first: int, count: int) -> None:
    """A block that is nearly empty joins the one before it, where both together are not too large."""
    before, neighbours = sql.rows(BEFORE, (campaign_id, first))[0]
    if neighbours + count <= SIZE:
        sql.run(REMOVE, (campaign_id, first))
        sql.run(SHRINK, (-count, campaign_id, before))
