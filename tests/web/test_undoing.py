"""Undo on the pages: a client takes back what they just logged, staff anything with a reason, and what is undone says so everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.ledger.spending import spend_points
from tests.programmes import define, did, play
from tests.web.browser import HTMX, form_of, forms_of, log, submit
from tests.web.conftest import somebody

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


def value(database, question, *params):
    with database.read():
        return sql.value(question, params)


def points(database, name="ada"):
    question = "SELECT balance FROM accounts JOIN users u ON u.id = owner_id WHERE owner_kind = 'user' AND asset = 'points' AND u.email = ?"
    return value(database, question, f"{name}@example.com") or 0


def logged(client, database):
    log(client, "workout_logged", page="/client/log")
    return value(database, "SELECT max(id) FROM events WHERE actor_id IS NOT NULL")


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_client_undoes_what_they_just_logged_and_the_entry_says_so(ada, database, headers):
    event = logged(ada, database)
    form = form_of(ada.get("/client/log"), f"undo-{event}")
    answer = submit(ada, form, headers)
    assert answer.status_code == (200 if headers else 303)
    page = ada.get(answer.location) if not headers else answer
    entry = page.text[page.text.index(f'id="event-{event}"') :]
    assert "<s>Workout logged</s>" in entry
    assert "It had brought +20 XP, +20 points." in entry
    assert f"undo-{event}" not in [form.id for form in forms_of(page)]
    assert points(database) == 0


def test_htmx_gets_the_header_and_the_button_with_what_is_free_again(ada, database):
    define(activities=[{"key": "workout_logged", "category": "creation", "xp": 20, "points": 20, "max_per_day": 1}])
    event = logged(ada, database)
    answer = submit(ada, form_of(ada.get("/client/log"), f"undo-{event}"), HTMX)
    assert '<section id="entries" aria-labelledby="entries-title">' in answer.text
    for beside in ('id="chips"', 'id="live"', 'id="moments"', 'id="bell"'):
        assert beside in answer.text
    assert "Workout logged: undone." in answer.text
    assert "0 of 1 today" in answer.text


def test_pressing_twice_undoes_once(ada, database):
    form = form_of_undo(ada, logged(ada, database))
    assert [submit(ada, form, HTMX).status_code for _ in range(2)] == [200, 200]
    assert value(database, "SELECT count(*) FROM transfers WHERE reverses_id IS NOT NULL") == 2


def form_of_undo(client, event):
    return form_of(client.get("/client/log"), f"undo-{event}")


def spend(database, amount):
    with database.write():
        spend_points(user_id=somebody("ada").id, points=amount, reason="a coffee", reference="till")


def test_what_is_spent_has_no_button_and_says_why(ada, database):
    event = logged(ada, database)
    form = form_of_undo(ada, event)
    spend(database, 15)
    page = ada.get("/client/log")
    assert "It cannot be undone: 15 points of it are spent." in page.text
    assert f"undo-{event}" not in [one.id for one in forms_of(page)]
    for headers in (None, HTMX):
        answer = submit(ada, form, headers)
        assert answer.status_code == 422
        assert "Some of it is spent already: 15 points to go before it can be undone." in answer.text
    assert points(database) == 5


def test_after_ten_minutes_the_button_is_gone_and_the_explanation_says_why(ada, database, clock):
    event = logged(ada, database)
    form = form_of_undo(ada, event)
    clock.set_to(MORNING + timedelta(minutes=11))
    assert f"undo-{event}" not in [one.id for one in forms_of(ada.get("/client/log"))]
    assert "This could be undone for 10 minutes." in ada.get(f"/client/log/{event}").text
    answer = submit(ada, form)
    assert answer.status_code == 422
    assert "Your coach can still undo it." in answer.text
    assert points(database) == 20


def test_what_a_coach_logged_is_not_the_clients_to_undo(ada, database):
    with database.read():
        bo, person = somebody("bo").id, somebody("ada").id
    [answer] = play(did(person, at=MORNING, actor_id=bo))
    assert [form.id for form in forms_of(ada.get("/client/log")) if (form.id or "").startswith("undo-")] == []
    assert "could be undone" not in ada.get(f"/client/log/{answer['event_id']}").text


def test_the_history_and_the_explanation_tell_of_an_undo(ada, database):
    event = logged(ada, database)
    submit(ada, form_of_undo(ada, event))
    assert "Undone at 09:00. What it had brought is taken back." in ada.get(f"/client/log/{event}").text
    assert "Workout logged: undone" in ada.get("/client/progress").text
    assert "Workout logged: undone" in ada.get("/client/progress/history.csv").text


# Staff


PLACES = {"bo": "/coach/clients/{ada}/log/{event}", "dee": "/admin/events/{event}"}


@pytest.fixture(params=["bo", "dee"])
def staff(request):
    return request.param


@pytest.fixture
def desk(staff, sign_in):
    return sign_in(staff)


@pytest.fixture
def place(staff, ada, database):
    event = logged(ada, database)
    with database.read():
        return PLACES[staff].format(ada=somebody("ada").id, event=event)


def test_staff_see_before_and_after_and_undo_with_a_reason(place, desk, database):
    assert f'href="{place}/undo"' in desk.get(place).text
    page = desk.get(f"{place}/undo")
    assert '<td class="amount">20</td><td class="amount"><strong>0</strong></td>' in page.text
    assert points(database) == 20
    refused = submit(desk, form_of(page, "undo-form"), reason=" ")
    assert refused.status_code == 422
    assert "Enter a reason" in refused.text
    answer = submit(desk, form_of(page, "undo-form"), reason="She pressed the wrong button.")
    assert (answer.status_code, answer.location) == (303, place)
    page = desk.get(place).text
    assert "She pressed the wrong button." in page
    assert "Undone" in page
    assert f'href="{place}/undo"' not in page
    assert points(database) == 0


def test_htmx_gets_the_question_as_a_dialog(place, desk):
    page = desk.get(f"{place}/undo", headers=HTMX)
    assert page.text.lstrip().startswith('<dialog id="undo-dialog"')
    answer = submit(desk, form_of(page, "undo-form"), HTMX, reason="A mistake.")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, place)


def test_staff_learn_what_the_house_makes_up_for(place, desk, database):
    spend(database, 15)
    page = desk.get(f"{place}/undo")
    assert "15 points of it are spent already." in desk.post(f"{place}/undo/preview", data=form_of(page, "undo-form")).text
    submit(desk, form_of(page, "undo-form"), reason="A mistake.")
    assert points(database) == 0
    assert "Spent before, and made up for: 15 points." in desk.get(place).text


def test_what_goes_with_it_is_found_out_and_changes_nothing(place, desk, database):
    define(
        activities=[{"key": "workout_logged", "category": "creation", "xp": 20, "points": 20}],
        achievements=[
            {"key": "two", "name": "Two", "type": "automatic", "condition_type": "workout_count", "condition_value": 2, "points_reward": 9}
        ],
    )
    with database.read():
        person = somebody("ada").id
    play(did(person, at=MORNING))
    assert points(database) == 49
    page = desk.get(f"{place}/undo")
    for headers in (None, HTMX):
        told = desk.post(f"{place}/undo/preview", data=form_of(page, "undo-form"), headers=headers).text
        assert "Goes with it: Two." in told
        assert '<td class="amount">49</td><td class="amount"><strong>20</strong></td>' in told
        assert ("<html" in told) is (headers is None)
    assert points(database) == 49
    assert value(database, "SELECT count(*) FROM events WHERE state = 'undone'") == 0


def test_a_list_shows_what_is_undone(place, desk):
    submit(desk, form_of(desk.get(f"{place}/undo"), "undo-form"), reason="A mistake.")
    listing = place.rsplit("/", 1)[0]
    assert "Undone" in desk.get(f"{listing}?view=undone").text
    assert place in desk.get(f"{listing}?view=undone").text
