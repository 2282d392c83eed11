"""The ledger and the events on the admin's pages: everything has its reason, and what was wrong is taken back, never edited."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from rewards.earning import pipeline
from rewards.earning.granting import adjust
from rewards.earning.processing import record_and_process
from rewards.kit import clock, sql
from tests.programmes import define, did, play
from tests.web.browser import form_of
from tests.web.conftest import on_sqlite, somebody

LEDGER, EVENTS = "/admin/ledger", "/admin/events"
MEDITATED = {
    "key": "long_meditation",
    "pattern": {"action": "completed", "object_type": "meditation"},
    "conditions": {"any": [{"metadata.duration": {"gte": 600}}, {"not": {"person.level": {"lt": 9}}}]},
    "outcome": {"type": "award_points", "points": 10, "xp": 10},
}


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def user_id(database, name):
    with database.read():
        return somebody(name).id


@pytest.fixture
def history(site, database):
    """Ada logged two workouts and was given something by hand; Cy logged a meal."""
    ada, cy = user_id(database, "ada"), user_id(database, "cy")
    play(did(ada, "workout_logged", clock.now() - timedelta(days=1)), did(ada, "workout_logged", clock.now()))
    play(did(cy, "meal_logged", clock.now()))
    with database.write():
        adjust(user_id=ada, asset="points", amount=7, reason="=for helping at the gate", actor_id=None)
    return ada


def send(client, path, **fields):
    token = form_of(client.get("/admin/menu"), "/logout")["csrf_token"]
    return client.post(path, data={"csrf_token": token, **fields})


def sheet(response):
    return list(csv.DictReader(StringIO(response.data.decode("utf-8-sig"))))


def test_every_movement_stands_there_with_its_reason_and_the_sums_agree(dee, history, monkeypatch):
    """Of very many accounts the sums are asked for when the page is there."""
    page, checked = dee.get(LEDGER).text, "balances and movements agree"
    assert all(text in page for text in ("Workout logged", "Meal logged", "=for helping at the gate", checked))
    assert "47 points" in page
    monkeypatch.setattr("rewards.web.admin.ledger.SUMMED_AT_ONCE", 0)
    page = dee.get(LEDGER).text
    assert (checked in page, f'hx-get="{LEDGER}?sums=1"' in page) == (False, True)
    assert dee.get(f"{LEDGER}?sums=1", headers={"HX-Request": "true"}).text.strip().startswith("<p")
    assert all(checked in dee.get(f"{LEDGER}?sums=1", headers=headers).text for headers in ({}, {"HX-Request": "true"}))


@pytest.mark.parametrize(
    ("query", "lines"),
    [("", 7), ("?person=ada@example.com", 5), ("?person=ada@example.com&asset=points", 3), ("?kind=adjusted", 1), ("?first=2999-01-01", 0)],
)
def test_a_filter_holds_for_the_page_and_for_the_sheet(dee, history, query, lines):
    rows = sheet(dee.get(f"{LEDGER}/export.csv{query}"))
    assert len(rows) == lines
    assert dee.get(f"{LEDGER}{query}").text.count(f'href="{LEDGER}/') - 1 == 2 * lines
    assert all(row["reason"] == "'=for helping at the gate" for row in rows if row["kind"] == "Adjusted by hand")


@on_sqlite
def test_what_cannot_be_understood_shows_nothing_and_says_why(dee, history):
    page = dee.get(f"{LEDGER}?person=nobody&first=yesterday").text
    assert "Nobody is known by this" in page
    assert "Enter a day such as" in page
    assert "Workout logged" not in page


def test_a_movement_is_taken_back_once_and_both_stay(dee, history, database):
    with database.read():
        transfer = sql.value("SELECT id FROM transfers WHERE reason = '=for helping at the gate'")
    refused = send(dee, f"{LEDGER}/{transfer}/reverse", reason="  ")
    assert refused.status_code == 422
    assert "Enter a reason" in refused.text
    assert send(dee, f"{LEDGER}/{transfer}/reverse", reason="it was Cy").status_code == 303
    assert "This was taken back" in dee.get(f"{LEDGER}/{transfer}").text
    again = send(dee, f"{LEDGER}/{transfer}/reverse", reason="it was Cy")
    assert again.status_code == 422
    assert "reversed already" in again.text
    assert "Taken back: it was Cy" in dee.get(f"{LEDGER}?person=ada@example.com").text


def test_an_event_tells_every_step_of_its_decision(dee, site, database):
    define(rules=[MEDITATED])
    ada = user_id(database, "ada")
    play(did(ada, "meditation_completed", clock.now(), metadata={"duration": 500}))
    with database.read():
        event = sql.value("SELECT max(id) FROM events")
    page = dee.get(f"{EVENTS}/{event}").text
    for text in (
        "long_meditation",
        "Did not match",
        "either metadata.duration is at least 600",
        "found: 500",
        "not person.level is less than 9",
    ):
        assert text in page, text
    play(did(ada, "meditation_completed", clock.now(), metadata={"duration": 900}))
    assert "+10 XP" in dee.get(f"{EVENTS}/{event + 1}").text


@on_sqlite
def test_an_event_that_failed_is_found_and_decided_again(dee, site, database, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "decide", lambda **given: 1 / 0)
        with database.write():
            record_and_process([did(user_id(database, "ada"), "workout_logged", clock.now())])
    with database.write():
        event = sql.value("SELECT max(id) FROM events")
        sql.run("UPDATE events SET state = 'dead' WHERE id = ?", (event,))
    assert "Failed 1" in dee.get(f"{EVENTS}?view=dead").text
    assert "Decide again" in dee.get(f"{EVENTS}/{event}").text
    assert send(dee, f"{EVENTS}/{event}/replay").status_code == 303
    page = dee.get(f"{EVENTS}/{event}").text
    assert "+20 XP" in page
    assert "Decide again" not in page
    assert send(dee, f"{EVENTS}/{event}/replay").status_code == 409


@on_sqlite
@pytest.mark.parametrize(
    "query", ["?person=nobody", "?first=x", "?view=nonsense", "?before=abc", "?q=%00", "?person=%00", "?first=0001-01-01&last=9999-12-31"]
)
@pytest.mark.parametrize("place", [LEDGER, EVENTS])
def test_no_address_breaks_a_list(dee, history, place, query):
    assert dee.get(f"{place}{query}").status_code == 200
