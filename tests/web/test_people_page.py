"""People on the admin's pages: found, adjusted once, switched off and on, and nobody locks themselves out."""

import csv
from io import StringIO

import pytest

from rewards.kit import sql
from rewards.ledger.queries import balances_of
from tests.web.browser import form_of, log
from tests.web.conftest import on_sqlite, somebody

PEOPLE = "/admin/people"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def id_of(database, name):
    with database.read():
        return somebody(name).id


def send(client, path, **fields):
    token = form_of(client.get("/admin/menu"), "/logout")["csrf_token"]
    return client.post(path, data={"csrf_token": token, **fields})


@on_sqlite
@pytest.mark.parametrize(("query", "names"), [("", 6), ("?role=coach", 2), ("?q=ada", 1), ("?q=nobody", 0), ("?view=off", 0)])
def test_people_are_found_on_the_page_and_in_the_sheet(dee, query, names):
    rows = list(csv.DictReader(StringIO(dee.get(f"{PEOPLE}/export.csv{query}").data.decode("utf-8-sig"))))
    assert len(rows) == names
    page = dee.get(f"{PEOPLE}{query}").text
    assert all(row["email"] in page for row in rows)


def test_an_adjustment_counts_once_and_is_signed_with_a_name(dee, database):
    ada = id_of(database, "ada")
    fields = {"asset": "points", "amount": "1 250", "reason": "for the harvest", "idempotency_key": "one-of-a-kind"}
    for _ in range(2):
        assert send(dee, f"{PEOPLE}/{ada}/adjustment", **fields).status_code == 303
    with database.read():
        assert balances_of(ada)["points"] == 1_250
    page = dee.get(f"{PEOPLE}/{ada}").text
    assert all(text in page for text in ("for the harvest", "+1,250 points", "by Dee"))


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": ""}, "Enter a number such as 50"),
        ({"amount": "1.5"}, "Enter a number such as 50"),
        ({"amount": "0"}, "Enter a number such as 50"),
        ({"amount": "9" * 40}, "Enter a number such as 50"),
        ({"amount": "9" * 16}, "A whole number other than 0"),
        ({"reason": " "}, "Enter a reason"),
        ({"asset": "gold"}, "Choose what to give"),
        ({"amount": "-1"}, "points"),
    ],
)
def test_a_refused_adjustment_moves_nothing_and_keeps_what_was_typed(dee, database, fields, told):
    ada = id_of(database, "ada")
    page = send(dee, f"{PEOPLE}/{ada}/adjustment", **{"asset": "points", "amount": "5", "reason": "kept as it was", **fields})
    assert page.status_code == 422
    assert told in page.text
    assert "kept as it was" in page.text or "reason" in fields
    with database.read():
        assert balances_of(ada).get("points", 0) == 0


@on_sqlite
def test_money_is_typed_as_people_write_it(dee, database):
    ada = id_of(database, "ada")
    send(dee, f"{PEOPLE}/{ada}/adjustment", asset="USD", amount="2,50", reason="deposit")
    with database.read():
        assert balances_of(ada)["USD"] == 250


def test_switching_off_ends_every_session_and_switching_on_brings_them_back(dee, sign_in, database):
    ada, browser = id_of(database, "ada"), sign_in("ada")
    assert send(dee, f"{PEOPLE}/{ada}/deactivation").status_code == 303
    assert browser.get("/client").status_code == 303
    assert "Switched off" in dee.get(f"{PEOPLE}/{ada}").text
    assert send(dee, f"{PEOPLE}/{ada}/activation").status_code == 303
    assert sign_in("ada").get("/client").status_code == 200


@on_sqlite
def test_another_part_ends_every_session(dee, sign_in, database):
    ada, browser = id_of(database, "ada"), sign_in("ada")
    assert send(dee, f"{PEOPLE}/{ada}/role", role="admin").status_code == 303
    assert browser.get("/client").status_code == 303
    assert sign_in("ada").get("/admin").status_code == 200


@on_sqlite
@pytest.mark.parametrize(("what", "fields"), [("role", {"role": "client"}), ("deactivation", {}), ("activation", {})])
def test_nobody_locks_themselves_out(dee, database, what, fields):
    myself = id_of(database, "dee")
    page = send(dee, f"{PEOPLE}/{myself}/{what}", **fields)
    assert page.status_code == 409
    assert "Another admin has to do this" in page.text
    assert dee.get(PEOPLE).status_code == 200


@on_sqlite
def test_a_coach_with_clients_stays_one_until_they_have_another(dee, database):
    page = send(dee, f"{PEOPLE}/{id_of(database, 'bo')}/role", role="client")
    assert page.status_code == 409
    assert "give them another coach first" in page.text


@on_sqlite
@pytest.mark.parametrize(
    ("text", "wanted"),
    [("ada", "/admin/people/"), ("Workout logged", "/admin/activities/"), ("ledger", "/admin/ledger"), ("zzz", "Nothing matches")],
)
def test_one_box_finds_everything(dee, text, wanted):
    assert wanted in dee.get("/admin/search", query_string={"q": text}).text.split("<main", 1)[1]


@on_sqlite
def test_a_search_for_a_number_finds_the_movement_and_the_event(dee, ada, database):
    log(ada, "workout_logged")
    with database.read():
        transfer, event = sql.rows("SELECT max(id), max(event_id) FROM transfers")[0]
    assert f"/admin/ledger/{transfer}" in dee.get(f"/admin/search?q={transfer}").text
    assert f"/admin/events/{event}" in dee.get(f"/admin/search?q={event}").text
