"""Clients that another system brings along."""

import pytest

from rewards.kit import sql
from rewards.people.audit import Wanted, entries
from rewards.people.models import User
from tests.api.test_entrance import is_problem

EVE = {"email": "Eve@Example.com", "name": "Eve", "timezone": "America/New_York", "external_id": "e-1", "joined_on": "2026-02-01"}


def test_a_client_is_added_and_found_by_both_ids(shop):
    added = shop.post("/users", EVE)
    told = added.get_json()
    assert added.status_code == 201
    assert told | EVE | {"email": "eve@example.com"} == told
    assert (told["coach_id"], told["tags"], told["status"]) == (None, [], "active")
    assert shop.get(f"/users/{told['id']}").get_json() == told
    assert shop.get("/users/ext:e-1").get_json() == told


def test_what_a_service_adds_is_a_client_whatever_it_says(database, shop):
    for more in ({"role": "admin"}, {"id": 1}, {"status": "disabled"}, {"tags": ["vip"]}, {"password": "x"}, {"points": 5}):
        assert is_problem(shop.post("/users", EVE | more), 422)
    assert shop.post("/users", EVE).status_code == 201
    with database.read() as session:
        assert session.query(User.role).filter(User.external_id == "e-1").scalar() == "client"


def test_a_client_may_come_with_a_coach(database, shop, cast):
    with database.write() as session:
        session.get(User, cast.bo).external_id = "bo"
    assert shop.post("/users", EVE | {"coach": "ext:bo"}).get_json()["coach_id"] == cast.bo
    for who in (cast.ada, cast.dee, 999):
        assert is_problem(shop.post("/users", {"email": "f@example.com", "name": "F", "timezone": "UTC", "coach": who}), 404)


def test_the_same_key_adds_one_person_and_is_answered_the_same(database, shop):
    first, again = shop.post("/users", EVE, key="k"), shop.post("/users", EVE, key="k")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert is_problem(shop.post("/users", EVE | {"name": "Eva"}, key="k"), 422)
    with database.read():
        assert sql.value("SELECT count(*) FROM users WHERE external_id = 'e-1'") == 1


@pytest.mark.parametrize(
    ("reason", "change"), [("email_taken", {"external_id": "e-2"}), ("external_id_taken", {"email": "other@example.com"})]
)
def test_what_is_taken_is_refused_and_the_refusal_stays(database, shop, reason, change):
    shop.post("/users", EVE)
    refused = shop.post("/users", EVE | change, key="k")
    assert is_problem(refused, 409)
    assert refused.get_json()["reason"] == reason
    with database.write() as session:
        taken = session.query(User).filter(User.external_id == "e-1").one()
        taken.email, taken.external_id = "free@example.com", "free"
    assert shop.post("/users", EVE | change, key="k").data == refused.data
    assert shop.post("/users", EVE | change, key="another").status_code == 201


WRONG: list[tuple[str, dict[str, object]]] = [
    ("email", {"email": "eve"}),
    ("email", {"email": "eve\0@example.com"}),
    ("email", {"email": 7}),
    ("name", {"name": ""}),
    ("name", {"name": " \t"}),
    ("name", {"name": "x" * 201}),
    ("timezone", {"timezone": "Mars/Olympus"}),
    ("timezone", {"timezone": "../../etc/passwd"}),
    ("external_id", {"external_id": ""}),
    ("external_id", {"external_id": "a\u0000"}),
    ("joined_on", {"joined_on": "2026-02-30"}),
    ("joined_on", {"joined_on": "0000-01-01"}),
    ("joined_on", {"joined_on": 20260201}),
    ("coach", {"coach": 1.5}),
]


def test_a_client_has_members_of_exactly_these_kinds(shop):
    for field, wrong in WRONG:
        refused = shop.post("/users", EVE | wrong)
        assert is_problem(refused, 422)
        assert {error["field"] for error in refused.get_json()["errors"]} == {field}, wrong


def test_the_record_says_which_service_added_them_and_from_where(database, shop):
    shop.post("/users", EVE)
    with database.read():
        entry = entries(Wanted(action="user_added"))[0]
    assert (entry.actor, entry.caller, entry.place) == (None, shop.service_id, "127.0.0.1")
