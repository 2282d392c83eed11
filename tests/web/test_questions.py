"""EARN-15 on the pages: a client asks from an entry or for what is not there; a coach answers each in one press, and the client is told."""

from datetime import UTC, datetime

import pytest

from rewards.kit import sql
from tests.programmes import define, did, play
from tests.web.browser import HTMX, form_of, forms_of, submit
from tests.web.conftest import somebody

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def capped(ada, database):
    """Ada's second workout of a day of which one counts."""
    define(
        activities=[
            {"key": "workout_logged", "name": "Workout", "category": "creation", "xp": 20, "points": 20, "max_per_day": 1},
            {"key": "plastic_recycled", "name": "Plastic", "category": "community", "per_unit": {"field": "kg", "points": 10}},
        ]
    )
    with database.read():
        person = somebody("ada").id
    return play(did(person, at=MORNING), did(person, at=MORNING))[1]["event_id"]


def value(database, question, *params):
    with database.read():
        return sql.value(question, params)


def points(database):
    question = "SELECT balance FROM accounts JOIN users u ON u.id = owner_id WHERE asset = 'points' AND u.email = 'ada@example.com'"
    return value(database, question) or 0


def ask(ada, event, headers=None, note="It was a long one"):
    return submit(ada, form_of(ada.get(f"/client/log/{event}"), "asking-form"), headers, note=note)


def ask_missing(ada, **fields):
    asked = {"activity": "workout_logged", "day": "2026-03-03", "note": "A run before work"} | fields
    return submit(ada, form_of(ada.get("/client/questions"), "missing-form"), **asked)


def question(database):
    return value(database, "SELECT max(id) FROM questions")


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_client_asks_about_an_entry_and_sees_that_it_waits(ada, capped, headers):
    answer = ask(ada, capped, headers)
    assert answer.status_code == (200 if headers else 303)
    page = answer if headers else ada.get(answer.location)
    assert "It was a long one" in page.text
    assert "Not answered yet." in page.text
    assert "asking-form" not in [form.id for form in forms_of(page)]
    assert "It was a long one" in ada.get("/client/questions").text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_an_empty_question_is_asked_for_again(ada, capped, headers):
    answer = ask(ada, capped, headers, note=" ")
    assert answer.status_code == 422
    assert "Say in up to 500 characters what is missing." in answer.text


def test_a_client_asks_for_what_is_not_there(ada, capped, database):
    answer = ask_missing(ada)
    assert answer.location == "/client/questions?told=asked"
    assert "A run before work" in ada.get(answer.location).text
    refused = ask_missing(ada, activity="", note="still typed")
    assert refused.status_code == 422
    assert "Choose what you did." in refused.text
    assert "still typed" in refused.text
    assert ask_missing(ada, day="2026-03-05").status_code == 422
    assert value(database, "SELECT count(*) FROM questions") == 1


def test_a_coach_finds_it_first_thing_and_pays_in_one_press(ada, bo, capped, database):
    ask(ada, capped)
    home = bo.get("/coach").text
    assert "It was a long one" in home
    assert f"#question-{question(database)}" in home
    page = bo.get("/coach/questions")
    assert "daily limit of 1 reached" in page.text
    assert f"/log/{capped}" in page.text
    form = form_of(page, f"pay-{question(database)}")
    assert (form["points"], form["xp"], form["reason"]) == ("20", "20", "Workout on Wed 4 Mar: it counts")
    answer = submit(bo, form)
    assert answer.location == "/coach/questions?told=paid"
    assert points(database) == 40
    assert "Nothing waiting" in bo.get("/coach/questions").text
    assert "Workout on Wed 4 Mar: it counts" in bo.get("/coach/questions?view=answered").text
    assert "Workout on Wed 4 Mar: it counts" in ada.get(f"/client/log/{capped}").text
    assert submit(bo, form).status_code == 303
    assert points(database) == 40


def test_from_the_first_page_it_takes_one_press(ada, bo, capped, database):
    ask(ada, capped)
    home = bo.get("/coach")
    assert "Pay 20 points and 20 XP" in home.text
    submit(bo, form_of(home, f"/coach/questions/{question(database)}/payment"))
    assert points(database) == 40
    assert "Workout on Wed 4 Mar: it counts" in ada.get(f"/client/log/{capped}").text
    ask_missing(ada)
    submit(bo, form_of(bo.get("/coach"), f"/coach/questions/{question(database)}/log"))
    assert points(database) == 60
    assert "Nothing waiting" in bo.get("/coach/questions").text


def test_htmx_gets_the_question_with_its_answer_in_its_place(ada, bo, capped, database):
    ask(ada, capped)
    answer = submit(bo, form_of(bo.get("/coach/questions"), f"explain-{question(database)}"), HTMX, answer="One a day counts")
    assert answer.status_code == 200
    assert f'id="question-{question(database)}"' in answer.text
    assert "One a day counts" in answer.text
    assert "<form" not in answer.text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_an_amount_that_is_none_is_asked_for_again_with_what_was_typed(ada, bo, capped, database, headers):
    ask(ada, capped)
    form = form_of(bo.get("/coach/questions"), f"pay-{question(database)}")
    answer = submit(bo, form, headers, points="many", reason="my own words")
    assert answer.status_code == 422
    assert "my own words" in answer.text
    assert "Enter how many: a whole number above 0." in answer.text
    assert points(database) == 20


def test_what_is_not_there_is_logged_in_one_press(ada, bo, capped, database):
    ask_missing(ada)
    answer = submit(bo, form_of(bo.get("/coach/questions"), f"log-{question(database)}"))
    assert answer.location == "/coach/questions?told=logged"
    assert points(database) == 40
    assert "Logged" in ada.get("/client/questions").text


def test_what_is_counted_in_units_asks_how_many(ada, bo, capped, database):
    ask_missing(ada, activity="plastic_recycled")
    form = form_of(bo.get("/coach/questions"), f"log-{question(database)}")
    assert submit(bo, form).status_code == 422
    submit(bo, form, amount="2,5")
    assert points(database) == 45


def test_answered_by_another_says_so(ada, bo, capped, database, sign_in):
    ask(ada, capped)
    page = bo.get("/coach/questions")
    dee = sign_in("dee")
    token = form_of(dee.get("/admin/questions"), "/logout")["csrf_token"]
    answer = dee.post(f"/admin/questions/{question(database)}/explanation", data={"csrf_token": token, "answer": "No."})
    assert answer.status_code == 303
    refused = submit(bo, form_of(page, f"pay-{question(database)}"))
    assert refused.status_code == 422
    assert "Dee has answered this already." in refused.text
    assert points(database) == 20


def test_an_admin_sees_those_of_clients_without_a_coach(ada, capped, database, sign_in):
    ask(ada, capped)
    dee = sign_in("dee")
    assert "It was a long one" not in dee.get("/admin/questions").text
    with database.write():
        somebody("ada").coach_id = None
    assert "It was a long one" in dee.get("/admin/questions").text


def test_the_client_is_told_of_the_answer(ada, bo, capped, database):
    ask(ada, capped)
    submit(bo, form_of(bo.get("/coach/questions"), f"explain-{question(database)}"), answer="One a day counts")
    assert value(database, "SELECT count(*) FROM notices WHERE kind = 'question_answered'") == 1
