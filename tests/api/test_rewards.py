"""Other systems hand rewards out and redeem them, once for each key, and are told exactly why not."""

import pytest

from rewards.kit.database import db
from rewards.ledger.models import AMOUNT_MAX
from rewards.people.queries import user_by_id
from rewards.programme.verifying import verify
from rewards.shop import offering
from rewards.shop.documents import RewardDocument
from rewards.shop.settling import fulfil
from tests.api.conftest import open_shop
from tests.api.test_entrance import is_problem

WHOLE = {
    "key": "ticket",
    "points_cost": 120,
    "stock": 7,
    "type": "discount",
    "value_minor": 1500,
    "currency": "USD",
    "payload": {"group": "beta"},
    "external_url": "https://tickets.example.org/7",
    "external_id": "T 7",
    "available_from": "2026-03-01",
    "limit_count": 2,
    "limit_period": "month",
    "level_number": 1,
    "valid_days": 30,
}


def add(cast, codes=(), by=None, **members):
    with db.write():
        actor = user_by_id(by or cast.dee)
        assert actor is not None
        document = RewardDocument.model_validate({"key": "bottle", "points_cost": 50, **members})
        reward = offering.add_reward(reward=document, actor=actor)
        if codes:
            offering.add_codes(reward_id=reward.id, codes=codes, actor=actor)
        return reward.id


def earn(shop, user_id, points):
    assert shop.post(f"/users/{user_id}/points/earn", {"points": points, "reason": "To begin with"}).status_code == 201


def points_of(shop, user_id):
    return shop.get(f"/users/{user_id}/points").get_json()["points"]


def test_rewards_are_listed_page_by_page_newest_first(shop, cast):
    first, second = add(cast, **WHOLE), add(cast, by=cast.bo, active=False)
    page = shop.get("/rewards?limit=1").get_json()
    assert [(one["id"], one["coach_id"], one["active"]) for one in page["items"]] == [(second, cast.bo, False)]
    rest = shop.get(f"/rewards?limit=1&cursor={page['next_cursor']}").get_json()
    assert rest["next_cursor"] is None
    assert rest["items"] == [
        {
            "id": first,
            "key": "ticket",
            "external_id": "T 7",
            "coach_id": None,
            "name": "Ticket",
            "description": "",
            "type": "discount",
            "points_cost": 120,
            "stock": 7,
            "active": True,
            "value": {"currency": "USD", "minor": 1500, "amount": "15.00"},
            "payload": {"group": "beta"},
            "external_url": "https://tickets.example.org/7",
            "available_from": "2026-03-01T00:00:00.000000Z",
            "available_until": None,
            "limit": {"count": 2, "period": "month"},
            "level_number": 1,
            "valid_days": 30,
        }
    ]


def test_redeeming_takes_the_price_and_waits_for_the_coach(database, shop, cast):
    bottle = add(cast, stock=2)
    earn(shop, cast.ada, 80)
    made = shop.post(f"/rewards/{bottle}/redeem", {"user": cast.ada})
    assert made.status_code == 201
    told = made.get_json()
    assert (told["status"], told["points"], told["balance"], told["given"]) == ("pending", 50, 30, False)
    assert told["source"] == "service:1"
    with database.write():
        coach = user_by_id(cast.bo)
        assert coach is not None
        fulfil(redemption_id=told["id"], actor=coach, note="At the desk")
    (shown,) = shop.get(f"/users/{cast.ada}/rewards").get_json()["items"]
    assert (shown["id"], shown["status"], shown["note"]) == (told["id"], "fulfilled", "At the desk")
    assert shop.get("/rewards").get_json()["items"][0]["stock"] == 1
    with database.read():
        assert verify() == []


@pytest.mark.parametrize(
    ("members", "points", "reason", "detail", "gap"),
    [
        ({}, 20, "too_few_points", "30 points to go.", {"points": 30}),
        ({"stock": 0}, 80, "sold_out", "Someone took the last one. No points were spent.", {}),
        ({"level_number": 3}, 80, "level_too_low", "Opens at Gold.", {"level": {"number": 3, "name": "Gold"}}),
        ({"active": False}, 80, "switched_off", "This is not offered at the moment.", {}),
        (
            {"available_from": "2099-04-03T07:00:00Z"},
            80,
            "not_open_yet",
            "Opens on 3 April 2099 at 09:00.",
            {"opens_at": "2099-04-03T07:00:00.000000Z"},
        ),
    ],
)
def test_a_refusal_tells_why_and_by_how_much(shop, cast, members, points, reason, detail, gap):
    bottle = add(cast, **members)
    earn(shop, cast.ada, points)
    refused = shop.post(f"/rewards/{bottle}/redeem", {"user": str(cast.ada)})
    assert is_problem(refused, 409)
    assert [refused.get_json()[member] for member in ("reason", "detail", "gap")] == [reason, detail, gap]
    assert points_of(shop, cast.ada) == points
    assert shop.get(f"/users/{cast.ada}/rewards").get_json()["items"] == []


def test_the_same_key_redeems_once_and_a_refusal_stays(shop, cast):
    bottle = add(cast)
    earn(shop, cast.ada, 20)
    path = f"/rewards/{bottle}/redeem"
    refused = shop.post(path, {"user": cast.ada}, key="early")
    earn(shop, cast.ada, 100)
    assert shop.post(path, {"user": cast.ada}, key="early").data == refused.data
    first, again = (shop.post(path, {"user": cast.ada}, key="k") for _ in range(2))
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert is_problem(shop.post(path, {"user": cast.cy}, key="k"), 422)
    assert points_of(shop, cast.ada) == 70


def test_each_call_without_a_key_is_another_one(shop, cast):
    bottle = add(cast)
    earn(shop, cast.ada, 100)
    for _ in range(2):
        assert shop.post(f"/rewards/{bottle}/redeem", {"user": cast.ada}).status_code == 201
    assert points_of(shop, cast.ada) == 0


def test_what_is_issued_costs_nothing_and_is_fulfilled(database, shop, cast):
    ticket = add(cast, codes=["A-1", "A-2"], key="ticket", level_number=4, external_id="T-7")
    first, again = (shop.post("/rewards/ext:T-7/issue", {"user": cast.cy}, key="k") for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    told = first.get_json()
    assert (told["reward_id"], told["status"], told["points"], told["given"], told["code"]) == (ticket, "fulfilled", 0, True, "A-1")
    # The same key redeems something else: each route has keys of its own.
    assert is_problem(shop.post("/rewards/ext:T-7/redeem", {"user": cast.cy}, key="k"), 409)
    shop.post("/rewards/ext:T-7/issue", {"user": cast.cy})
    assert shop.post("/rewards/ext:T-7/issue", {"user": cast.cy}).get_json()["reason"] == "sold_out"
    with database.read():
        assert verify() == []


def test_who_or_what_is_not_there_is_not_found(shop, cast):
    own = add(cast, by=cast.bo)
    for verb in ("issue", "redeem"):
        for reward in (999, "ext:nothing", 0, "x", 10**17, own):
            assert is_problem(shop.post(f"/rewards/{reward}/{verb}", {"user": cast.cy}), 404), reward
        for user in (999, cast.bo, "ext:nobody"):
            assert is_problem(shop.post(f"/rewards/{own}/{verb}", {"user": user}), 404), user
        for body in ({}, {"user": cast.ada, "points": 1}, {"user": True}, {"user": AMOUNT_MAX * 1000}):
            assert is_problem(shop.post(f"/rewards/{own}/{verb}", body), 422), body
    assert is_problem(shop.get("/users/999/rewards"), 404)
    assert is_problem(shop.get(f"/users/{cast.dee}/rewards"), 404)


def test_two_systems_have_keys_of_their_own(database, app, shop, cast):
    other = open_shop(database, app)
    bottle = add(cast)
    earn(shop, cast.ada, 100)
    ids = {one.post(f"/rewards/{bottle}/redeem", {"user": cast.ada}, key="k").get_json()["id"] for one in (shop, other)}
    assert len(ids) == 2
