"""How far those came whom somebody brought: from the first look at the page to what the campaign counts."""

from dataclasses import dataclass

from rewards.campaigns.models import Subscriber
from rewards.kit import sql

TALLY = (
    "SELECT (SELECT coalesce(sum(visits), 0) FROM visits WHERE waitlist_id = ? AND referrer_id = ?), count(*),"
    " coalesce(sum(CASE WHEN s.verified_at IS NOT NULL THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN r.state = 'confirmed' AND r.scored THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN r.state = 'waiting' THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN r.state = 'held' THEN 1 ELSE 0 END), 0)"
    " FROM referrals r JOIN subscribers s ON s.id = r.referee_id WHERE r.referrer_id = ?"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """So many opened the page, joined, showed that their address is theirs, and count; so many still wait for something."""

    visits: int
    joined: int
    verified: int
    counted: int
    waiting: int
    held: int


def tally_of(subscriber: Subscriber) -> Tally:
    """Whom somebody brought, in numbers."""
    row = sql.rows(TALLY, (subscriber.waitlist_id, subscriber.id, subscriber.id))[0]
    return Tally(*map(int, row))
