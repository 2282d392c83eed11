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
LINES = (
    "SELECT entrants.subscriber_id, {score}, entrants.referrals, subscribers.name, subscribers.display, subscribers.status"
    " FROM entrants JOIN subscribers ON subscribers.id = entrants.subscriber_id"
    " WHERE entrants.campaign_id = ? AND entrants.rank_key {side} ? ORDER BY entrants.rank_key {way} LIMIT ? OFFSET ?"
)


def place_of(campaign_id: int, subscriber_id: int) -> int | None:
    """Somebody's place now; None where they have none."""
    found = standing(campaign_id, subscriber_id)
    return found[0] if found else None


def total(campaign_id: int) -> int:
    """How many have a place."""
    return int(sql.value("SELECT placed FROM boards WHERE campaign_id = ?", (campaign_id,)) or 0)


def top(campaign_id: int, n: int) -> list[Placed]:
    """The first so many."""
    return _numbered(1, _ask(campaign_id, ">=", 0, n)) if n > 0 else []


def page(campaign_id: int, first_place: int, n: int) -> list[Placed]:
    """So many from a place on; none where nobody is that far behind."""
    start = start_of(campaign_id, first_place)
    return _numbered(first_place, _ask(campaign_id, ">=", start[0], n, start[1])) if start and n > 0 else []


def around(campaign_id: int, subscriber_id: int, each_side: int = 2) -> list[Placed]:
    """Somebody among their neighbours, as many on each side where there are; nobody where they have no place."""
    found = standing(campaign_id, subscriber_id)
    if found is None:
        return []
    place, key = found
    ahead = _ask(campaign_id, "<", key, each_side)
    return _numbered(place - len(ahead), [*reversed(ahead), *_ask(campaign_id, ">=", key, each_side + 1)])


def _ask(campaign_id: int, side: str, key: int, n: int, skipped: int = 0) -> list[sql.Row]:
    by_points = mode_of(campaign_id) == ScoringMode.POINTS
    # Where points decide, the key says how many there are.
    score = "entrants.rank_key" if by_points else f"coalesce(({BALANCE.format(asset=f'{SCORE_OF}{campaign_id}')}), 0)"
    text = LINES.format(score=score, side=side, way="DESC" if side == "<" else "ASC")
    found = sql.rows(text, (campaign_id, key, n, skipped))
    return [(who, score_of(decides), *told) for who, decides, *told in found] if by_points else found


def _numbered(first: int, lines: list[sql.Row]) -> list[Placed]:
    return [line_of(place, line) for place, line in enumerate(lines, first)]
