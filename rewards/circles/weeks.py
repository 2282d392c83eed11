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
    return _week_with(clock.now().astimezone(zone_named(timezone)).date())


def weeks_anywhere() -> tuple[Week, Week]:
    """The earliest and the latest one that it is anywhere now; mostly they are the same."""
    today, day = clock.now().date(), timedelta(days=1)
    return _week_with(today - day), _week_with(today + day)


def _week_with(day: date) -> Week:
    first = monday_of(day)
    return Week(first, first + timedelta(days=6))
