"""K5: a coach's achievements, made, changed and taken away at the addresses that were promised."""

import pytest

from rewards.achievements.identities import achievement_ids
from rewards.earning.granting import award_achievement
from rewards.earning.in_force import programme_in_force
from rewards.ledger.queries import balances_of
from rewards.people.queries import user_by_email
from tests.programmes import define
from tests.web.browser import form_of, log, submit
from tests.web.conftest import on_sqlite

PLACE = "/coach/achievements"
WEEK = {"name": "A week", "condition_type": "streak_days", "condition_value": "7", "xp_reward": "50", "points_reward": "20"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


@pytest.fixture
def eve(sign_in):
    return sign_in("eve")


def send(browser, address, /, headers=None, **fields):
    page = browser.get(PLACE)
    token = form_of(page, "/logout")["csrf_token"]
    return browser.post(address, data={"csrf_token": token, **fields}, headers=headers)


def make(browser, **fields):
    return submit(browser, form_of(browser.get(f"{PLACE}/create"), "achievement"), **{**WEEK, **fields})


def known(database):
    with database.read():
        return {one.key: one.document for one in programme_in_force().achievements if one.document.coach_id}


def id_of(database, key):
    with database.read():
        return achievement_ids([key])[key]


def person(database, name):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


def test_what_a_coach_makes_is_theirs_and_said_in_a_sentence(bo, database):
    made = make(bo)
    assert made.status_code == 303
    assert known(database)["a_week"].coach_id == person(database, "bo").id
    page = bo.get(made.location).text
    assert "Your clients can earn it from now on" in page
    assert "Earned after 7 days in a row with Daily check-in. Gives 50 XP and 20 points. Earned by 0 people." in page


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "Enter a name"),
        ({"condition_value": ""}, "Enter how many"),
        ({"condition_value": "many"}, "Enter a whole number"),
        ({"condition_value": "0"}, "A number of at least 1"),
        ({"condition_type": "activity_count"}, "Choose which activity is counted"),
        ({"condition_type": "luck"}, "One of"),
        ({"xp_reward": "-1"}, "A number of at least 0"),
        ({"name": "x" * 201}, "Use at most 200 characters"),
        ({"type": "gift"}, "One of"),
    ],
)
def test_a_refused_achievement_keeps_what_was_typed_and_makes_nothing(bo, database, fields, told):
    page = make(bo, description="kept as it was", **fields)
    assert page.status_code == 422
    assert told in page.text
    assert "kept as it was" in page.text
    assert "<title>Error: " in page.text
    assert known(database) == {}


def test_what_does_not_belong_to_its_type_is_not_read(bo, database):
    make(bo, type="manual", window="week", activity="workout_logged")
    one = known(database)["a_week"]
    assert (one.type, one.condition_type, one.window, one.activity) == ("manual", None, None, None)
    make(bo, name="B", condition_type="xp_total", window="week", activity="workout_logged")
    assert (known(database)["b"].window, known(database)["b"].activity) == (None, None)


def test_a_change_is_saved_and_the_key_stays(bo, database):
    make(bo)
    address = f"{PLACE}/{id_of(database, 'a_week')}/edit"
    assert submit(bo, form_of(bo.get(address), "achievement"), name="Seven days", active="").status_code == 303
    assert (known(database)["a_week"].name, known(database)["a_week"].active) == ("Seven days", False)


def test_saving_what_was_not_touched_changes_nothing(bo, database):
    make(bo, condition_type="activity_count", activity="workout_logged", window="week", description="Any.", secret="y", icon="flame")
    before = known(database)
    address = f"{PLACE}/{id_of(database, 'a_week')}/edit"
    assert submit(bo, form_of(bo.get(address), "achievement")).status_code == 303
    assert known(database) == before


@on_sqlite
def test_a_coach_sees_own_and_system_ones_and_no_others(bo, eve, database):
    define(achievements=[{"key": "kind", "name": "Kindness", "type": "manual"}])
    make(bo)
    make(eve, name="Eve's own")
    page = bo.get(PLACE).text
    assert "A week" in page
    assert "Kindness" in page
    assert "Eve" not in page


def answer_to(browser, method, address, **fields):
    token = form_of(browser.get(PLACE), "/logout")["csrf_token"]
    answered = browser.open(address, method=method, data={"csrf_token": token, **fields})
    return answered.status_code, answered.data


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/edit", {}),
        ("POST", "/edit", WEEK),
        ("POST", "/edit/preview", WEEK),
        ("GET", "/deletion", {}),
        ("DELETE", "", {}),
        ("POST", "", {"_method": "DELETE"}),
        ("POST", "/deactivation", {}),
    ],
)
def test_anothers_looks_like_what_does_not_exist(bo, eve, database, method, path, fields):
    make(eve)
    foreign = answer_to(bo, method, f"{PLACE}/{id_of(database, 'a_week')}{path}", **fields)
    missing = answer_to(bo, method, f"{PLACE}/999999{path}", **fields)
    assert foreign == missing
    assert foreign[0] == 404
    assert known(database)["a_week"].active


@on_sqlite
@pytest.mark.parametrize(("method", "path"), [("POST", "/edit"), ("DELETE", ""), ("POST", "/deactivation")])
def test_a_system_one_is_read_only(bo, database, method, path):
    define(achievements=[{"key": "kind", "name": "Kindness", "type": "manual"}])
    address = f"{PLACE}/{id_of(database, 'kind')}"
    page = bo.get(f"{address}/edit").text
    assert "Kindness" in page
    assert 'id="achievement"' not in page
    assert answer_to(bo, method, f"{address}{path}", **WEEK)[0] == 404


@pytest.mark.parametrize(("method", "fields"), [("POST", {"_method": "DELETE"}), ("DELETE", {})])
def test_what_nobody_has_is_deleted(bo, database, method, fields):
    make(bo)
    address = f"{PLACE}/{id_of(database, 'a_week')}"
    assert "Nobody has it yet" in bo.get(f"{address}/deletion").text
    assert answer_to(bo, method, address, **fields)[0] == 303
    assert known(database) == {}


@on_sqlite
def test_a_form_that_asks_for_something_else_is_refused(bo, database):
    make(bo)
    assert answer_to(bo, "POST", f"{PLACE}/{id_of(database, 'a_week')}", _method="PUT")[0] == 405
    assert "a_week" in known(database)


def test_what_somebody_has_is_switched_off_instead(bo, database):
    make(bo, type="manual")
    with database.write():
        award_achievement(user_id=person(database, "ada").id, achievement="a_week", awarded_by=person(database, "bo").id)
    address = f"{PLACE}/{id_of(database, 'a_week')}"
    assert "1 person has it already" in bo.get(f"{address}/deletion").text
    assert answer_to(bo, "DELETE", address)[0] == 409
    assert send(bo, f"{address}/deactivation").status_code == 303
    assert known(database)["a_week"].active is False
    assert "Earned by 1 person" in bo.get(PLACE).text


def test_who_has_done_enough_has_it_at_once_where_that_is_wanted(bo, sign_in, database):
    for name in ("ada", "cy"):
        log(sign_in(name), "workout_logged")
    fields = {"condition_type": "xp_total", "condition_value": "20"}
    told = submit(bo, form_of(bo.get(f"{PLACE}/create"), "achievement"), HTMX, **{**WEEK, **fields})
    assert told.status_code == 204
    ada = person(database, "ada")
    with database.read():
        assert balances_of(ada.id)["xp"] == 20
    make(bo, name="B", give_now="y", **fields)
    with database.read():
        # Only the new one reaches back, and only to Bo's own clients.
        assert balances_of(ada.id)["xp"] == 120
        assert balances_of(person(database, "cy").id)["xp"] == 20


@pytest.mark.parametrize("target", ["preview", "condition"])
def test_while_it_is_being_typed_it_says_what_would_come_of_it(bo, sign_in, questions, target):
    log(sign_in("ada"), "workout_logged")
    log(sign_in("cy"), "workout_logged")
    fields = WEEK | {
        "name": "",
        "type": "automatic",
        "condition_type": "activity_count",
        "condition_value": "1",
        "activity": "workout_logged",
    }
    headers = HTMX | {"HX-Target": target}
    with questions() as asked:
        part = send(bo, f"{PLACE}/create/preview", headers=headers, **fields)
    assert "Earned after 1 time Workout logged. Gives 50 XP and 20 points." in part.text
    assert "1 person has done enough for it already" in part.text
    assert "<html" not in part.text
    # The first two pages of questions are those of the page that the token is from.
    assert len(asked) <= 10


@on_sqlite
def test_a_script_is_not_needed_for_the_preview(bo):
    page = send(bo, f"{PLACE}/create/preview", **WEEK, type="automatic")
    assert "<html" in page.text
    assert "Earned after 7 days in a row" in page.text


@on_sqlite
def test_a_number_of_days_is_not_taken_for_a_level(bo):
    fields = WEEK | {"type": "automatic", "condition_type": "level", "condition_value": "70"}
    part = send(bo, f"{PLACE}/create/preview", headers=HTMX | {"HX-Target": "condition"}, **fields).text
    assert '<option value="2" selected>Silver</option>' in part
    assert "Earned by reaching Silver." in part
