"""Looks at a public page, counted by day, by source and by whose link brought them. Who looked is not kept."""

from rewards.campaigns.asking import SOURCE_LENGTH_MAX
from rewards.campaigns.stepping import count_look
from rewards.kit import clock, sql
from rewards.kit.values import storable_text

SEEN = (
    "INSERT INTO visits (waitlist_id, day, source, referrer_id, visits) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (waitlist_id, day, source, referrer_id) DO UPDATE SET visits = visits.visits + 1"
)


def count_visit(*, waitlist_id: int, source: str, referrer_id: int | None) -> None:
    """One more."""
    try:
        told = storable_text(" ".join(source.split()))[:SOURCE_LENGTH_MAX]
    except ValueError:
        told = ""
    day = clock.now().date().isoformat()
    sql.run(SEEN, (waitlist_id, day, told, referrer_id or 0))
    count_look(waitlist_id, day, told)
