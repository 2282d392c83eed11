"""The record of changes on the admin's page: what a page changes is found there, with both sides and the name of who did it."""

import csv
from io import StringIO

import pytest

from tests.web.browser import form_of
from tests.web.conftest import on_sqlite, somebody

AUDIT = "/admin/audit"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def send(client, path, **fields):
    token = form_of(client.get("/admin/menu"), "/logout")["csrf_token"]
    return client.post(path, data={"csrf_token": token, **fields})


def rows(client, query=""):
    return list(csv.DictReader(StringIO(client.get(f"{AUDIT}/export.csv{query}").data.decode("utf-8-sig"))))


@pytest.fixture
def deeds(dee, database):
    """Dee renames the programme, adjusts what Ada has, and makes her a coach."""
    with database.read():
        ada = somebody("ada").id
    settings = {"name": "Riverside", "points_word": "points", "currency": "USD", "timezone": "UTC", "streak_activity": "daily_checkin"}
    assert send(dee, "/admin/settings/programme", **settings).status_code == 303
    assert send(dee, f"/admin/people/{ada}/adjustment", asset="points", amount="5", reason="a gift").status_code == 303
    assert send(dee, f"/admin/people/{ada}/role", role="coach").status_code == 303
    return ada


def test_what_an_admin_does_is_recorded_with_name_and_place(dee, deeds):
    done = rows(dee, "?person=dee@example.com")
    assert {row["by"] for row in done} == {"Dee"}
    assert {row["place"] for row in done} == {"127.0.0.1"}
    kinds = {row["kind"] for row in done}
    assert {"user"} < kinds, kinds
    changed = next(row for row in done if row["thing"] == str(deeds) and "coach" in row["after"])
    page = dee.get(f"{AUDIT}/{changed['id']}").text
    assert all(text in page for text in ("client", "coach", "Ada", "Dee"))


@on_sqlite
def test_the_page_filters_as_the_sheet_does(dee, deeds):
    for query in ("", "?kind=user", "?person=dee@example.com&kind=user", "?first=2999-01-01"):
        found = rows(dee, query)
        assert dee.get(f"{AUDIT}{query}").text.count(f'href="{AUDIT}/') - 1 == min(len(found), 25)
    assert "Nobody is known by this" in dee.get(f"{AUDIT}?person=nobody").text


@on_sqlite
@pytest.mark.parametrize(
    "query", ["?first=x", "?before=abc", "?before=99999999999999999999", "?action=%00", "?first=0001-01-01&last=9999-12-31"]
)
def test_no_address_breaks_the_list(dee, deeds, query):
    assert dee.get(f"{AUDIT}{query}").status_code == 200
