"""Every board held against the ledger, the referrals and a plain count of its own keys; and made anew where they differ."""

from typing import NamedTuple

from rewards.campaigns import boards
from rewards.campaigns.ordering import mode_of, wanted_keys
from rewards.kit import sql

DIFFERS = (
    "SELECT wanted.subscriber_id, wanted.rank_key, wanted.found FROM ({wanted}) AS wanted"
    " WHERE wanted.rank_key IS DISTINCT FROM wanted.found ORDER BY 1"
)
# Every count beside what it should be: how many keys there are before the next one begins.
MISCOUNTED = (
    "SELECT first_key, count, counted FROM (SELECT first_key, count, (SELECT count(*) FROM entrants WHERE campaign_id = bounded.campaign_id"
    " AND rank_key >= first_key AND rank_key < coalesce(next_key, 9223372036854775807)) AS counted"
    " FROM (SELECT campaign_id, first_key, count, lead(first_key) OVER (ORDER BY first_key) AS next_key FROM {table}"
    " WHERE campaign_id = ?) AS bounded) AS counts WHERE count <> counted ORDER BY first_key"
)
# Where a group begins, a block begins; and the first of both begins below every key.
STRAY = (
    "SELECT first_key FROM rank_groups WHERE campaign_id = ?"
    " AND first_key NOT IN (SELECT first_key FROM rank_blocks WHERE campaign_id = ?) ORDER BY first_key"
)
PLACED = "SELECT count(*) FROM entrants WHERE campaign_id = ? AND rank_key IS NOT NULL"


class WrongBoard(NamedTuple):
    """Something about a board that is not what it should be."""

    campaign_id: int
    what: str
    derived: int | None
    stored: int | None


def wrong_boards() -> list[WrongBoard]:
    """Every difference on every board; none is what everybody hopes for."""
    return [
        wrong
        for (campaign_id, placed) in sql.rows("SELECT campaign_id, placed FROM boards ORDER BY 1")
        for wrong in _wrong(campaign_id, placed)
    ]


def restore_boards() -> int:
    """Order every board anew that is wrong somewhere; how many differences there were."""
    wrong = wrong_boards()
    for campaign_id in sorted({one.campaign_id for one in wrong}):
        boards.rebuild(campaign_id=campaign_id)
    return len(wrong)


def _wrong(campaign_id: int, placed: int) -> list[WrongBoard]:
    wanted, params = wanted_keys(campaign_id, mode_of(campaign_id))
    keys = sql.rows(DIFFERS.format(wanted=wanted), params)
    found = [WrongBoard(campaign_id, f"key of subscriber {subscriber_id}", derived, stored) for subscriber_id, derived, stored in keys]
    for table, name in (("rank_blocks", "block"), ("rank_groups", "group")):
        counts = sql.rows(MISCOUNTED.format(table=table), (campaign_id,))
        found += [WrongBoard(campaign_id, f"count of the {name} from {first}", counted, count) for first, count, counted in counts]
        first = sql.value(f"SELECT min(first_key) FROM {table} WHERE campaign_id = ?", (campaign_id,))
        found += [WrongBoard(campaign_id, f"first {name}", 0, first)] if first != 0 else []
    found += [WrongBoard(campaign_id, "block where a group begins", row[0], None) for row in sql.rows(STRAY, (campaign_id, campaign_id))]
    counted = sql.value(PLACED, (campaign_id,))
    return found if counted == placed else [*found, WrongBoard(campaign_id, "number of places", counted, placed)]
