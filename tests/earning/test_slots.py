"""Whether an event may be paid, why not, and when the next one may."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.earning.slots import check_slot
from tests.earning.drafts import NOON, did, programme, workout

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def slot(limits, occurrence=None, *, today=0, week=0, times=()):
    activity = programme(activities=[workout(**limits)]).activities["workout_logged"]
    return check_slot(activity=activity, occurrence=occurrence or did(), paid_today=today, paid_this_week=week, paid_times=times)


def local(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_what_is_not_registered_has_no_limits():
    free = check_slot(activity=None, occurrence=did("stone_skipped"), paid_today=900, paid_this_week=900, paid_times=[NOON])
    assert (free.blocked, free.reason, free.opens_at, free.capped) == (None, None, None, False)


def test_an_activity_without_limits_always_has_a_slot():
    assert slot({}, today=900, week=900, times=[NOON]).blocked is None


@pytest.mark.parametrize(
    ("limits", "done", "blocked", "reason", "capped"),
    [
        ({"active": False}, {}, "inactive", "this activity is switched off", False),
        ({"cooldown_hours": 24}, {"times": [NOON - HOUR]}, "cooldown", "counts once every 24 hours", False),
        ({"cooldown_hours": 1}, {"times": [NOON - SECOND]}, "cooldown", "counts once every hour", False),
        ({"max_per_day": 5}, {"today": 5}, "max_per_day", "daily limit of 5 reached", True),
        ({"max_per_week": 1}, {"week": 1}, "max_per_week", "weekly limit of 1 reached", True),
    ],
)
def test_a_blocked_slot_says_why(limits, done, blocked, reason, capped):
    found = slot(limits, **done)
    assert (found.blocked, found.reason, found.capped) == (blocked, reason, capped)


def test_the_first_of_inactive_cooldown_day_and_week_gives_the_reason():
    limits: dict[str, object] = {"active": False, "cooldown_hours": 2, "max_per_day": 1, "max_per_week": 1}
    order = []
    for name, lifted in (("active", True), ("cooldown_hours", None), ("max_per_day", None), ("max_per_week", None)):
        order.append(slot(limits, today=1, week=1, times=[NOON]).blocked)
        limits[name] = lifted
    assert order == ["inactive", "cooldown", "max_per_day", "max_per_week"]


def test_a_slot_is_free_below_the_limit_and_at_no_number_above_it():
    assert [slot({"max_per_day": 2}, today=paid).blocked for paid in range(4)] == [None, None, "max_per_day", "max_per_day"]
    assert [slot({"max_per_week": 2}, week=paid).blocked for paid in range(4)] == [None, None, "max_per_week", "max_per_week"]


def test_the_counters_are_those_of_the_limit_that_decided():
    caps = {"max_per_day": 3, "max_per_week": 5}
    assert [
        (found.used, found.limit) for found in (slot(caps, today=1, week=4), slot(caps, today=3, week=4), slot(caps, today=0, week=5))
    ] == [
        (1, 3),
        (3, 3),
        (5, 5),
    ]
    assert slot({"max_per_week": 5}, today=1, week=4).used == 4
    assert slot({}, today=1, week=4).limit is None


# When it opens again


def test_nobody_knows_when_an_inactive_activity_opens():
    assert slot({"active": False}).opens_at is None


def test_a_day_opens_at_the_next_midnight_of_the_person():
    evening = did(at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC), zone="Europe/Berlin")
    assert slot({"max_per_day": 1}, evening, today=1).opens_at == local("2026-03-06T00:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "moment", "opens_at"),
    [
        # A day of 23 hours, one of 25, and a half-hour change.
        ("Europe/Berlin", "2026-03-28T23:00+00:00", "2026-03-29T22:00+00:00"),
        ("Europe/Berlin", "2026-10-24T22:00+00:00", "2026-10-25T23:00+00:00"),
        ("Australia/Lord_Howe", "2026-04-05T00:00+10:30", "2026-04-05T13:30+00:00"),
        # The clocks skip midnight itself: the day begins at one.
        ("America/Sao_Paulo", "2018-11-03T12:00-03:00", "2018-11-04T01:00-02:00"),
        # Midnight comes twice: the first one counts.
        ("America/Havana", "2026-10-31T12:00-04:00", "2026-11-01T00:00-04:00"),
        # The last hour of the day comes twice.
        ("America/Sao_Paulo", "2018-02-17T23:30-02:00", "2018-02-18T00:00-03:00"),
        # A whole day is skipped.
        ("Pacific/Apia", "2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00"),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(zone, moment, opens_at):
    occurrence = did(at=datetime.fromisoformat(moment).astimezone(UTC), zone=zone)
    found = slot({"max_per_day": 1}, occurrence, today=1)
    assert found.opens_at == datetime.fromisoformat(opens_at)
    assert found.opens_at.tzinfo is UTC


ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Beirut",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Santiago",
]


@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 25 * 366 * 24 * 60),
    cap=st.sampled_from(["max_per_day", "max_per_week"]),
)
def test_a_cap_opens_at_the_first_moment_of_the_next_day_or_week(zone, minutes, cap):
    occurrence = did(at=datetime(2005, 1, 1, tzinfo=UTC) + minutes * timedelta(minutes=1), zone=zone)
    opens_at = slot({cap: 1}, occurrence, today=1, week=1).opens_at
    first = opens_at.astimezone(ZoneInfo(zone))
    last = (opens_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert period(last.date(), cap) == period(occurrence.happened_on, cap) < period(first.date(), cap)


def period(day: date, cap: str) -> tuple[int, ...]:
    return day.isocalendar()[:2] if cap == "max_per_week" else (day.toordinal(),)


@pytest.mark.parametrize(("day", "monday"), [(2, 9), (4, 9), (8, 9), (9, 16)])
def test_a_week_opens_on_the_next_monday_of_the_person(day, monday):
    occurrence = did(at=local(f"2026-03-{day:02}T12:00", "America/New_York"), zone="America/New_York")
    assert slot({"max_per_week": 1}, occurrence, week=1).opens_at == local(f"2026-03-{monday:02}T00:00", "America/New_York")


def test_what_is_blocked_twice_opens_when_nothing_blocks_it_any_more():
    both = slot({"max_per_day": 1, "max_per_week": 1}, today=1, week=1)
    assert (both.reason, both.opens_at) == ("daily limit of 1 reached", datetime(2026, 3, 9, tzinfo=UTC))
    cooling = slot({"cooldown_hours": 2, "max_per_day": 1}, today=1, times=[NOON - HOUR])
    assert (cooling.reason, cooling.opens_at) == ("counts once every 2 hours", datetime(2026, 3, 5, tzinfo=UTC))


# Cooldown


@pytest.mark.parametrize(
    ("seconds", "blocked"),
    [(-24 * 3600, None), (-24 * 3600 + 1, "cooldown"), (0, "cooldown"), (24 * 3600 - 1, "cooldown"), (24 * 3600, None)],
)
def test_a_cooldown_blocks_what_lies_strictly_less_than_its_hours_before_or_after(seconds, blocked):
    assert slot({"cooldown_hours": 24}, times=[NOON + seconds * SECOND]).blocked == blocked


def test_a_cooldown_opens_its_hours_after_the_last_paid_event():
    found = slot({"cooldown_hours": 24}, times=[NOON - 5 * HOUR, NOON - 3 * HOUR, NOON - 40 * HOUR])
    assert found.opens_at == NOON + 21 * HOUR
    late = slot({"cooldown_hours": 24}, times=[NOON + 2 * HOUR])
    assert late.opens_at == NOON + 26 * HOUR


@pytest.mark.parametrize(("hours", "blocked"), [(23, "cooldown"), (24, None), (25, None)])
def test_a_cooldown_counts_hours_and_not_what_the_clock_shows(hours, blocked):
    """Berlin, 25 October 2026: from noon to noon on the next day are 25 hours."""
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 10, 24, 12, tzinfo=berlin)
    later = (noon.astimezone(UTC) + hours * HOUR).astimezone(berlin)
    found = slot({"cooldown_hours": 24}, did(at=later, zone="Europe/Berlin"), times=[noon])
    assert found.blocked == blocked
    if blocked:
        assert found.opens_at == datetime(2026, 10, 25, 11, tzinfo=berlin).astimezone(UTC)
