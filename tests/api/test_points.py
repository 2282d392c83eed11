"""Points that another system gives and takes, and the lists that tell of it."""

import pytest

from rewards.earning.queueing import run_queue
from rewards.kit import sql
from rewards.ledger.verifying import sums_by_asset, wrong_balances
from rewards.people.models import User
from tests.api.conftest import open_shop
from tests.api.test_entrance import is_problem

GIVEN = {"points": 20, "reason": "Ordered for the first time"}


def test_what_is_given_can_be_spent_and_the_history_tells_both(database, shop, cast):
    given = shop.post(f"/users/{cast.ada}/points/earn", GIVEN)
    spent = shop.post(f"/users/{cast.ada}/points/spend", {"points": 5, "reason": "A coffee"})
    assert (given.status_code, given.get_json()["points"], given.get_json()["balance"]) == (201, 20, 20)
    assert (spent.status_code, spent.get_json()["points"], spent.get_json()["balance"]) == (201, 5, 15)
    history = shop.get(f"/users/{cast.ada}/points/history").get_json()["items"]
    told = [(entry["amount"], entry["balance_after"], entry["reason"], entry["counterpart"]) for entry in history]
    assert told == [(-5, 15, "A coffee", "redeemed"), (20, 20, "Ordered for the first time", "issued")]
    event = shop.get(f"/events/{given.get_json()['event_id']}").get_json()
    assert (event["activity"], event["points_awarded"]) == ("points_granted", 20)
    with database.read():
        assert sums_by_asset()["points"] == 0
        assert wrong_balances() == []


def test_too_few_points_are_refused_with_the_gap(database, shop, cast):
    shop.post(f"/users/{cast.ada}/points/earn", GIVEN)
    refused = shop.post(f"/users/{cast.ada}/points/spend", {"points": 100, "reason": "A bicycle"})
    assert is_problem(refused, 409)
    assert (refused.get_json()["reason"], refused.get_json()["gap"]) == ("insufficient", {"points": 80})
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == 20
    with database.read():
        assert sql.value("SELECT count(*) FROM transfers") == 1


def test_a_refusal_stays_though_the_points_come(shop, cast):
    bicycle = {"points": 20, "reason": "A bicycle"}
    first = shop.post(f"/users/{cast.ada}/points/spend", bicycle, key="k")
    assert is_problem(first, 409)
    shop.post(f"/users/{cast.ada}/points/earn", GIVEN)
    again = shop.post(f"/users/{cast.ada}/points/spend", bicycle, key="k")
    assert (again.status_code, again.content_type, again.data) == (first.status_code, first.content_type, first.data)
    assert shop.post(f"/users/{cast.ada}/points/spend", bicycle, key="another").status_code == 201


@pytest.mark.parametrize("verb", ["earn", "spend"])
def test_the_same_key_moves_points_once(database, app, shop, cast, verb):
    shop.post(f"/users/{cast.ada}/points/earn", {"points": 100, "reason": "To begin with"})
    path = f"/users/{cast.ada}/points/{verb}"
    first, again = shop.post(path, GIVEN, key="k"), shop.post(path, GIVEN, key="k")
    assert first.status_code == 201
    assert (first.status_code, first.data) == (again.status_code, again.data)
    for other in (GIVEN | {"points": 21}, GIVEN | {"reason": "Another"}):
        assert is_problem(shop.post(path, other, key="k"), 422)
    assert is_problem(shop.post(f"/users/{cast.cy}/points/{verb}", GIVEN, key="k"), 422)
    assert open_shop(database, app).post(path, GIVEN, key="k").status_code == 201
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == (140 if verb == "earn" else 60)


@pytest.mark.parametrize("verb", ["earn", "spend"])
def test_the_same_key_moves_points_once_even_where_its_answer_is_forgotten(database, shop, cast, verb):
    shop.post(f"/users/{cast.ada}/points/earn", {"points": 100, "reason": "To begin with"})
    path = f"/users/{cast.ada}/points/{verb}"
    first = shop.post(path, GIVEN, key="k")
    with database.write():
        sql.run("DELETE FROM idempotent_answers")
    assert shop.post(path, GIVEN, key="k").data == first.data
    with database.write():
        sql.run("DELETE FROM idempotent_answers")
    assert is_problem(shop.post(path, GIVEN | {"points": 21}, key="k"), 422)
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == (120 if verb == "earn" else 80)


def test_one_key_may_stand_for_an_event_and_for_points(shop, cast):
    event = shop.post("/events", {"user": cast.ada, "action": "logged", "object_type": "workout"}, key="k")
    assert event.status_code == 201
    assert shop.post(f"/users/{cast.ada}/points/earn", GIVEN, key="k").status_code == 201
    assert shop.post(f"/users/{cast.ada}/points/spend", GIVEN, key="k").status_code == 201


def test_nothing_is_taken_from_somebody_who_is_switched_off(database, shop, cast):
    shop.post(f"/users/{cast.ada}/points/earn", GIVEN)
    with database.write() as session:
        session.get(User, cast.ada).status = "disabled"
    assert shop.post(f"/users/{cast.ada}/points/spend", GIVEN).get_json()["reason"] == "disabled"


def test_a_wallet_tells_every_balance_and_the_way_to_the_next_level(shop, cast):
    empty = shop.get(f"/wallets/{cast.ada}").get_json()
    assert empty["balances"] == empty["held"] == {"xp": 0, "points": 0, "money": []}
    shop.post("/events", {"user": cast.ada, "action": "recycled", "object_type": "plastic", "metadata": {"kg": 5}})
    shop.post("/events", {"user": cast.ada, "action": "completed", "object_type": "program"})
    wallet = shop.get(f"/wallets/{cast.ada}").get_json()
    assert wallet["user_id"] == cast.ada
    assert wallet["level"] == {"number": 1, "name": "Bronze"}
    assert wallet["next_level"]["xp_missing"] == 500 - wallet["balances"]["xp"]


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_tell_every_movement_once(shop, cast, limit):
    events = [{"user": cast.ada, "action": "logged", "object_type": "workout", "idempotency_key": str(number)} for number in range(5)]
    shop.post("/events/batch", {"events": events})
    run_queue()
    shop.post(f"/users/{cast.cy}/points/earn", GIVEN)
    for path in (f"/wallets/{cast.ada}/transactions", f"/users/{cast.ada}/points/history"):
        everything = shop.get(f"{path}?limit=200").get_json()
        found: list[dict] = []
        cursor: str | None = ""
        pages = 0
        while cursor is not None:
            page = shop.get(f"{path}?limit={limit}{cursor and f'&cursor={cursor}'}").get_json()
            assert len(page["items"]) <= limit
            found, cursor, pages = [*found, *page["items"]], page["next_cursor"], pages + 1
            # What happens meanwhile shifts no page.
            shop.post(f"/users/{cast.ada}/points/earn", {"points": 1, "reason": "Meanwhile"})
        assert found == everything["items"]
        assert everything["next_cursor"] is None
        assert len({entry["id"] for entry in found}) == len(found) >= 5
        assert pages == -(-len(found) // limit)
