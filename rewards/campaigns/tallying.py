"""A subscriber in numbers: what they have, and how far those came whom they brought."""

from dataclasses import dataclass

from rewards.campaigns.finding import PLACE
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import sql
from rewards.ledger.models import SCORE_OF

# One question, for these stand side by side on every page of theirs.
TALLY = (
    f"SELECT (SELECT ({PLACE}) FROM entrants e WHERE e.campaign_id = ? AND e.subscriber_id = ?),"
    " (SELECT balance FROM accounts WHERE owner_kind = 'subscriber' AND owner_id = ? AND asset = ?),"
    " (SELECT referrals FROM entrants WHERE campaign_id = ? AND subscriber_id = ?),"
    " (SELECT placed FROM boards WHERE campaign_id = ?),"
    " (SELECT sum(visits) FROM visits WHERE waitlist_id = ? AND referrer_id = ?), count(*),"
    " sum(CASE WHEN s.verified_at IS NOT NULL THEN 1 ELSE 0 END),"
    " sum(CASE WHEN r.state = 'confirmed' AND r.scored = 1 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN r.state IN ('waiting', 'held') THEN 1 ELSE 0 END)"
    " FROM referrals r JOIN subscribers s ON s.id = r.referee_id WHERE r.referrer_id = ?"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Place, score and referrals in a campaign, how many have a place there, and how far those came whom they brought."""

    # 0 where they have none.
    place: int
    score: int
    referrals: int
    placed: int
    visits: int
    joined: int
    verified: int
    counted: int
    waiting: int


def tally_of(subscriber: Subscriber, campaign_id: int | None) -> Tally:
    """Their numbers now; without a campaign there is no score, and nobody has a place."""
    who, campaign = subscriber.id, campaign_id or 0
    params = (campaign, who, who, f"{SCORE_OF}{campaign}", campaign, who, campaign, subscriber.waitlist_id, who, who)
    return Tally(*(int(number or 0) for number in sql.rows(TALLY, params)[0]))
