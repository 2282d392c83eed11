"""An admin says what people can do and what it is worth; amounts and the switch change where they stand."""

import pytest

from rewards.earning.in_force import programme_in_force
from tests.programmes import define
from tests.web.browser import HTMX, form_of, log, submit

PLACE = "/admin/activities"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def activity(database, key="workout_logged"):
    with database.read():
        found = programme_in_force().activities.get(key)
    return found and found.document


def save(dee, address=f"{PLACE}/workout_logged/edit", headers=None, **fields):
    return submit(dee, form_of(dee.get(address), "activity"), headers, **fields)


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_points_are_changed_in_the_row(dee, database, headers):
    page = dee.get(f"{PLACE}?edit=workout_logged")
    answer = submit(dee, form_of(page, "amounts-workout_logged"), headers, points="35")
    assert (answer.status_code, activity(database).points, activity(database).xp) == (200 if headers else 303, 35, 20)
    told = answer.text if headers else dee.get(answer.location).text
    assert "Saved. Workout logged: 20 XP and 35 points from now on." in told


def test_the_next_one_is_paid_as_it_says_now(dee, ada):
    submit(dee, form_of(dee.get(f"{PLACE}?edit=workout_logged"), "amounts-workout_logged"), xp="1,000", points="0")
    assert "+1,000 XP" in ada.get(log(ada, "workout_logged").location).text


@pytest.mark.parametrize("typed", ["a lot", "1.5", "-3", "9" * 17])
def test_amounts_that_are_none_are_kept_and_explained(dee, database, typed):
    answer = submit(dee, form_of(dee.get(f"{PLACE}?edit=workout_logged"), "amounts-workout_logged"), points=typed)
    assert answer.status_code == 422
    assert f'value="{typed}" aria-invalid="true"' in answer.text
    assert "<title>Error: " in answer.text
    assert activity(database).points == 20


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_switch_can_be_undone(dee, database, headers):
    answer = submit(dee, form_of(dee.get(PLACE), "switch-workout_logged"), headers)
    assert not activity(database).active
    page = answer if headers else dee.get(answer.location)
    assert "Workout logged is off." in page.text
    submit(dee, form_of(page, "undo-form"), headers)
    assert activity(database).active


def test_what_is_switched_off_is_offered_to_nobody(dee, ada):
    submit(dee, form_of(dee.get(PLACE), "switch-workout_logged"))
    assert 'id="activity-workout_logged"' not in ada.get("/client/log").text


def test_a_new_activity_is_known_by_a_key_made_of_its_name(dee, database):
    answer = save(dee, f"{PLACE}/create", name="Book read", xp="15", points="10", max_per_day="2", category="learning")
    assert answer.location == f"{PLACE}?saved=book_read"
    made = activity(database, "book_read")
    assert (made.name, made.xp, made.points, made.max_per_day, made.category) == ("Book read", 15, 10, 2, "learning")


def test_a_key_that_is_taken_overwrites_nothing(dee, database):
    answer = save(dee, f"{PLACE}/create", name="Workout", key="workout_logged", xp="1")
    assert answer.status_code == 422
    assert "This key is taken." in answer.text
    assert activity(database).xp == 20


def test_the_key_stays_as_it_is(dee, database):
    assert "<code>workout_logged</code>" in dee.get(f"{PLACE}/workout_logged/edit").text
    save(dee, key="another_key", name="Training")
    assert activity(database).name == "Training"
    assert activity(database, "another_key") is None


def test_everything_on_the_form_comes_back_as_it_was_saved(dee, database):
    typed = {
        "name": "Plastic recycled",
        "xp": "1",
        "points": "2",
        "money": "0.25",
        "max_per_day": "3",
        "max_per_week": "9",
        "cooldown_hours": "4",
        "diminishing_after": "2",
        "diminishing_factor": "0,5",
        "unit_field": "kg",
        "unit_points": "10",
        "unit_money": "0.5",
    }
    assert save(dee, f"{PLACE}/plastic_recycled/edit", **typed).status_code == 303
    kept = form_of(dee.get(f"{PLACE}/plastic_recycled/edit"), "activity")
    assert {name: kept[name] for name in typed} == typed | {"diminishing_factor": "0.5"}
    made = activity(database, "plastic_recycled")
    assert (made.money, made.per_unit.money) == ({"USD": 25}, {"USD": 50})


def test_money_of_another_currency_is_kept_though_the_form_does_not_show_it(dee, database):
    define(activities=[{"key": "shared", "money": {"EUR": 100, "USD": 5}, "category": "community"}])
    save(dee, f"{PLACE}/shared/edit", money="")
    assert activity(database, "shared").money == {"EUR": 100}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"xp": "many"}, "Enter a whole number, for example 20."),
        ({"unit_points": "5"}, "Say what is counted, for example kg."),
        ({"diminishing_after": "2"}, "Fill in both, or neither."),
        ({"diminishing_after": "2", "diminishing_factor": "2"}, "A number of at most 1 is expected"),
        ({"max_per_day": "0"}, "A number of at least 1 is expected"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(dee, database, typed, said):
    answer = save(dee, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "data-focus" in answer.text
    for value in typed.values():
        assert f'value="{value}"' in answer.text


def test_somebody_must_be_able_to_log_it(dee):
    form = form_of(dee.get(f"{PLACE}/workout_logged/edit"), "activity")
    del form["recorded_by"]
    assert "Choose at least one." in submit(dee, form).text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_the_rubric_suggests_a_range_and_saves_nothing(dee, database, headers):
    form = form_of(dee.get(f"{PLACE}/workout_logged/edit"), "activity")
    answer = dee.post(
        f"{PLACE}/suggestion",
        data={**form, "xp": "60", "effort": "medium", "impact": "medium", "frequency": "often"},
        headers=headers,
    )
    assert answer.status_code == 200
    assert "Standard 10-30" in answer.text
    assert "XP: 60 is more than this rubric suggests" in answer.text
    assert ("<form" in answer.text) is (headers is None)
    assert activity(database).xp == 20


def test_activities_can_be_looked_for(dee):
    define(activities=[{"key": "quiet_hour", "category": "learning", "active": False}])
    assert "quiet_hour" in dee.get(f"{PLACE}?q=QUIET").text
    assert "quiet_hour" not in dee.get(f"{PLACE}?show=on").text
    assert "No activities match" in dee.get(f"{PLACE}?q=nothing+like+this").text
    assert "<html" not in dee.get(f"{PLACE}?q=quiet", headers=HTMX).text


def test_the_list_says_how_often_each_was_done_lately(dee, ada):
    log(ada, "workout_logged")
    assert "Used 1 time in 30 days" in dee.get(PLACE).text


def test_a_hundred_activities_come_in_pages_and_cost_no_more_questions(dee, questions):
    dee.get(PLACE)
    with questions() as few:
        dee.get(PLACE)
    define(activities=[{"key": f"a{number}", "category": "learning"} for number in range(100)])
    dee.get(PLACE)
    with questions() as many:
        page = dee.get(PLACE).text
    assert page.count('id="switch-') == 2 * 25
    assert len(many) <= len(few) <= 10, many


def test_an_unknown_activity_is_nowhere(dee):
    assert dee.get(f"{PLACE}/nothing/edit").status_code == 404
