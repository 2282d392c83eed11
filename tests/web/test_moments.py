"""A level or an achievement is shown until its person has seen it, and once."""

import pytest

from rewards.kit import sql
from tests.programmes import define
from tests.web.browser import HTMX, form_of, log, submit

FIRST = {
    "key": "first_program",
    "name": "First program",
    "type": "automatic",
    "condition_type": "activity_count",
    "condition_value": 1,
    "activity": "program_completed",
    "points_reward": 7,
}


@pytest.fixture
def risen(ada):
    """Ada has just reached Silver and unlocked an achievement."""
    define(achievements=[FIRST])
    for _ in range(5):
        log(ada, "program_completed")
    return ada


def test_what_was_reached_is_told_in_one_place_on_whatever_page_comes_next(risen):
    for address in ("/client", "/client/log", "/client"):
        page = risen.get(address).text
        assert "You reached Silver!" in page
        assert "And you unlocked First program." in page


def test_seen_is_seen(risen, database):
    answer = submit(risen, form_of(risen.get("/client"), "moments-seen"))
    assert (answer.status_code, answer.location) == (303, "/client")
    assert "You reached" not in risen.get("/client").text
    with database.read():
        assert sql.value("SELECT count(*) FROM level_reaches WHERE seen_at IS NULL") == 0
        assert sql.value("SELECT count(*) FROM unlocks WHERE seen_at IS NULL") == 0


def test_htmx_takes_the_dialog_away(risen):
    answer = submit(risen, form_of(risen.get("/client"), "moments-seen"), HTMX)
    assert answer.status_code == 200
    assert answer.text.startswith('<div id="moments" hidden></div>')


def test_what_came_after_the_page_was_shown_is_still_to_be_told(risen):
    seen = form_of(risen.get("/client"), "moments-seen")
    for _ in range(15):
        log(risen, "program_completed")
    submit(risen, seen)
    assert "You reached Gold!" in risen.get("/client").text


def test_several_are_one_dialog_that_stands_open_where_no_script_runs(risen):
    page = risen.get("/client").text
    assert page.count("<dialog") == 1
    assert '<dialog id="moments" class="moments celebrate" open data-open aria-labelledby="moments-title">' in page


def test_nobody_sees_for_another(risen, sign_in, database):
    cy = sign_in("cy")
    token = form_of(cy.get("/client"), "/logout")["csrf_token"]
    cy.post("/client/moments/acknowledgement", data={"csrf_token": token, "level": "999", "notice_id": "999", "unlock_id": "999"})
    assert "You reached Silver!" in risen.get("/client").text


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "1.5"])
def test_nonsense_acknowledges_nothing(risen, number):
    answer = submit(risen, form_of(risen.get("/client"), "moments-seen"), level=number)
    assert answer.status_code == 303
    assert "You reached Silver!" in risen.get("/client").text


def test_a_level_up_shows_at_once_where_htmx_logs(ada):
    for _ in range(4):
        log(ada, "program_completed")
    answer = log(ada, "program_completed", headers=HTMX)
    assert '<dialog id="moments" class="moments celebrate" open data-open' in answer.text
    assert "You reached Silver!" in answer.text
    assert "500 of 2,000 XP" in answer.text


def test_the_first_achievement_is_told_beside_its_bonus(ada):
    define(achievements=[FIRST])
    answer = log(ada, "program_completed", headers=HTMX)
    assert "You unlocked First program" in answer.text
    assert "+7 points for First program" in answer.text
