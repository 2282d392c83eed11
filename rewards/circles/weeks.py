"""The week for which a circle has its goal: from Monday to Sunday, on its coach's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

from rewards.kit import clock
from rewards.people.zones import zone_named
from rewards.streaks.running import monday_of


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday to Sunday, both included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[str, str]:
        """Both as they are stored."""
        return self.first.isoformat(), self.last.isoformat()


def week_in(timezone: str) -> Week:
    """The one that it is there now."""
    first = monday_of(clock.now().astimezone(zone_named(timezone)).date())
    return Week(first, first + timedelta(days=6))
