"""What stands between somebody and a reward, in the words that they are told. Pure: pages and redeeming ask the same, so they agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rewards.kit.columns import time_text
from rewards.kit.errors import Refused
from rewards.levels.ladder import Ladder
from rewards.shop.models import Period, Reward

TIMES = {1: "Once", 2: "Twice"}
LAST_ONE_TAKEN = "Someone took the last one. No points were spent."


@dataclass(frozen=True, slots=True)
class Means:
    """What somebody has to redeem with: points, a level on the ladder, and a clock of their own."""

    points: int
    level: int
    ladder: Ladder
    now: datetime
    zone: ZoneInfo
    points_word: str = "points"

    @property
    def today(self) -> date:
        """The day where they are."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not: a word for programs, a sentence for people, and by how much or until when."""

    code: str
    sentence: str
    gap: Mapping[str, Any] = field(default_factory=dict)

    def refuse(self) -> Refused:
        """As the refusal of whoever tries anyway. Of several who reach for the last one, those who come too late learn that."""
        return Refused(self.code, LAST_ONE_TAKEN if self.code == "sold_out" else self.sentence, **self.gap)


def switched_off() -> Obstacle:
    """It is there, and not offered."""
    return Obstacle("switched_off", "This is not offered at the moment.")


def sold_out() -> Obstacle:
    """There were some."""
    return Obstacle("sold_out", "None are left.")


def obstacle_to(reward: Reward, means: Means, redeemed_at: Iterable[datetime]) -> Obstacle | None:
    """The first thing that stands in the way; `redeemed_at` is when they redeemed it before, as far as that still stands."""
    return (
        (switched_off() if not reward.active else None)
        or _window(reward, means)
        or _level(reward, means)
        or _limit(reward, means, redeemed_at)
        or (sold_out() if reward.is_sold_out else None)
        or _points(reward, means)
    )


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def span_of(period: str, today: date) -> tuple[date, date]:
    """The first day of the period that a day lies in, and the first one after it."""
    if period == Period.DAY:
        return today, today + timedelta(days=1)
    if period == Period.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=7)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _window(reward: Reward, means: Means) -> Obstacle | None:
    opens, closes = reward.available_from, reward.available_until
    if opens and means.now < opens:
        return Obstacle("not_open_yet", f"Opens on {_told(opens, means.zone)}.", {"opens_at": time_text(opens)})
    if closes and means.now >= closes:
        return Obstacle("no_longer_open", f"Was offered until {_told(closes, means.zone)}.", {"closed_at": time_text(closes)})
    return None


def _level(reward: Reward, means: Means) -> Obstacle | None:
    wanted = reward.level_number
    if wanted is None or means.level >= wanted:
        return None
    name = next((level.name for level in means.ladder.levels if level.number == wanted), f"level {wanted}")
    return Obstacle("level_too_low", f"Opens at {name}.", {"level": {"number": wanted, "name": name}})


def _limit(reward: Reward, means: Means, redeemed_at: Iterable[datetime]) -> Obstacle | None:
    count, period = reward.limit_count, reward.limit_period
    if count is None or period is None:
        return None
    times = TIMES.get(count, f"{count:,} times")
    if period == Period.EVER:
        gap = {"limit": count, "period": period, "opens_at": None}
        had = "it" if count == 1 else "them all"
        return Obstacle("limit_reached", f"{times} for each person, and you have had {had}.", gap) if _reaches(redeemed_at, count) else None
    first, after = span_of(period, means.today)
    begins, opens = local_midnight(first, means.zone), local_midnight(after, means.zone)
    if not _reaches((moment for moment in redeemed_at if moment >= begins), count):
        return None
    sentence = f"{times} a {period}. You can have it again from {after:%A}, {after.day} {after:%B %Y}."
    return Obstacle("limit_reached", sentence, {"limit": count, "period": period, "opens_at": time_text(opens)})


def _reaches(moments: Iterable[datetime], count: int) -> bool:
    return sum(1 for _ in moments) >= count


def _points(reward: Reward, means: Means) -> Obstacle | None:
    gap = reward.points_cost - means.points
    if gap <= 0:
        return None
    word = "point" if gap == 1 and means.points_word == "points" else means.points_word
    return Obstacle("too_few_points", f"{gap:,} {word} to go.", {"points": gap})


def _told(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
