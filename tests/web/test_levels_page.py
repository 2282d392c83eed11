"""An admin builds the ladder, and knows whom a change moves before it is made."""

import pytest

from rewards.earning.in_force import programme_in_force
from tests.web.browser import HTMX, form_of, log, submit

PLACE = "/admin/levels"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


@pytest.fixture
def climbed(ada):
    """Ada has 600 XP and stands on Silver."""
    for _ in range(6):
        log(ada, "program_completed")


def level(database, number):
    with database.read():
        return next((one for one in programme_in_force().ladder.levels if one.number == number), None)


def test_the_ladder_says_who_stands_where(dee, climbed):
    page = dee.get(PLACE).text
    assert "1 client on it now · 500 XP above the one below" in page
    assert "2 clients on it now" in page


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_nobody_is_moved_before_it_was_said(dee, database, climbed, headers):
    first = submit(dee, form_of(dee.get(f"{PLACE}/2/edit"), "level"), headers, xp_required="700")
    assert first.status_code == 200
    assert "0 clients move up, 1 moves down." in first.text
    assert level(database, 2).xp_required == 500
    second = submit(dee, form_of(first, "level"), headers, xp_required="700")
    assert second.status_code == (204 if headers else 303)
    assert level(database, 2).xp_required == 700


def test_while_it_is_typed_the_movement_is_told_and_one_press_saves(dee, database, climbed):
    form = form_of(dee.get(f"{PLACE}/3/edit"), "level")
    told = dee.post(f"{PLACE}/effect", data={**form, "xp_required": "550"}, headers=HTMX)
    assert "1 client moves up, 0 move down." in told.text
    assert 'name="seen" value="1 up, 0 down"' in told.text
    answer = submit(dee, form, None, xp_required="550", seen="1 up, 0 down")
    assert answer.location == f"{PLACE}?saved=3"
    assert level(database, 3).xp_required == 550


def test_what_moves_nobody_is_saved_at_once(dee, database):
    assert submit(dee, form_of(dee.get(f"{PLACE}/4/edit"), "level"), xp_required="6000", name="Diamond").status_code == 303
    assert (level(database, 4).name, level(database, 4).xp_required) == ("Diamond", 6000)


@pytest.mark.parametrize(("number", "xp"), [(2, "0"), (2, "2000"), (2, "3000"), (1, "10")])
def test_xp_must_rise_from_level_to_level(dee, database, number, xp):
    before = level(database, number)
    answer = submit(dee, form_of(dee.get(f"{PLACE}/{number}/edit"), "level"), xp_required=xp)
    assert answer.status_code == 422
    assert f'value="{xp}"' in answer.text
    assert level(database, number) == before


@pytest.mark.parametrize(
    ("field", "typed"), [("xp_required", ""), ("xp_required", "much"), ("name", ""), ("multiplier", "0"), ("multiplier", "x")]
)
def test_what_makes_no_sense_is_said_beside_its_field(dee, field, typed):
    answer = submit(dee, form_of(dee.get(f"{PLACE}/2/edit"), "level"), **{field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text


def test_one_more_level_is_offered_on_top(dee, database):
    form = form_of(dee.get(f"{PLACE}/create"), "level")
    assert form["number"] == "5"
    answer = submit(dee, form, name="Diamond", xp_required="9000", perks="A gift\nA call", multiplier="1,25")
    assert answer.location == f"{PLACE}?saved=5"
    made = level(database, 5)
    assert (made.name, list(made.perks), str(made.multiplier)) == ("Diamond", ["A gift", "A call"], "1.25")
    assert "Saved. Diamond begins at 9,000 XP." in dee.get(answer.location).text


def test_a_number_that_is_taken_overwrites_nothing(dee, database):
    answer = submit(dee, form_of(dee.get(f"{PLACE}/create"), "level"), name="Other", number="2", xp_required="600")
    assert answer.status_code == 422
    assert "This number is taken." in answer.text
    assert level(database, 2).name == "Silver"


def test_an_unknown_level_is_nowhere(dee):
    assert dee.get(f"{PLACE}/99/edit").status_code == 404


def test_the_ladder_costs_a_handful_of_questions(dee, questions):
    dee.get(PLACE)
    with questions() as asked:
        dee.get(PLACE)
    assert len(asked) <= 10, asked
