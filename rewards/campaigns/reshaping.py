"""Blocks and groups of a board are divided where they have grown, and joined where little is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from rewards.kit import sql

# Every key lies above it, so the first block and the first group begin here for good.
FIRST = 0
BEYOND = 2**63 - 1
ADD = "INSERT INTO {table} (campaign_id, first_key, count) VALUES (?, ?, ?)"
CHANGE = "UPDATE {table} SET count = count + ? WHERE campaign_id = ? AND first_key = ?"
REMOVE = "DELETE FROM {table} WHERE campaign_id = ? AND first_key = ?"
BEFORE = "SELECT first_key, count FROM {table} WHERE campaign_id = ? AND first_key < ? ORDER BY first_key DESC LIMIT 1"
AFTER = "SELECT first_key, count FROM {table} WHERE campaign_id = ? AND first_key > ? ORDER BY first_key LIMIT 1"
ONE = "SELECT first_key, count FROM rank_blocks WHERE campaign_id = ? AND first_key = ?"
MIDDLE = "SELECT rank_key FROM entrants WHERE campaign_id = ? AND rank_key >= ? ORDER BY rank_key LIMIT 1 OFFSET ?"
WITHIN = "SELECT first_key, count FROM rank_blocks WHERE campaign_id = ? AND first_key >= ? AND first_key < ? ORDER BY first_key"


@dataclass(slots=True)
class Level:
    """A table of counts, and how many keys stand together in it when they are cut: about a quarter of them to twice as many."""

    table: str
    size: int

    def has_grown(self, count: int) -> bool:
        """Whether so many are too many."""
        return count > 2 * self.size

    def has_shrunk(self, count: int) -> bool:
        """Whether so many are too few."""
        return 4 * count < self.size


# Measured with a million people: larger ones take longer to count within, smaller ones to add up.
BLOCKS = Level("rank_blocks", 256)
GROUPS = Level("rank_groups", 16_384)


def reshape_blocks(campaign_id: int, counts: Mapping[int, int]) -> None:
    """See to blocks that now have these counts."""
    for first, count in counts.items():
        if BLOCKS.has_grown(count):
            middle = sql.value(MIDDLE, (campaign_id, first, count // 2))
            _divide(campaign_id, BLOCKS, first, middle, count - count // 2)
        elif BLOCKS.has_shrunk(count):
            _join(campaign_id, BLOCKS, first, count)


def reshape_groups(campaign_id: int, counts: Mapping[int, int]) -> None:
    """See to groups that now have these counts."""
    for first, count in counts.items():
        if GROUPS.has_grown(count):
            middle, behind = _middle_of_group(campaign_id, first, count)
            _divide(campaign_id, GROUPS, first, middle, behind)
        elif GROUPS.has_shrunk(count) and (joined := _join(campaign_id, GROUPS, first, count)):
            # The block that began this group need not stand alone any more.
            reshape_blocks(campaign_id, dict(sql.rows(ONE, (campaign_id, joined))))


def _divide(campaign_id: int, level: Level, first: int, middle: int, behind: int) -> None:
    sql.run(CHANGE.format(table=level.table), (-behind, campaign_id, first))
    sql.run(ADD.format(table=level.table), (campaign_id, middle, behind))


def _join(campaign_id: int, level: Level, first: int, count: int) -> int | None:
    """With the one before it or the one after it, where both together are not more than a new one has; where the later one began."""
    before = sql.rows(BEFORE.format(table=level.table), (campaign_id, first))
    if before and before[0][1] + count <= level.size and _may_go(campaign_id, level, first):
        return _merge(campaign_id, level, before[0][0], first, count)
    after = sql.rows(AFTER.format(table=level.table), (campaign_id, first))
    if after and after[0][1] + count <= level.size and _may_go(campaign_id, level, after[0][0]):
        return _merge(campaign_id, level, first, *after[0])
    return None


def _merge(campaign_id: int, level: Level, first: int, second: int, count: int) -> int:
    sql.run(REMOVE.format(table=level.table), (campaign_id, second))
    sql.run(CHANGE.format(table=level.table), (count, campaign_id, first))
    return second


def _may_go(campaign_id: int, level: Level, first: int) -> bool:
    """Where a group begins, a block begins."""
    return level is GROUPS or not _begins_group(campaign_id, first)


def _begins_group(campaign_id: int, first: int) -> bool:
    return sql.value("SELECT 1 FROM rank_groups WHERE campaign_id = ? AND first_key = ?", (campaign_id, first)) is not None


def _middle_of_group(campaign_id: int, first: int, count: int) -> tuple[int, int]:
    """The block at which a group's second half begins, and how many keys there are from there on."""
    after = sql.rows(AFTER.format(table=GROUPS.table), (campaign_id, first))
    (_, before), *others = sql.rows(WITHIN, (campaign_id, first, after[0][0] if after else BEYOND))
    for block, keys in others[:-1]:
        if 2 * before >= count:
            return block, count - before
        before += keys
    return others[-1][0], count - before
