"""A service is seen when it calls, and calling costs no write of its own."""

from datetime import timedelta

import pytest

from rewards.integrations.keys import create_key, recognise
from rewards.integrations.models import ApiKey, Service
from rewards.integrations.registering import add_service
from rewards.integrations.seeing import Sightings


@pytest.fixture
def key_hash(database) -> str:
    with database.write():
        shop = add_service(name="Shop", type="shop").service_id
        key = create_key(service_id=shop, permissions=["events:write"])
    return recognise(shop, key).key_hash


def seen(database):
    with database.read() as session:
        return session.query(Service.last_seen_at).scalar(), session.query(ApiKey.last_used_at).scalar()


def test_what_was_noted_is_stored_for_the_key_and_its_service(database, key_hash, clock):
    clock.set_to(clock.now())
    sightings = Sightings()
    sightings.note(key_hash)
    assert seen(database) == (None, None)
    with database.write():
        assert sightings.store() == 1
    assert seen(database) == (clock.now(), clock.now())
    with database.write():
        assert sightings.store() == 0


def test_an_older_sighting_does_not_take_back_a_newer_one(database, key_hash, clock):
    clock.set_to(clock.now())
    slow, quick = Sightings(), Sightings()
    slow.note(key_hash)
    clock.set_to(clock.now() + timedelta(minutes=1))
    quick.note(key_hash)
    with database.write():
        quick.store()
        slow.store()
    assert seen(database) == (clock.now(), clock.now())


def test_who_writes_anyway_stores_it_at_most_once_a_minute(database, key_hash, clock):
    clock.set_to(clock.now())
    begin, sightings = clock.now(), Sightings()
    for seconds, stored in ((0, 0), (30, 0), (59, 0), (61, 61), (62, 61)):
        clock.set_to(begin + timedelta(seconds=seconds))
        sightings.note(key_hash)
        with database.write():
            sightings.store_if_due()
        assert seen(database)[0] == begin + timedelta(seconds=stored)
