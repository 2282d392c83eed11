"""What a body may be: one JSON object of exactly the kinds that are described, and nothing that only looks like it."""

import json
import shutil

import pytest

from rewards.kit import sql
from tests.api.test_entrance import is_problem


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """One kind is enough: what is refused here is refused before any database is asked."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'laurel.db')}"


NESTED = "[" * 400 + "]" * 400
EARN = '{"points": 50, "reason": "x"}'


@pytest.mark.parametrize(
    "amount",
    [
        "0.1",
        '"10"',
        "true",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "-1",
        "0",
        str(2**63),
        "1.5",
        "9007199254740993.0",
        "null",
        "[1]",
        "{}",
        "9000000000000001",
    ],
)
@pytest.mark.parametrize("path", ["earn", "spend"])
def test_an_amount_is_a_whole_number_above_zero_and_nothing_else(database, shop, cast, amount, path):
    refused = shop.post(f"/users/{cast.ada}/points/{path}", f'{{"points": {amount}, "reason": "x"}}')
    assert is_problem(refused, 400 if amount in ("NaN", "Infinity") else 422)
    assert refused.status_code == 400 or refused.get_json()["errors"][0]["field"] == "points"
    assert shop.post(f"/users/{cast.ada}/points/earn", EARN).status_code == 201
    with database.read():
        assert sql.value("SELECT count(*) FROM transfers") == 1


def test_a_whole_number_may_be_written_as_json_allows(shop, cast):
    for number in ("50", "50.0", "5e1"):
        given = shop.post(f"/users/{cast.ada}/points/earn", f'{{"points": {number}, "reason": "x"}}')
        assert (given.status_code, given.get_json()["points"]) == (201, 50)


def test_the_largest_amount_there_is_can_be_given_and_one_more_is_not(shop, cast):
    largest = 9_000_000_000_000_000
    given = shop.post(f"/users/{cast.ada}/points/earn", {"points": largest, "reason": "x"})
    assert (given.status_code, given.get_json()["balance"]) == (201, largest)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b""),
        (400, b"{"),
        (400, b"{'points': 50}"),
        (400, b'{"points": 50, "reason": "x"} {}'),
        (400, b'{"points": 50, "points": 50, "reason": "x"}'),
        (400, b'{"points": 50, "reason": "x", "more": {"a": 1, "a": 2}}'),
        (400, b'{"points": 50, "reason": "\xff"}'),
        (400, EARN.encode("utf-16")),
        (400, f'{{"points": 50, "reason": {"[" * 5000}'.encode()),
        (422, b"[]"),
        (422, b'"x"'),
        (422, b"null"),
        (422, b"50"),
        (422, b'{"points": 50}'),
        (422, b'{"points": 50, "reason": "x", "balance": 1000}'),
        (422, b'{"points": 50, "reason": ""}'),
        (422, b'{"points": 50, "reason": "  "}'),
        (422, b'{"points": 50, "reason": "a\\u0000b"}'),
        (422, b'{"points": 50, "reason": "\\ud800"}'),
        (422, b'{"points": "\\ud800", "reason": "x"}'),
        (422, b'{"points": 50, "reason": "x", "\\ud800": 1}'),
        (422, b'{"points": 50, "reason": "x", "more": {"\\ud800": ["\\udfff"]}}'),
        (422, b'{"points": 50, "reason": 7}'),
        (422, json.dumps({"points": 50, "reason": "x" * 501}).encode()),
    ],
)
def test_a_body_is_one_json_object_without_anything_twice(shop, cast, status, body):
    assert is_problem(shop.post(f"/users/{cast.ada}/points/earn", body), status)
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == 0


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ""]
)
def test_only_what_is_declared_as_json_is_read(shop, cast, media_type):
    refused = shop.post(f"/users/{cast.ada}/points/earn", EARN, **{"Content-Type": media_type})
    assert is_problem(refused, 415)
    assert shop.post(f"/users/{cast.ada}/points/earn", EARN, **{"Content-Type": "application/json; charset=utf-8"}).status_code == 201


def test_a_body_that_is_too_large_is_refused(shop, cast):
    large = json.dumps({"points": 50, "reason": "x" * 70_000})
    assert is_problem(shop.post(f"/users/{cast.ada}/points/earn", large), 413)
    assert shop.post("/events/batch", json.dumps({"events": ["x" * 1_100_000]})).status_code == 202
    assert is_problem(shop.post("/events/batch", json.dumps({"events": ["x" * 9_000_000]})), 413)


@pytest.mark.parametrize(
    "metadata",
    [
        '{"kg": 1e400}',
        '{"kg": -1e999}',
        '{"text": "a\\u0000b"}',
        '{"a\\u0000b": 1}',
        '{"text": "\\udcff"}',
        '{"deep": ' + NESTED + "}",
        json.dumps({"text": "x" * 16_400}),
        "[]",
        '"x"',
        "7",
    ],
)
def test_metadata_is_bounded_and_finite(database, shop, cast, metadata):
    body = f'{{"user": {cast.ada}, "action": "logged", "object_type": "workout", "metadata": {metadata}}}'
    refused = shop.post("/events", body)
    assert is_problem(refused, 422)
    assert refused.get_json()["errors"][0]["field"] == "metadata"
    good = f'{{"user": {cast.ada}, "action": "logged", "object_type": "workout", "idempotency_key": "good"}}'
    batch = f'{{"events": [{body[:-1]}, "idempotency_key": "bad"}}, {good}]}}'
    assert [result["outcome"] for result in shop.post("/events/batch", batch).get_json()["results"]] == ["refused", "accepted"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("user", {"user": True}),
        ("user", {"user": 1.5}),
        ("user", {"user": None}),
        ("user", {"user": "ext:"}),
        ("user", {"user": "ext:\0"}),
        ("user", {"user": 2**70}),
        ("action", {"action": ""}),
        ("action", {"action": "a b"}),
        ("action", {"action": "a\n"}),
        ("object_type", {"object_type": "x" * 65}),
        ("activity", {"activity": 7}),
        ("occurred_at", {"occurred_at": "2026-11-20T18:30:00"}),
        ("occurred_at", {"occurred_at": "2026-11-20"}),
        ("occurred_at", {"occurred_at": "2026-02-30T18:30:00Z"}),
        ("occurred_at", {"occurred_at": "2099-01-01T00:00:00Z"}),
        ("occurred_at", {"occurred_at": "0001-01-01T00:00:00+12:00"}),
        ("occurred_at", {"occurred_at": "9999-12-31T23:59:59-12:00"}),
        ("occurred_at", {"occurred_at": 1700000000}),
        ("occurred_at", {"occurred_at": "1700000000"}),
        ("points", {"points": 50}),
        ("id", {"id": 7}),
    ],
)
def test_an_event_has_members_of_exactly_these_kinds(database, shop, cast, field, wrong):
    event = {"user": cast.ada, "action": "logged", "object_type": "workout"}
    refused = shop.post("/events", event | wrong)
    assert is_problem(refused, 422)
    assert [error["field"] for error in refused.get_json()["errors"]] == [field]
    assert (
        shop.post("/events", event | {"metadata": {"ä": ["ö", {"ü": None}]}, "occurred_at": "2026-11-01t18:30:00.5+05:30"}).status_code
        == 201
    )


@pytest.mark.parametrize("key", ["", "ä", "x" * 256, "a\tb"])
def test_a_key_is_printable_and_not_too_long(shop, cast, key):
    for path in ("/events", f"/users/{cast.ada}/points/earn"):
        body = {"user": cast.ada, "action": "logged", "object_type": "workout"} if path == "/events" else {"points": 1, "reason": "x"}
        assert is_problem(shop.post(path, body, **{"Idempotency-Key": key}), 422)
        assert shop.post(path, body, **{"Idempotency-Key": "x" * 255}).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=1.0",
        "limit=-1",
        "cursor=x",
        "cursor=0",
        "cursor=" + "9" * 19,
        "page=2",
        "limit=1&limit=2",
    ],
)
def test_a_list_takes_a_limit_and_a_cursor_and_nothing_else(shop, cast, query):
    assert is_problem(shop.get(f"/wallets/{cast.ada}/transactions?{query}"), 422)
    assert shop.get(f"/wallets/{cast.ada}/transactions?limit=200&cursor=7").status_code == 200


@pytest.mark.parametrize("place", ["batch", "event"])
def test_a_heap_of_unknown_members_is_answered_in_a_line(shop, cast, place):
    heap: dict[str, object] = {f"a{number}": 1 for number in range(20_000)}
    event = {"user": str(cast.ada), "action": "completed", "object_type": "run", "idempotency_key": "k"}
    sent = {"events": [heap | event]} if place == "event" else heap | {"events": []}
    answered = shop.post("/events/batch", sent)
    assert answered.status_code == (202 if place == "event" else 422)
    assert "at most 30 members are expected" in answered.text
    assert len(answered.data) < 1_000
