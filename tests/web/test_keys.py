"""Services and their keys on the admin's pages: shown once, rolled with an overlap, revoked."""

import re
from datetime import timedelta

import pytest

from rewards.integrations.keys import WrongKey, authenticate, confirm, recognise
from rewards.integrations.overview import Health, all_keys, health_of
from rewards.integrations.registering import add_service, service_named
from rewards.kit import clock
from tests.web.browser import form_of
from tests.web.conftest import on_sqlite

KEYS = "/admin/integrations/keys"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


@pytest.fixture
def service(site, database):
    with database.write():
        return add_service(name="Shop", type="shop").service_id


def send(client, path, **fields):
    return client.post(path, data={"csrf_token": form_of(client.get("/admin/menu"), "/logout")["csrf_token"], **fields})


def make(client, for_service, **more):
    return send(client, f"{KEYS}/create", **{"service": for_service, "name": "till", "permissions": "events:write", "days": "30", **more})


def key_in(page):
    found = re.search(r'value="(laurel_[\w-]+)"', page.text)
    assert found, page.text
    return found[1]


def test_a_key_is_shown_once_and_opens_what_was_ticked(dee, service, database):
    key = key_in(make(dee, service))
    with database.read():
        assert authenticate(service, key).permissions == {"events:write"}
        [listed] = all_keys(clock.now())
    assert (listed.key.name, listed.made_by, listed.state) == ("till", "Dee", "Active")
    assert key not in dee.get(KEYS).text
    assert listed.key.prefix in dee.get(KEYS).text


@on_sqlite
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("service", "svc_none", "Choose the service"),
        ("permissions", "", "Tick at least one"),
        ("permissions", "everything", "Tick at least one"),
        ("days", "0", "Choose how long"),
        ("name", "", "Enter a name"),
        ("name", "x" * 201, "Enter a name"),
    ],
)
def test_a_refused_key_says_why_and_keeps_what_was_typed(dee, service, field, value, told):
    fields = {"permissions": [], "name": "the till in the hall", field: value} if field != "permissions" else {"permissions": value or []}
    fields.setdefault("permissions", "events:write")
    if field != "permissions":
        fields["permissions"] = "users:read"
    page = make(dee, service, **fields)
    assert page.status_code == 422
    assert told in page.text
    assert re.search(rf'href="#{field}"', page.text)
    if field not in ("name", "permissions"):
        assert "the till in the hall" in page.text
        assert re.search(r'value="users:read" checked', page.text)


def test_a_rolled_key_leaves_time_to_change_over(dee, service, database):
    old = key_in(make(dee, service))
    with database.read():
        caller = recognise(service, old)
        [listed] = all_keys(clock.now())
    new = key_in(send(dee, f"{KEYS}/{listed.key.id}/roll", overlap="24"))
    with database.read():
        assert authenticate(service, new).permissions == {"events:write"}
        confirm(caller)
    with clock.frozen_at(clock.now() + timedelta(hours=25)), database.read(), pytest.raises(WrongKey):
        confirm(caller)


def test_a_key_rolled_without_overlap_and_a_revoked_one_open_nothing(dee, service, database):
    for way, fields in (("roll", {"overlap": "0"}), ("revoke", {})):
        key = key_in(make(dee, service))
        with database.read():
            newest = max(one.key.id for one in all_keys(clock.now()))
        assert send(dee, f"{KEYS}/{newest}/{way}", **fields).status_code < 400
        with database.read(), pytest.raises(WrongKey):
            authenticate(service, key)


@on_sqlite
def test_what_is_over_cannot_be_rolled(dee, service, database):
    make(dee, service)
    with database.read():
        [listed] = all_keys(clock.now())
    send(dee, f"{KEYS}/{listed.key.id}/revoke")
    page = send(dee, f"{KEYS}/{listed.key.id}/roll", overlap="24")
    assert page.status_code == 422
    assert "make a new one" in page.text


@on_sqlite
def test_a_service_can_be_called_otherwise(dee, service, database):
    path = f"/admin/integrations/services/{service}/edit"
    assert send(dee, path, name="Corner shop", type="shop", url="https://shop.example.org").status_code == 303
    assert "Corner shop" in dee.get("/admin/integrations/services").text
    refused = send(dee, path, name="", type="two words", url="ftp://x")
    assert refused.status_code == 422
    assert all(text in refused.text for text in ("Enter a name", "Enter one word", "Enter an address", 'value="two words"'))


@on_sqlite
def test_health_is_told_from_when_a_service_was_heard_of(database, service):
    now = clock.now()
    with database.write():
        known = service_named(service)
        told = []
        for silent in (None, 4, 5, 59, 60):
            known.last_seen_at = now - timedelta(minutes=silent) if silent is not None else None
            told.append(health_of(known, now))
    assert told == [Health.NEW, Health.HEALTHY, Health.LATE, Health.LATE, Health.DOWN]
