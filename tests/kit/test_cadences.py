"""Every time has its slot, so that a late run is still the run for that time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from rewards.kit.cadences import Daily, Every

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_a_late_run_is_the_run_for_its_time():
    quarter = Every(timedelta(minutes=15))
    assert quarter.latest(NOON) == NOON
    assert quarter.latest(NOON + timedelta(minutes=14, seconds=59)) == NOON
    assert quarter.latest(NOON + timedelta(minutes=15)) == NOON + timedelta(minutes=15)


def test_before_its_hour_a_daily_run_is_yesterdays():
    nightly = Daily(time(13, 30))
    assert nightly.latest(NOON) == datetime(2027, 2, 28, 13, 30, tzinfo=UTC)
    assert nightly.latest(NOON + timedelta(hours=2)) == datetime(2027, 3, 1, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize("cadence", [Every(timedelta(minutes=15)), Every(timedelta(hours=1)), Daily(time(3, 10))])
def test_the_scheduler_wakes_at_the_beginning_of_a_slot(cadence):
    woken = cadence.trigger().get_next_fire_time(None, NOON + timedelta(seconds=1))
    assert cadence.latest(woken) == woken
    assert cadence.latest(woken - timedelta(seconds=1)) < woken


@pytest.mark.parametrize(
    ("cadence", "words"),
    [
        (Every(timedelta(seconds=1)), "every second"),
        (Every(timedelta(seconds=90)), "every 90 seconds"),
        (Every(timedelta(minutes=15)), "every 15 minutes"),
        (Every(timedelta(hours=1)), "every hour"),
        (Daily(time(3, 10)), "daily at 03:10 UTC"),
    ],
)
def test_a_cadence_reads_as_words(cadence, words):
    assert cadence.told() == words


def test_only_what_comes_more_than_once_a_minute_is_frequent():
    assert Every(timedelta(seconds=59)).is_frequent
    assert not Every(timedelta(minutes=1)).is_frequent
    assert not Daily(time(3, 10)).is_frequent
