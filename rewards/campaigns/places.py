"""A campaign's board as people see it now: exact places, with names as their owners chose."""

from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.finding import standing, start_of
from rewards.campaigns.ordering import mode_of, score_of
from rewards.campaigns.placed import Placed, line_of
from rewards.campaigns.reasons import Why, to_next
from rewards.kit import sql
from rewards.ledger.models import SCORE_OF

__all__ = ["Placed", "Why", "around", "page", "place_of", "to_next", "top", "total"]

BALANCE = "SELECT balance FROM accounts WHERE owner_kind = 'subscriber' AND owner_id = entrants.subscriber_id AND asset = '{asset}'"
STANDS = "SELECT entrants.subscriber_id, {score} AS score, entrants.referrals, subscribers.name, subscribers.display, subscribers.status"
LINES = (
    f"{STANDS}{{key}} FROM entrants JOIN subscribers ON subscribers.id = entrants.subscriber_id"
    " WHERE entrants.campaign_id = ? AND entrants.rank_key {side} ? ORDER BY entrants.rank_key {way} LIMIT ? OFFSET ?"
)
KEY = ", entrants.rank_key AS rank_key"


def place_of(campaign_id: int, subscriber_id: int) -> int | None:
    """Somebody's place now; None where they have none."""
    found = standing(campaign_id, subscriber_id)
    return found[0] if found else None


def total(campaign_id: int) -> int:
    """How many have a place."""
    return int(sql.value("SELECT placed FROM boards WHERE campaign_id = ?", (campaign_id,)) or 0)


def top(campaign_id: int, n: int) -> list[Placed]:
    """The first so many."""
    mode = mode_of(campaign_id)
    return _numbered(1, mode, sql.rows(_spelled(campaign_id, mode), (campaign_id, 0, n, 0))) if n > 0 else []


def page(campaign_id: int, first_place: int, n: int, mode: ScoringMode | None = None) -> list[Placed]:
    """So many from a place on; none where nobody is that far behind. Whoever knows what decides places may say it."""
    start = start_of(campaign_id, first_place)
    if start is None or n <= 0:
        return []
    mode = mode or mode_of(campaign_id)
    return _numbered(first_place, mode, sql.rows(_spelled(campaign_id, mode), (campaign_id, start[0], n, start[1])))


def around(campaign_id: int, subscriber_id: int, each_side: int = 2, mode: ScoringMode | None = None) -> list[Placed]:
    """Somebody among their neighbours, as many on each side where there are; nobody where they have no place."""
    found = standing(campaign_id, subscriber_id)
    if found is None:
        return []
    place, key = found
    mode = mode or mode_of(campaign_id)
    ahead, behind = (_spelled(campaign_id, mode, side=side, key=KEY) for side in ("<", ">="))
    both = f"SELECT * FROM ({ahead}) AS ahead UNION ALL SELECT * FROM ({behind}) AS behind ORDER BY rank_key"
    lines = sql.rows(both, (campaign_id, key, each_side, 0, campaign_id, key, each_side + 1, 0))
    before = sum(line[-1] < key for line in lines)
    return _numbered(place - before, mode, [line[:-1] for line in lines])


def _spelled(campaign_id: int, mode: ScoringMode, side: str = ">=", key: str = "") -> str:
    # Where points decide, the key says how many there are.
    by_points = mode == ScoringMode.POINTS
    score = "entrants.rank_key" if by_points else f"coalesce(({BALANCE.format(asset=f'{SCORE_OF}{campaign_id}')}), 0)"
    return LINES.format(score=score, key=key, side=side, way="DESC" if side == "<" else "ASC")


def _numbered(first: int, mode: ScoringMode, lines: list[sql.Row]) -> list[Placed]:
    if mode == ScoringMode.POINTS:
        lines = [(who, score_of(decides), *told) for who, decides, *told in lines]
    return [line_of(place, line) for place, line in enumerate(lines, first)]
