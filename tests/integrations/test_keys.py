"""A key opens one service's door, for as long as it is good, and is kept nowhere."""

from datetime import timedelta

import pytest

from rewards.integrations.keys import Caller, WrongKey, authenticate, confirm, create_key, recognise, revoke_key
from rewards.integrations.models import ApiKey
from rewards.integrations.registering import add_service
from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound


@pytest.fixture
def shop(database) -> str:
    with database.write():
        return add_service(name="Shop", type="shop", url="https://shop.example.org").service_id


def make_key(database, service_id: str, **more) -> str:
    with database.write():
        return create_key(service_id=service_id, permissions=["events:write", "users:read"], **more)


def who(database, service_id: str, key: str) -> Caller:
    with database.read():
        return authenticate(service_id, key)


def test_a_key_opens_its_own_service_with_its_permissions(database, shop):
    key = make_key(database, shop)
    caller = who(database, shop, key)
    assert caller.service_id == shop
    assert caller.permissions == {"events:write", "users:read"}
    assert caller.source == f"service:{caller.service_pk}"


def test_a_key_opens_no_other_service(database, shop):
    key = make_key(database, shop)
    with database.write():
        other = add_service(name="Shop", type="shop").service_id
    for service_id, wrong in ((other, key), (shop, key[:-1]), (shop, ""), ("nobody", key), (shop, "\ud800")):
        with pytest.raises(WrongKey):
            who(database, service_id, wrong)


def test_the_key_itself_is_stored_nowhere(database, shop):
    key = make_key(database, shop)
    with database.read() as session:
        stored = session.query(ApiKey).one()
    assert key not in str(vars(stored))
    assert key.startswith(stored.prefix)
    assert len(stored.prefix) < len(key) / 2


def test_an_expired_key_is_worth_nothing(database, shop, clock):
    key = make_key(database, shop, days=30)
    clock.set_to(clock.now() + timedelta(days=30) - timedelta(seconds=1))
    assert who(database, shop, key).service_id == shop
    clock.set_to(clock.now() + timedelta(seconds=1))
    with pytest.raises(WrongKey):
        who(database, shop, key)


def test_a_revoked_key_is_worth_nothing_at_once_even_where_it_is_remembered(database, shop):
    key = make_key(database, shop)
    remembered = recognise(shop, key)
    with database.write():
        confirm(remembered)
        revoke_key(key_id=remembered.key_id)
        revoke_key(key_id=remembered.key_id)
    with pytest.raises(WrongKey):
        who(database, shop, key)
    with pytest.raises(WrongKey), database.write():
        confirm(remembered)
    with pytest.raises(WrongKey):
        recognise(shop, key)


def test_a_key_that_is_remembered_opens_no_other_service(database, shop):
    key = make_key(database, shop)
    recognise(shop, key)
    with pytest.raises(WrongKey):
        recognise("svc_other", key)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("permissions", {"permissions": []}),
        ("permissions", {"permissions": ["events:write", "everything"]}),
        ("days", {"permissions": ["events:write"], "days": 0}),
        ("days", {"permissions": ["events:write"], "days": 4000}),
    ],
)
def test_nonsense_makes_no_key(database, shop, field, wrong):
    with pytest.raises(Invalid, match=field), database.write():
        create_key(service_id=shop, **wrong)
    with database.read():
        assert sql.value("SELECT count(*) FROM api_keys") == 0


def test_only_a_known_service_gets_a_key_and_only_a_known_key_is_revoked(database):
    with pytest.raises(NotFound), database.write():
        create_key(service_id="svc_nobody", permissions=["events:write"])
    with pytest.raises(NotFound), database.write():
        revoke_key(key_id=1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " ", "type": "shop"}),
        ("name", {"name": "a\nb", "type": "shop"}),
        ("name", {"name": "a\0b", "type": "shop"}),
        ("type", {"name": "Shop", "type": "a shop"}),
        ("url", {"name": "Shop", "type": "shop", "url": "javascript:alert(1)"}),
        ("url", {"name": "Shop", "type": "shop", "url": "https://[half"}),
    ],
)
def test_a_service_is_described_in_words_that_make_sense(database, field, wrong):
    with pytest.raises(Invalid, match=field), database.write():
        add_service(**wrong)
