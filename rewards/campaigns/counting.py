"""How far people come: they see the page, join, verify their address and bring somebody, by day and by source."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rewards.campaigns.models import Campaign
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound

DAY = timedelta(days=1)
# A longer span is told for its latest days.
DAYS_MAX = 92
# A day is one of UTC here, as it is where visits are counted.
COUNTED = (
    "SELECT '{by}', {by}, sum(visits), sum(joined), sum(verified), sum(referred) FROM daily_steps"
    " WHERE waitlist_id = ? AND campaign_id IN (0, ?) AND day >= ? AND day < ? GROUP BY {by}"
)
BOTH = " UNION ALL ".join(COUNTED.format(by=by) for by in ("day", "source"))


@dataclass(frozen=True, slots=True)
class Steps:
    """So many looked, and of those who joined in that time so many verified their address, and brought at least one who counts."""

    visits: int = 0
    joined: int = 0
    verified: int = 0
    referred: int = 0

    def __add__(self, other: "Steps") -> "Steps":
        return Steps(
            self.visits + other.visits,
            self.joined + other.joined,
            self.verified + other.verified,
            self.referred + other.referred,
        )


@dataclass(frozen=True, slots=True)
class Funnel:
    """The same people three times: all of them, day by day without a gap, and by source, the one that brought most first."""

    total: Steps
    by_day: list[tuple[date, Steps]]
    # Empty: they came directly.
    by_source: list[tuple[str, Steps]]


def funnel_of(campaign_id: int, *, first: date | None = None, last: date | None = None) -> Funnel:
    """Who came between two days, both included; without them since it was published, and until it ended. Raises NotFound."""
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(f"campaign {campaign_id}")
    last = last or _day(campaign.ended_at) or clock.now().date()
    first = max(first or _day(campaign.published_at) or last, last - (DAYS_MAX - 1) * DAY)
    span = (campaign.waitlist_id, campaign.id, first.isoformat(), (last + DAY).isoformat())
    counted: dict[str, list[tuple[str, Steps]]] = {"day": [], "source": []}
    for by, name, *counts in sql.rows(BOTH, span * 2):
        counted[by].append((name, Steps(*map(int, counts))))
    days = {first + number * DAY: Steps() for number in range((last - first).days + 1)}
    days |= {date.fromisoformat(day): steps for day, steps in counted["day"]}
    by_source = sorted(counted["source"], key=lambda one: (-one[1].joined, -one[1].visits, one[0]))
    return Funnel(sum(days.values(), Steps()), list(days.items()), by_source)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
