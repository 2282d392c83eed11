"""Who may come in, who may do what, and what everybody else is told."""

import re

from rewards.api.routes import MACHINES
from rewards.campaigns.documents import WaitlistDocument
from rewards.integrations.keys import authenticate, create_key, revoke_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from tests.api.conftest import make_app, open_shop

EVENT = {"user": "1", "action": "logged", "object_type": "workout"}
ROUTES = {
    ("POST", "/users"): "users:write",
    ("GET", "/users/{ada}"): "users:read",
    ("POST", "/events"): "events:write",
    ("POST", "/events/batch"): "events:write",
    ("GET", "/events/1"): "events:read",
    ("GET", "/wallets/{ada}"): "wallets:read",
    ("GET", "/wallets/{ada}/transactions"): "wallets:read",
    ("GET", "/users/{ada}/points"): "points:read",
    ("POST", "/users/{ada}/points/earn"): "points:write",
    ("POST", "/users/{ada}/points/spend"): "points:write",
    ("GET", "/users/{ada}/points/history"): "points:read",
    ("GET", "/rewards"): "rewards:read",
    ("POST", "/rewards/{reward}/issue"): "rewards:write",
    ("POST", "/rewards/{reward}/redeem"): "rewards:write",
    ("GET", "/users/{ada}/rewards"): "rewards:read",
    ("POST", "/waitlists/{waitlist}/subscribers"): "campaigns:write",
    ("GET", "/waitlists/{waitlist}/subscribers/{subscriber_id}"): "campaigns:read",
    ("POST", "/waitlists/{waitlist}/subscribers/{subscriber_id}/verification"): "campaigns:write",
    ("GET", "/waitlists/{waitlist}/leaderboard"): "campaigns:read",
    ("GET", "/waitlists/{waitlist}/referral-codes/{code}"): "campaigns:read",
    ("POST", "/campaigns/{campaign}/resolution"): "campaigns:write",
    ("POST", "/heartbeat"): None,
}
# What stands for an example in the path.
NAMES = {"waitlist": "spring", "campaign": "spring_referrals", "subscriber_id": "1", "code": "k7m2p9xw", "reward": "1"}


def ask(client, method, path, cast, headers):
    address = path.format(ada=cast.ada, **NAMES)
    return client.open(address, method=method, headers=headers, json={} if method == "POST" else None)


def address(shop, path):
    return f"/api/v1/external/{shop.service_id}{path}"


def is_problem(response, status):
    told = response.get_json()
    assert response.content_type == "application/problem+json"
    assert response.status_code == told["status"] == status
    assert {"type", "title", "status", "detail", "errors"} <= set(told)
    return True


def test_every_route_is_in_the_table(app):
    prefix = "/api/v1/external/<service_id>"
    rules = [rule for rule in app.extensions[MACHINES].url_map.iter_rules() if rule.rule.startswith(prefix)]
    found = {(method, rule.rule.removeprefix(prefix)) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found == {
        (method, re.sub("{(.+?)}", r"<\1>", path.replace("{ada}", "{user}").replace("/1", "/{int:event_id}").replace("{sub", "{int:sub")))
        for method, path in ROUTES
    }


def test_a_key_without_the_permission_may_not_and_with_it_may(database, app, cast):
    for (method, path), needed in ROUTES.items():
        poor = open_shop(database, app, [permission for permission in Permission if permission != needed])
        rich = open_shop(database, app, [needed or "metrics:read"])
        refused, taken = (ask(shop.client, method, address(shop, path), cast, shop.headers) for shop in (poor, rich))
        assert needed is None or is_problem(refused, 403), path
        assert taken.status_code not in (401, 403), path


def test_who_does_not_prove_who_they_are_is_refused_everywhere(database, app, shop, cast):
    with database.write():
        other = add_service(name="Other", type="shop").service_id
        others_key = create_key(service_id=other, permissions=list(Permission))
        revoked = create_key(service_id=shop.service_id, permissions=list(Permission))
        revoke_key(key_id=authenticate(shop.service_id, revoked).key_id)
    own, service = f"Bearer {shop.key}", shop.service_id
    strangers = [
        (None, service),
        (own, None),
        (own, other),
        ("Bearer ", service),
        (f"Basic {shop.key}", service),
        (f"Bearer {shop.key}x", service),
        (f"Bearer {others_key}", service),
        (f"Bearer {revoked}", service),
    ]
    for method, path in ROUTES:
        for authorization, service_id in strangers:
            headers = {name: value for name, value in (("Authorization", authorization), ("X-Service-ID", service_id)) if value is not None}
            refused = ask(shop.client, method, address(shop, path), cast, headers)
            assert is_problem(refused, 401), (path, authorization, service_id)
            assert refused.headers["WWW-Authenticate"] == "Bearer"
        elsewhere = ask(shop.client, method, f"/api/v1/external/{other}{path}", cast, shop.headers)
        assert is_problem(elsewhere, 401), path


def test_a_revoked_key_is_refused_by_the_next_call(database, shop, cast):
    assert shop.post("/events", EVENT | {"user": cast.ada}).status_code == 201
    with database.write():
        revoke_key(key_id=authenticate(shop.service_id, shop.key).key_id)
    assert shop.post("/events", EVENT | {"user": cast.ada}).status_code == 401
    assert shop.get(f"/wallets/{cast.ada}").status_code == 401


def test_a_cookie_is_worth_nothing_here(shop, cast):
    shop.client.set_cookie("laurel", "anything")
    headers = {"X-Service-ID": shop.service_id}
    assert shop.client.get(f"/api/v1/external/{shop.service_id}/users/{cast.ada}", headers=headers).status_code == 401
    answered = shop.get(f"/users/{cast.ada}")
    assert answered.status_code == 200
    assert "Set-Cookie" not in answered.headers


def test_what_is_not_there_and_what_is_not_a_clients_look_the_same(shop, cast):
    strangers = ("999", str(cast.bo), str(cast.dee), "ext:nobody", "0", "-1", "1e3", "9" * 30, "ext:", "ext:%00", "%F0%9F", "ada")
    for path in ("/users/{who}", "/wallets/{who}", "/wallets/{who}/transactions", "/users/{who}/points", "/users/{who}/points/history"):
        assert shop.get(path.format(who=cast.ada)).status_code == 200
        for who in strangers:
            refused = shop.get(path.format(who=who))
            assert is_problem(refused, 404), who
            assert refused.get_json()["detail"].startswith("There is no user ")
    for event in ("1", "0", "x", "9" * 30):
        assert is_problem(shop.get(f"/events/{event}"), 404)


def test_events_for_staff_are_for_nobody(shop, cast):
    for who in (cast.bo, cast.dee, 999, "ext:nobody"):
        assert is_problem(shop.post("/events", EVENT | {"user": who}), 404)
        assert is_problem(shop.post(f"/users/{who}/points/earn", {"points": 1, "reason": "x"}), 404)
    assert shop.post("/events", EVENT | {"user": cast.cy}).status_code == 201


def test_too_many_calls_of_one_key_wait_and_other_keys_do_not(database, database_url, tmp_path, app, cast):
    strict = make_app(database_url, tmp_path, LAUREL_API_RATE="3/hour")
    eager, calm = open_shop(database, strict), open_shop(database, strict)
    assert [eager.get(f"/users/{cast.ada}").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = eager.post("/events", EVENT)
    assert is_problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert calm.get(f"/users/{cast.ada}").status_code == 200


def test_an_address_that_leads_nowhere_is_told_in_the_same_form(shop):
    assert is_problem(shop.client.get("/api/v1/nothing"), 404)
    assert is_problem(shop.client.get("/api/"), 404)
    wrong = shop.client.put(f"/api/v1/external/{shop.service_id}/events", headers=shop.headers)
    assert is_problem(wrong, 405)
    assert wrong.headers["Allow"] == "POST"


def test_reading_writes_nothing(database, shop, cast):
    shop.post("/events", EVENT | {"user": cast.ada}, key="first")
    with database.write():
        change_programme(document=ProgrammeDocument(waitlists=[WaitlistDocument(key="spring", name="Spring")]), actor_id=None)
    assert shop.post("/waitlists/spring/subscribers", {"email": "eve@example.com"}).status_code == 201
    with database.read():
        before = dump(database)
    for method, path in ROUTES:
        if method == "GET":
            assert shop.get(path.format(ada=cast.ada, **NAMES)).status_code == 200
    with database.read():
        assert dump(database) == before


def dump(database):
    tables = ("services", "api_keys", "events", "transfers", "accounts", "users", "idempotent_answers", "daily_activity", "subscribers")
    return {table: [tuple(row) for row in database.session.connection().exec_driver_sql(f"SELECT * FROM {table}")] for table in tables}


def test_a_service_that_is_well_says_so(database, shop):
    answered = shop.post("/heartbeat", "")
    assert (answered.status_code, answered.data) == (204, b"")
    with database.read():
        seen = database.session.connection().exec_driver_sql("SELECT last_seen_at FROM services").scalar()
    assert seen is not None


def test_the_process_answers(app):
    answered = app.test_client().get("/healthz")
    assert (answered.status_code, answered.text) == (200, "ok\n")
