"""Other systems put people on waitlists, say that addresses are theirs, ask where they stand, and let rewards be resolved."""

from typing import Any

from rewards.campaigns.erasing import erase
from rewards.campaigns.judging import disqualify
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import sql
from rewards.kit.database import db
from rewards.people.queries import user_by_id
from rewards.programme.verifying import verify
from tests.api.test_entrance import is_problem
from tests.programme.test_campaigning import CAMPAIGN, EARLY, SPRING
from tests.programme.test_changing import change

POSTCARD = {"key": "postcard", "type": "CUSTOM", "distribution": {"type": "MIN_REFERRALS", "value": 1}, "max_recipients": 1}
PEOPLE = "/waitlists/spring/subscribers"


def play(**members: Any) -> None:
    change(waitlists=[SPRING | {"campaign": CAMPAIGN | {"status": "live", "rewards": [EARLY, POSTCARD]} | members}])


def told(answered: Any, status: int = 201) -> Any:
    assert answered.status_code == status, answered.get_data(as_text=True)
    return answered.get_json()


def comes(shop: Any, email: str, **members: Any) -> Any:
    return told(shop.post(PEOPLE, {"email": email} | members))


def test_somebody_joins_with_a_code_and_counts_when_the_address_is_theirs(database, shop, cast):
    play()
    ada = comes(shop, "Ada@example.com", name="Ada", joined_at="2026-01-02T10:00:00+01:00")
    assert (ada["email"], ada["name"], ada["status"], ada["campaign"]) == ("Ada@example.com", "Ada", "active", "spring_referrals")
    assert (ada["place"], ada["score"], ada["referrals"], ada["referral"], ada["verified_at"]) == (1, 5, 0, "none", None)
    assert ada["joined_at"] == "2026-01-02T09:00:00.000000Z"
    told(shop.post(f"{PEOPLE}/{ada['id']}/verification"), 200)
    checked = told(shop.get(f"/waitlists/spring/referral-codes/{ada['code'].upper()}"), 200)
    assert checked == {"valid": True, "reason": None, "referrer_name": "A."}
    cy = comes(shop, "cy@example.com", referral_code=ada["code"])
    assert (cy["place"], cy["referral"]) == (2, "waiting")
    verified = told(shop.post(f"{PEOPLE}/{cy['id']}/verification"), 200)
    assert (verified["referral"], verified["verified_at"] is None) == ("counted", False)
    assert told(shop.post(f"{PEOPLE}/{cy['id']}/verification"), 200) == verified
    now = told(shop.get(f"{PEOPLE}/{ada['id']}"), 200)
    assert (now["place"], now["score"], now["referrals"]) == (1, 15, 1)
    with database.read():
        assert verify() == []


def test_a_wrong_code_keeps_nobody_from_joining_and_an_address_that_is_in_is_answered_as_it_stands(shop, cast):
    play()
    for number, code in enumerate(["nobodys", "", "k7m2p9xw", "\u0000", "x" * 5000]):
        assert comes(shop, f"{number}@example.com", referral_code=code)["referral"] in ("unknown_code", "none")
    first = comes(shop, "ada@example.com")
    assert comes(shop, "ADA@example.com", name="Somebody", referral_code=first["code"]) == first
    checked = told(shop.get("/waitlists/spring/referral-codes/nobodys"), 200)
    assert checked == {"valid": False, "reason": "unknown_code", "referrer_name": None}
    for body in (
        {},
        {"email": "nobody"},
        {"email": "a@example.com", "joined_at": "2999-01-01T00:00:00Z"},
        {"email": "a@example.com", "x": 1},
    ):
        assert is_problem(shop.post(PEOPLE, body), 422), body


def test_the_board_is_told_from_its_top_and_around_somebody(shop, cast):
    play()
    people = [comes(shop, f"{number}@example.com", name=f"Nr {number}") for number in range(7)]
    board = told(shop.get("/waitlists/spring/leaderboard?limit=3"), 200)
    assert (board["total"], [row["place"] for row in board["items"]]) == (7, [1, 2, 3])
    assert board["items"][0] == {"place": 1, "id": people[0]["id"], "name": "N. 0.", "score": 5, "referrals": 0}
    around = told(shop.get(f"/waitlists/spring/leaderboard?limit=3&around={people[4]['id']}"), 200)
    assert [row["id"] for row in around["items"]] == [one["id"] for one in people[3:6]]
    with db.write():
        disqualify(subscriber_id=people[0]["id"], actor=user_by_id(cast.bo), reason="Not a person")
    out = told(shop.get(f"{PEOPLE}/{people[0]['id']}"), 200)
    assert (out["status"], out["place"]) == ("disqualified", None)
    assert told(shop.get("/waitlists/spring/leaderboard"), 200)["total"] == 6
    for query in ("limit=0", "limit=201", "around=x", "around=0", "cursor=1"):
        assert is_problem(shop.get(f"/waitlists/spring/leaderboard?{query}"), 422), query


def test_the_same_key_adds_somebody_once(database, shop, cast):
    play()
    first, again = (shop.post(PEOPLE, {"email": "ada@example.com"}, key="k") for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    assert is_problem(shop.post(PEOPLE, {"email": "cy@example.com"}, key="k"), 422)
    with db.read():
        assert sql.value("SELECT count(*) FROM subscribers") == 1


def test_what_was_answered_about_somebody_is_forgotten_with_them(database, shop, cast):
    play()
    ada, bea = (shop.post(PEOPLE, {"email": f"{name}@example.com", "name": name}, key=name).get_json() for name in ("ada", "bea"))
    with database.write():
        erase(subscriber_id=ada["id"], actor=None)
    again = [shop.post(PEOPLE, {"email": f"{name}@example.com", "name": name}, key=name).get_json() for name in ("ada", "bea")]
    assert again == [{"id": ada["id"], "status": "erased"}, bea]
    with database.read():
        assert sql.value("SELECT count(*) FROM idempotent_answers WHERE body LIKE '%ada%'") == 0


def test_whoever_is_added_is_counted_by_the_source_that_is_told(database, shop, cast):
    play()
    for number, source in enumerate((None, "newsletter", "  spring   fair ", "x" * 70)):
        comes(shop, f"{number}@example.com", source=source)
    assert is_problem(shop.post(PEOPLE, {"email": "ada@example.com", "source": "two\nlines"}), 422)
    with db.read():
        found = [row[0] for row in sql.rows("SELECT source FROM subscribers ORDER BY sequence")]
        assert found == ["api", "newsletter", "spring fair", "x" * 64]


def test_what_is_not_there_or_on_another_list_is_not_found(shop, cast):
    play()
    change(waitlists=[{"key": "other", "page": {"capacity": 1}}])
    ada = comes(shop, "ada@example.com")
    for waitlist in ("none", "SPRING", "%00", "a" * 200):
        for path in ("leaderboard", f"subscribers/{ada['id']}", "referral-codes/x"):
            assert is_problem(shop.get(f"/waitlists/{waitlist}/{path}"), 404), (waitlist, path)
        assert is_problem(shop.post(f"/waitlists/{waitlist}/subscribers", {"email": "cy@example.com"}), 404)
        assert is_problem(shop.post(f"/campaigns/{waitlist}/resolution"), 404)
    for person in (ada["id"], 10**17, 10**30, 0):
        assert is_problem(shop.get(f"/waitlists/other/subscribers/{person}"), 404)
        assert is_problem(shop.post(f"/waitlists/other/subscribers/{person}/verification"), 404)
    assert told(shop.get("/waitlists/other/leaderboard"), 200) == {"items": [], "total": 0}
    alone = told(shop.post("/waitlists/other/subscribers", {"email": "ada@example.com"}))
    assert (alone["place"], alone["score"], alone["campaign"], alone["referral"]) == (None, 0, None, "none")
    full = shop.post("/waitlists/other/subscribers", {"email": "cy@example.com"})
    assert is_problem(full, 409)
    assert full.get_json()["reason"] == "full"
    assert is_problem(shop.get(f"/waitlists/other/leaderboard?around={ada['id']}"), 404)
    with db.write() as session:
        session.get_one(Subscriber, ada["id"]).status = "erased"
    assert is_problem(shop.get(f"{PEOPLE}/{ada['id']}"), 404)


def test_rewards_are_resolved_once_however_often_it_is_asked(database, shop, cast):
    play()
    ada, cy = (comes(shop, email) for email in ("ada@example.com", "cy@example.com"))
    with db.write():
        # As if resolving after each event had never happened.
        sql.run("UPDATE subscribers SET verified_at = joined_at")
        sql.run("UPDATE entrants SET referrals = 1 WHERE subscriber_id = ?", (ada["id"],))
    first = shop.post("/campaigns/spring_referrals/resolution", key="k")
    resolved = {one["reward"]: (one["new"], one["granted"]) for one in told(first, 200)["rewards"]}
    assert resolved == {"early": (0, 0), "postcard": (1, 1)}
    assert shop.post("/campaigns/spring_referrals/resolution", key="k").data == first.data
    again = told(shop.post("/campaigns/spring_referrals/resolution"), 200)["rewards"]
    assert [one["new"] for one in again] == [0, 0]
    assert cy["id"] != ada["id"]
