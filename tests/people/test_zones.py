"""Somebody who moves takes their past along as it was."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound
from rewards.people.joining import add_user
from rewards.people.locking import lock_people
from rewards.people.queries import user_by_id
from rewards.people.zones import change_timezone, zone_at, zone_names

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def ada(database, clock):
    """She lived in Berlin until April, in New York until May, and has lived in Kathmandu since."""
    clock.set_to(MARCH)
    with database.write():
        ada = add_user(email="ada@example.com", name="Ada", role="client", timezone="Europe/Berlin")
    for month, timezone in ((4, "America/New_York"), (5, "Asia/Kathmandu")):
        clock.set_to(MARCH.replace(month=month))
        with database.write():
            change_timezone(user_id=ada.id, timezone=timezone)
    with database.read():
        return user_by_id(ada.id)


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        (MARCH - timedelta(days=400), "Europe/Berlin"),
        (MARCH.replace(month=4) - timedelta(seconds=1), "Europe/Berlin"),
        (MARCH.replace(month=4), "America/New_York"),
        (MARCH.replace(month=5) - timedelta(seconds=1), "America/New_York"),
        (MARCH.replace(month=5), "Asia/Kathmandu"),
        (MARCH.replace(year=2030), "Asia/Kathmandu"),
    ],
)
def test_each_moment_has_the_zone_that_was_in_force(database, ada, moment, zone):
    with database.read():
        assert zone_at(ada, moment).key == zone
    with database.write():
        assert lock_people([ada.id])[ada.id].zone_at(moment).key == zone


def test_moving_to_where_one_lives_changes_nothing(database, ada):
    with database.write():
        change_timezone(user_id=ada.id, timezone="Asia/Kathmandu")
    with database.read():
        assert sql.value("SELECT count(*) FROM past_zones") == 2


def test_moving_twice_in_one_moment_keeps_the_zone_before(database, clock, ada):
    june = MARCH.replace(month=6)
    clock.set_to(june)
    with database.write():
        change_timezone(user_id=ada.id, timezone="UTC")
        moved = change_timezone(user_id=ada.id, timezone="Asia/Tokyo")
    with database.read():
        assert zone_at(moved, june - timedelta(seconds=1)).key == "Asia/Kathmandu"
        assert zone_at(moved, june).key == "Asia/Tokyo"


def test_nobody_moves_to_a_place_that_is_not_on_earth(database, ada):
    with database.write(), pytest.raises(Invalid):
        change_timezone(user_id=ada.id, timezone="Mars/Olympus")
    with database.write(), pytest.raises(NotFound):
        change_timezone(user_id=999, timezone="UTC")


def test_a_name_for_whatever_the_machine_is_set_to_is_no_zone():
    assert "localtime" not in zone_names()
    assert {"UTC", "Europe/Berlin"} <= zone_names()
