"""K3: everything about one client, for their coach and nobody else's: where they stand, the ledger, the log."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.programmes import define, did, play
from tests.web.browser import form_of, log
from tests.web.coached import KIND, events_of, id_of, points_of
from tests.web.conftest import on_sqlite

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def place(database, site):
    return f"/coach/clients/{id_of(database)}"


def test_a_client_is_shown_as_they_stand(bo, ada, place):
    for _ in range(2):
        log(ada, "program_completed")
    page = bo.get(place).text
    for text in (
        "Ada",
        "ada@example.com",
        "Bronze",
        "200 XP",
        "300 XP to Silver",
        "<strong>200</strong>",
        "Program completed",
        "Twelve weeks",
    ):
        assert text in page
    assert "Wed 4 Mar: 2 activities" in page


@on_sqlite
def test_a_new_client_is_shown_before_they_did_anything(bo, place):
    for part in ("", "/ledger", "/log", "/statement", "/award", "/log/create", "/adjustment"):
        assert bo.get(f"{place}{part}").status_code == 200, part
    assert "Nothing has moved yet" in bo.get(f"{place}/ledger").text


@on_sqlite
@pytest.mark.parametrize("part", ["", "/ledger", "/ledger/export.csv", "/statement", "/log", "/award", "/log/create", "/adjustment"])
def test_anothers_client_looks_like_nobody(bo, database, part):
    answers = {bo.get(f"/coach/clients/{who}{part}").data for who in (id_of(database, "cy"), id_of(database, "dee"), 999_999, 2**70)}
    assert len(answers) == 1
    assert b"Nothing is here" in answers.pop()


# --- The ledger.


def test_every_movement_stands_in_the_ledger_with_what_there_was_after_it(bo, ada, place):
    for _ in range(3):
        log(ada, "workout_logged")
    page = bo.get(f"{place}/ledger").text
    found = re.findall(r'<td class="amount">([\d,]+) points</td>', page)
    assert found == ["60", "40", "20"]
    narrowed = bo.get(f"{place}/ledger?asset=xp").text
    assert "20 points" not in narrowed[narrowed.index('id="listing"') :]
    assert "Nothing moved that way" in bo.get(f"{place}/ledger?last=2026-03-01").text
    assert "Enter a day such as" in bo.get(f"{place}/ledger?last=soon").text


def test_the_file_has_what_the_filter_shows(bo, ada, place):
    log(ada, "workout_logged")
    rows = bo.get(f"{place}/ledger/export.csv?asset=points").text.splitlines()
    assert len(rows) == 2
    assert ",Workout logged,points,20,20,Earned,award," in rows[1]


def test_a_long_ledger_comes_in_pages(bo, ada, database, place):
    play(*[did(id_of(database), at=MORNING - timedelta(hours=hours)) for hours in range(40)])
    first = bo.get(f"{place}/ledger").text
    following = re.search(rf'href="({place}/ledger\?before=\d+)"', first)
    assert following
    second = bo.get(following[1]).text
    assert "First page" in second
    amounts = r'class="amount good">([^<]+)</td>\s*<td class="amount">([^<]+)<'
    assert len(set(re.findall(amounts, first)) & set(re.findall(amounts, second))) == 0


@on_sqlite
def test_a_statement_is_of_one_month(bo, ada, place):
    log(ada, "workout_logged")
    assert "March 2026" in bo.get(f"{place}/statement").text
    assert "Nothing moved in February 2026" in bo.get(f"{place}/statement?month=2026-02").text
    for nonsense in ("2026-13", "x", "0001-01"):
        assert bo.get(f"{place}/statement?month={nonsense}").status_code == 404


# --- The log.


def test_every_decision_is_two_clicks_away_and_told_in_full(bo, ada, place, database):
    define(
        rules=[
            {
                "key": "long_one",
                "pattern": {"activity": "workout_logged"},
                "conditions": {"metadata.minutes": {"gte": 30}},
                "outcome": {"type": "award_points", "points": 7},
            }
        ]
    )
    log(ada, "workout_logged")
    listed = bo.get(f"{place}/log").text
    address = re.search(rf'href="({place}/log/\d+)"', listed)
    assert address
    page = bo.get(address[1]).text
    for text in ("How it was decided", "Long one", "Did not match", "minutes is at least 30", "What it moved", "+20 XP"):
        assert text in page


@on_sqlite
def test_an_event_of_somebody_else_is_not_shown_as_hers(bo, sign_in, place, database):
    for name in ("ben", "cy"):
        log(sign_in(name), "workout_logged")
        event_id = events_of(database, name)[0][0]
        assert bo.get(f"{place}/log/{event_id}").status_code == 404


@on_sqlite
def test_the_log_is_filtered_by_activity_day_and_state(bo, ada, place):
    log(ada, "workout_logged")
    log(ada, "daily_checkin")
    for query, wanted in (("q=workout", "Workout logged"), ("q=check", "Daily check-in"), ("first=2026-03-05", None), ("view=dead", None)):
        page = bo.get(f"{place}/log?{query}").text
        shown = page[page.index('id="listing"') :]
        assert [name for name in ("Workout logged", "Daily check-in") if name in shown] == ([wanted] if wanted else []), query


@on_sqlite
def test_what_is_decided_is_not_decided_again(bo, ada, place, database):
    log(ada, "workout_logged")
    token = form_of(bo.get(place), "/logout")["csrf_token"]
    told = bo.post(f"{place}/log/{events_of(database)[0][0]}/replay", data={"csrf_token": token})
    assert told.status_code == 409
    assert "nothing to replay" in told.text
    assert points_of(database) == 20


# --- What it costs.


@pytest.mark.parametrize("part", ["", "/ledger", "/log", "/statement", "/award", "/log/create", "/adjustment"])
def test_a_page_costs_a_handful_of_questions_however_much_there_is(bo, ada, place, database, questions, part):
    define(achievements=[KIND])
    log(ada, "workout_logged")
    bo.get(f"{place}{part}")
    with questions() as few:
        bo.get(f"{place}{part}")
    play(*[did(id_of(database), at=MORNING - timedelta(hours=hours)) for hours in range(100)])
    with questions() as many:
        bo.get(f"{place}{part}")
    assert len(many) <= len(few) <= 10, few


def test_a_decision_costs_a_handful_of_questions(bo, ada, place, database, questions):
    log(ada, "workout_logged")
    address = f"{place}/log/{events_of(database)[0][0]}"
    bo.get(address)
    with questions() as asked:
        bo.get(address)
    assert len(asked) <= 10, asked
