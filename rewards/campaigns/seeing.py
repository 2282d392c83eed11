"""Looks at a public page, counted by day, by source and by whose link brought them. Who looked is not kept."""

from rewards.campaigns.asking import SOURCE_LENGTH_MAX
from rewards.campaigns.stepping import count_look
from rewards.kit import clock, sql
from rewards.kit.values import storable_text

SEEN = (
    "INSERT INTO visits (waitlist_id, day, source, referrer_id, visits) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (waitlist_id, day, source, referrer_id) DO UPDATE SET visits = visits.visits + 1"
)
KNOWN = "SELECT 1 FROM visits WHERE waitlist_id = ? AND day = ? AND source = ? LIMIT 1"
SOURCES = "SELECT count(DISTINCT source) FROM visits WHERE waitlist_id = ? AND day = ?"
# Anybody may write whatever they like into an address: so many names a day are told apart, and the rest is one.
SOURCES_A_DAY = 200
OTHERS = "others"


def count_visit(*, waitlist_id: int, source: str, referrer_id: int | None) -> None:
    """One more."""
    try:
        told = storable_text(" ".join(source.split()))[:SOURCE_LENGTH_MAX]
    except ValueError:
        told = ""
    day = clock.now().date().isoformat()
    if sql.value(KNOWN, (waitlist_id, day, told)) is None and (sql.value(SOURCES, (waitlist_id, day)) or 0) >= SOURCES_A_DAY:
        told = OTHERS
    sql.run(SEEN, (waitlist_id, day, told, referrer_id or 0))
    count_look(waitlist_id, day, told)
