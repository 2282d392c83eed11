"""What decides a place: the score or the number of referrals, then the earlier sign-up, in one key."""

from collections.abc import Sequence

from rewards.campaigns.documents import ScoringMode
from rewards.kit import documents, sql
from rewards.ledger.models import SCORE_OF

# Scores lie above -2^30 and up to 2^30: a key then fits into 63 bits, with 32 of them for the sign-up sequence.
SCORE_TOP = 2**30
STEP = 2**32
# In a campaign that has ended, who has a place keeps it, and nobody gets one.
PLAYS_ON = "campaigns.status <> 'ended' AND subscribers.status = 'active'"
ENDED_WITH = "campaigns.status = 'ended' AND entrants.rank_key IS NOT NULL AND subscribers.status <> 'erased'"
WANTED = (
    "SELECT entrants.subscriber_id AS subscriber_id, entrants.rank_key AS found,"
    " CASE WHEN ({plays_on}) OR ({ended_with}) THEN (? - {points}) * ? + subscribers.sequence END AS rank_key"
    " FROM entrants JOIN subscribers ON subscribers.id = entrants.subscriber_id JOIN campaigns ON campaigns.id = entrants.campaign_id"
    "{ledger} WHERE entrants.campaign_id = ?{which}"
)
LEDGER = " LEFT JOIN accounts ON accounts.owner_kind = 'subscriber' AND accounts.owner_id = entrants.subscriber_id AND accounts.asset = ?"


def key_of(score: int, sequence: int) -> int:
    """The key whose rising order is the order of places: the higher score first, then the earlier sign-up."""
    return ((SCORE_TOP - score) << 32) | sequence


def score_of(rank_key: int) -> int:
    """What decided this key's place."""
    return SCORE_TOP - (rank_key >> 32)


def mode_of(campaign_id: int) -> ScoringMode:
    """What decides places in a campaign. Whatever was said of it in this block must be flushed."""
    # Every page of the board asks this: the whole of the settings would take longer than the board.
    settings = documents.parse(sql.value("SELECT settings FROM campaigns WHERE id = ?", (campaign_id,)))
    return ScoringMode(settings.get("scoring_mode", ScoringMode.POINTS))


def wanted_keys(campaign_id: int, mode: ScoringMode, subscriber_ids: Sequence[int] = ()) -> tuple[str, tuple[object, ...]]:
    """A question, and its values, for the key that each of these entrants, or every one, should have: NULL for who has no place."""
    by_points = mode == ScoringMode.POINTS
    text = WANTED.format(
        plays_on=PLAYS_ON,
        ended_with=ENDED_WITH,
        points="coalesce(accounts.balance, 0)" if by_points else "entrants.referrals",
        ledger=LEDGER if by_points else "",
        which=f" AND entrants.subscriber_id IN ({sql.marks(subscriber_ids)})" if subscriber_ids else "",
    )
    ledger = (f"{SCORE_OF}{campaign_id}",) if by_points else ()
    return text, (SCORE_TOP, STEP, *ledger, campaign_id, *subscriber_ids)
