"""Who stands where, asked of the counts: some two hundred rows for any place on a board of any size."""

from bisect import bisect_left
from itertools import accumulate

from rewards.campaigns.blocks import LIES
from rewards.campaigns.ordering import SCORE_TOP
from rewards.campaigns.reshaping import BEYOND, BLOCKS
from rewards.kit import sql

# How many keys stand before one: whole groups, whole blocks of its group, and some of its block.
BEFORE = (
    "coalesce((SELECT sum(count) FROM rank_groups WHERE campaign_id = lying.campaign_id AND first_key < lying.group_key), 0)"
    " + coalesce((SELECT sum(count) FROM rank_blocks WHERE campaign_id = lying.campaign_id AND first_key >= lying.group_key"
    " AND first_key < lying.block_key), 0) + (SELECT count(*) FROM entrants WHERE campaign_id = lying.campaign_id"
    " AND rank_key >= lying.block_key AND rank_key < lying.rank_key)"
)
SOUGHT = {"column": "first_key", "campaign": "sought.campaign_id", "key": "sought.rank_key"}
LYING = (
    f"SELECT campaign_id, rank_key, {LIES.format(table='rank_groups', **SOUGHT)} AS group_key,"
    f" {LIES.format(table='rank_blocks', **SOUGHT)} AS block_key FROM ({{sought}}) AS sought"
)
# The place of an entrant `e`, as a part of a larger question; NULL where they have none.
OF_ENTRANT = "SELECT e.campaign_id AS campaign_id, e.rank_key AS rank_key WHERE e.rank_key IS NOT NULL"
OF_SUBSCRIBER = "SELECT campaign_id, rank_key FROM entrants WHERE campaign_id = ? AND subscriber_id = ? AND rank_key IS NOT NULL"
OF_KEY = "SELECT CAST(? AS bigint) AS campaign_id, CAST(? AS bigint) AS rank_key"
STANDING = f"SELECT {BEFORE}, rank_key FROM ({LYING.format(sought=OF_SUBSCRIBER)}) AS lying"
PLACE = f"SELECT {BEFORE} + 1 FROM ({LYING.format(sought=OF_ENTRANT)}) AS lying"
BEFORE_KEY = f"SELECT {BEFORE} FROM ({LYING.format(sought=OF_KEY)}) AS lying"
COUNTS = "SELECT first_key, count FROM {table} WHERE campaign_id = ? AND first_key >= ? AND first_key < ? ORDER BY first_key"
LINES = (
    f"SELECT subscriber_id, {SCORE_TOP} - (rank_key >> 32), rank_key FROM entrants WHERE campaign_id = ? AND rank_key {{side}} ?"
    " ORDER BY rank_key {way} LIMIT ? OFFSET ?"
)

# A place, who has it, what decides it (points or referrals), and their key.
Line = tuple[int, int, int, int]


def standing(campaign_id: int, subscriber_id: int) -> tuple[int, int] | None:
    """Somebody's place and key; None where they have none."""
    found = sql.rows(STANDING, (campaign_id, subscriber_id))
    return (int(found[0][0]) + 1, found[0][1]) if found else None


def keys_before(campaign_id: int, key: int) -> int:
    """How many stand before this key, whether anybody has it or not."""
    return int(sql.value(BEFORE_KEY, (campaign_id, key)) or 0)


def start_of(campaign_id: int, place: int) -> tuple[int, int] | None:
    """From which key on, and after how many more, the one at this place is found; None where nobody is that far behind."""
    if 1 <= place <= BLOCKS.size:
        # They are passed sooner than anything is looked up.
        return 0, place - 1
    found = _reach(sql.rows(COUNTS.format(table="rank_groups"), (campaign_id, 0, BEYOND)), place)
    if found is None:
        return None
    first, end, left = found
    within = _reach(sql.rows(COUNTS.format(table="rank_blocks"), (campaign_id, first, end)), left)
    return (within[0], within[2] - 1) if within else None


def lines_from(campaign_id: int, first_place: int, n: int) -> list[Line]:
    """So many from a place on, without anything that a name or another table would add."""
    start = start_of(campaign_id, first_place)
    if start is None:
        return []
    found = sql.rows(LINES.format(side=">=", way="ASC"), (campaign_id, start[0], n, start[1]))
    return [(place, *line) for place, line in enumerate(found, first_place)]


def lines_around(campaign_id: int, subscriber_id: int, each_side: int) -> list[Line]:
    """The same for somebody and their neighbours; nobody where they have no place."""
    found = standing(campaign_id, subscriber_id)
    if found is None:
        return []
    place, key = found
    ahead = sql.rows(LINES.format(side="<", way="DESC"), (campaign_id, key, each_side, 0))
    behind = sql.rows(LINES.format(side=">=", way="ASC"), (campaign_id, key, each_side + 1, 0))
    return [(number, *line) for number, line in enumerate([*reversed(ahead), *behind], place - len(ahead))]


def _reach(counts: list[sql.Row], place: int) -> tuple[int, int, int] | None:
    """Where the one at this place lies: the first key there, the first one after it, and how far behind the beginning."""
    ends = list(accumulate(count for _, count in counts))
    number = bisect_left(ends, place)
    if place < 1 or number == len(ends):
        return None
    following = counts[number + 1][0] if number + 1 < len(counts) else BEYOND
    return counts[number][0], following, place - (ends[number] - counts[number][1])
