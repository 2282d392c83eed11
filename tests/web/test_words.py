"""Numbers, days and awards as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rewards.people.models import User
from rewards.web.words import Words, listed, plural


def words(locale="en", now=datetime(2026, 3, 4, 8, tzinfo=UTC), zone="Europe/Berlin"):
    return Words(User(locale=locale), ZoneInfo(zone), now)


def test_a_number_has_its_sign():
    assert (words().signed(1300), words().signed(-1300), words().signed(0)) == ("+1,300", "\N{MINUS SIGN}1,300", "+0")


def test_an_award_names_what_it_gives():
    money = [{"currency": "USD", "minor": 250, "amount": "2.50"}]
    assert words().award({"xp": 20, "points": 20, "money": []}, "points") == "+20 XP, +20 points"
    assert words().award({"xp": 0, "points": 5, "money": money}, "stars") == "+5 stars, +$2.50"
    assert words().award({"xp": 0, "points": 0, "money": []}, "stars") == "0 stars"


@pytest.mark.parametrize(("currency", "minor", "told"), [("USD", 250, "$2.50"), ("JPY", 250, "¥250"), ("USD", Decimal("0.5"), "$0.00")])
def test_money_has_the_places_of_its_currency(currency, minor, told):
    assert words().money(currency, minor) == told


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 3, 4), "Today"),
        (date(2026, 3, 3), "Yesterday"),
        (date(2026, 3, 5), "Tomorrow"),
        (date(2026, 3, 2), "Mon 2 Mar"),
        (date(2025, 12, 31), "31 Dec 2025"),
    ],
)
def test_a_day_is_told_from_today(day, told):
    assert words().day(day) == told


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 3, 4, 17, 30, tzinfo=UTC), "at 18:30"),
        (datetime(2026, 3, 4, 23, 0, tzinfo=UTC), "tomorrow at 00:00"),
        (datetime(2026, 3, 8, 23, 0, tzinfo=UTC), "on Mon 9 Mar at 00:00"),
    ],
)
def test_a_moment_is_told_on_the_persons_own_clock(moment, told):
    assert words().at(moment) == told


def test_a_country_of_twelve_hours_is_told_so():
    assert words("en-US").time(datetime(2026, 3, 4, 17, 30, tzinfo=UTC)) == "6:30\u202fPM"
    assert words("de").time(datetime(2026, 3, 4, 17, 30, tzinfo=UTC)) == "18:30"


@pytest.mark.parametrize(("hour", "greeting"), [(3, "Hello"), (5, "Good morning"), (12, "Good afternoon"), (18, "Good evening")])
def test_a_greeting_fits_the_hour(hour, greeting):
    assert words(now=datetime(2026, 3, 4, hour, tzinfo=UTC), zone="UTC").greeting == greeting


def test_words_have_their_plural_and_lists_their_and():
    assert (plural(1, "day"), plural(2, "day"), plural(0, "person", "people")) == ("day", "days", "people")
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == ("", "a", "a and b", "a, b and c")
