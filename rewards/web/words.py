"""Numbers, days and awards in the words of a page: in the person's language and in the person's own time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_precision

from rewards.earning.queries import Offer
from rewards.kit import clock
from rewards.people.models import User
from rewards.people.zones import zone_at
from rewards.streaks.queries import RunningStreak

MINUS = "\N{MINUS SIGN}"
# The same amounts and days stand on page after page, and working one out takes longer than asking the database for it.
REMEMBERED = 4_096


@lru_cache(REMEMBERED)
def _decimal(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(REMEMBERED)
def _money(minor: Decimal, currency: str, locale: str) -> str:
    return format_currency(minor.scaleb(-get_currency_precision(currency)), currency, locale=locale)


@lru_cache(REMEMBERED)
def _date(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


class Words:
    """How one person is spoken to."""

    def __init__(self, person: User, zone: ZoneInfo, now: datetime) -> None:
        self.locale = _locale(person.locale)
        self._language = str(self.locale)
        self.zone = zone
        self.now = now.astimezone(zone)

    @property
    def today(self) -> date:
        """What day it is for them."""
        return self.now.date()

    @property
    def greeting(self) -> str:
        """What one says at this hour."""
        hour = self.now.hour
        return "Hello" if hour < 5 else "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"

    def number(self, value: int | Decimal) -> str:
        """1,300 or 1.300."""
        return _decimal(value, self._language)

    def signed(self, value: int) -> str:
        """+20 or a true minus sign."""
        return f"{'+' if value >= 0 else MINUS}{self.number(abs(value))}"

    def money(self, currency: str, minor: int | Decimal) -> str:
        """$2.50."""
        return _money(Decimal(minor), currency, self._language)

    def time(self, moment: datetime) -> str:
        """18:30, on their own clock."""
        # English without a country is read all over the world, where most clocks have 24 hours.
        form = "short" if self.locale.territory or self.locale.language != "en" else "HH:mm"
        return format_time(moment.astimezone(self.zone), form, locale=self.locale)

    def day(self, day: date) -> str:
        """Today, Yesterday, or the date."""
        if abs((day - self.today).days) <= 1:
            return {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}[(day - self.today).days]
        return self.written(day)

    def written(self, day: date) -> str:
        """The date, also where it is today's: for tables, and for what is printed."""
        return _date(day, "EEE d MMM" if day.year == self.today.year else "d MMM y", self._language)

    def in_short(self, day: date) -> str:
        """The date without its weekday: for drawings, where all are the same one."""
        return _date(day, "d MMM" if day.year == self.today.year else "d MMM y", self._language)

    def moment(self, at: datetime) -> str:
        """Today at 18:30; Sat 14 Mar at 15:09."""
        return f"{self.day(at.astimezone(self.zone).date())} at {self.time(at)}"

    def ago(self, at: datetime) -> str:
        """5 minutes ago; in 3 days."""
        return format_timedelta(at - self.now, add_direction=True, locale=self.locale)

    def award(self, awards: Mapping[str, Any], points_word: str) -> str:
        """+20 XP, +20 points, +$2.50."""
        parts = [f"{self.signed(awards['xp'])} XP"] if awards.get("xp") else []
        parts += [f"{self.signed(awards['points'])} {points_word}"] if awards.get("points") else []
        parts += [f"+{self.money(one['currency'], one['minor'])}" for one in awards.get("money", ())]
        return ", ".join(parts) or f"0 {points_word}"

    def at(self, moment: datetime) -> str:
        """At 18:30; tomorrow at 00:00; on Mon 24 Nov at 00:00."""
        day = moment.astimezone(self.zone).date()
        if day == self.today:
            return f"at {self.time(moment)}"
        return f"{self.day(day).lower() if abs((day - self.today).days) == 1 else f'on {self.day(day)}'} at {self.time(moment)}"

    @property
    def loggable_days(self) -> tuple[date, date]:
        """The days that a person may log for by themselves."""
        return self.today, self.today - timedelta(days=1)

    def offer(self, offer: Offer, points_word: str) -> str:
        """What one of it pays: +20 XP, +20 points; for what is counted in units also so much a kg."""
        parts = [self.award(offer.awards, points_word)] if any(offer.awards.values()) else []
        unit = offer.document.per_unit
        if unit:
            each = [f"+{self.number(amount)} {word}" for amount, word in ((unit.xp, "XP"), (unit.points, points_word)) if amount]
            each += [f"+{self.money(currency, minor)}" for currency, minor in unit.money.items()]
            parts.append(f"{', '.join(each)} a {unit.field}")
        return " and ".join(parts) or f"0 {points_word}"

    def streak(self, streak: RunningStreak) -> str:
        """What to know about a streak today: no guilt, no pressure."""
        best = f"Your best is {self.number(streak.best)} {plural(streak.best, 'day')}."
        if not streak.best:
            return "Day 1 begins with a check-in."
        if streak.is_broken:
            return f"Start again any day. {best}"
        if not streak.has_today:
            return f"Check in before midnight to make it {self.number(streak.current + 1)} days."
        return best if streak.best > streak.current else "Your best so far."


def words_for(person: User) -> Words:
    """The words for somebody, now."""
    now = clock.now()
    return Words(person, zone_at(person, now), now)


def plural(count: int, one: str, many: str | None = None) -> str:
    """The word for so many: 1 day, 2 days."""
    return one if count == 1 else many or f"{one}s"


def listed(names: Iterable[str]) -> str:
    """Gold; Gold and First week; Gold, First week and Regular."""
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def plainly(value: Any) -> str:
    """A value that came from elsewhere, as people say it: yes, nothing, several with commas between them."""
    if isinstance(value, list):
        return ", ".join(plainly(one) for one in value)
    if value is None or value == "":
        return "nothing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
