"""K3: what a coach gives a client by hand: achievements, activities logged for them, points; each once, and nothing to anybody else."""

from datetime import UTC, datetime

import pytest

from rewards.achievements.identities import achievement_ids
from rewards.people.changing import disable_user
from tests.programmes import define
from tests.web.browser import form_of, log, submit
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


def award(bo, place, database, key="kind", **fields):
    with database.read():
        achievement_id = achievement_ids([key]).get(key, 999_999)
    form = form_of(bo.get(f"{place}/award"), "award-form")
    form.action = f"{place}/achievements/{achievement_id}/award"
    return submit(bo, form, **fields)


def test_an_award_pays_once_however_often_it_is_sent(bo, place, database):
    define(achievements=[KIND])
    form = bo.get(f"{place}/award").text
    assert f'formaction="{place}/achievements/' in form
    for _ in range(2):
        assert award(bo, place, database, note="for helping").status_code == 303
    assert points_of(database) == 3
    page = bo.get(place).text
    assert "given by Bo: for helping" in page
    assert "formaction" not in bo.get(f"{place}/award").text
    assert "Has it since" in bo.get(f"{place}/award").text


@on_sqlite
def test_only_what_is_given_by_hand_here_is_offered_and_given(bo, place, database):
    eve = id_of(database, "eve")
    week = {"key": "week", "name": "A week", "type": "automatic", "condition_type": "streak_days", "condition_value": 7}
    define(
        achievements=[
            KIND,
            week,
            KIND | {"key": "eves", "name": "Eves", "coach_id": eve},
            KIND | {"key": "off", "name": "Offed", "active": False},
        ]
    )
    page = bo.get(f"{place}/award").text
    assert "Kindness" in page
    for other in ("A week", "Eves", "Offed"):
        assert other not in page
    answers = {award(bo, place, database, key).data for key in ("week", "eves", "off", "nothing")}
    assert len(answers) == 1
    assert points_of(database) == 0


@on_sqlite
def test_a_note_that_is_too_long_is_kept_and_nothing_is_given(bo, place, database):
    define(achievements=[KIND])
    told = award(bo, place, database, note="kept" * 200)
    assert told.status_code == 422
    assert "Use at most 500 characters" in told.text
    assert "keptkept" in told.text
    assert points_of(database) == 0


@on_sqlite
def test_who_is_switched_off_is_given_nothing(bo, place, database):
    define(achievements=[KIND])
    with database.write():
        disable_user(user_id=id_of(database))
    assert award(bo, place, database).status_code == 422
    assert points_of(database) == 0


# --- Logging for them.


def log_for(bo, place, **fields):
    return submit(bo, form_of(bo.get(f"{place}/log/create"), "log-form"), **fields)


def test_what_a_coach_logs_is_paid_to_the_client_and_says_who_logged_it(bo, place, database):
    form = form_of(bo.get(f"{place}/log/create"), "log-form")
    for _ in range(2):
        told = submit(bo, form, activity="workout_logged", note="together", day="2026-03-03")
        assert told.status_code == 303
    [(event_id, key, day, actor, source, metadata)] = events_of(database)
    assert (key, day, actor, source) == ("workout_logged", "2026-03-03", id_of(database, "bo"), f"page:{id_of(database, 'bo')}")
    assert "together" in metadata
    assert told.location == f"{place}/log/{event_id}"
    assert points_of(database) == 20
    page = bo.get(told.location).text
    assert "Logged by" in page
    assert "together" in page


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"activity": ""}, "Choose what they did."),
        ({"activity": "program_finished"}, "Choose what they did."),
        ({"activity": "plastic_recycled"}, "Enter how many kg"),
        ({"activity": "plastic_recycled", "amount": "-1"}, "Enter how many kg"),
        ({"activity": "plastic_recycled", "amount": "lots"}, "Enter how many kg"),
        ({"day": "2026-03-02"}, "Choose today or yesterday."),
        ({"day": "2026-03-05"}, "Choose today or yesterday."),
        ({"note": "x" * 501}, "Use at most 500 characters"),
        ({"idempotency_key": ""}, "This page is too old."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_logged(bo, place, database, fields, told):
    page = log_for(bo, place, **{"activity": "workout_logged", "note": "kept as it was", **fields})
    assert page.status_code == 422
    assert told in page.text
    assert "kept as it was" in page.text or "note" in fields
    assert events_of(database) == []


@on_sqlite
def test_amounts_are_read_as_people_write_them(bo, place, database):
    assert log_for(bo, place, activity="plastic_recycled", amount="2,5").status_code == 303
    assert points_of(database) == 25


@on_sqlite
def test_only_what_is_open_to_coaches_can_be_logged(bo, place, database):
    define(activities=[{"key": "secret_thing", "name": "Secret thing", "category": "creation", "recorded_by": ["client"]}])
    assert "Secret thing" not in bo.get(f"{place}/log/create").text
    assert log_for(bo, place, activity="secret_thing").status_code == 422
    assert events_of(database) == []


# --- Adjusting.


def adjust(bo, place, headers=None, **fields):
    return submit(
        bo, form_of(bo.get(f"{place}/adjustment"), "adjustment-form"), headers, **{"amount": "50", "reason": "for the harvest", **fields}
    )


def test_an_adjustment_counts_once_and_stands_in_the_ledger_with_its_reason(bo, place, database):
    form = form_of(bo.get(f"{place}/adjustment"), "adjustment-form")
    for _ in range(2):
        assert submit(bo, form, amount="1,250", reason="for the harvest").status_code == 303
    assert points_of(database) == 1_250
    page = bo.get(f"{place}/ledger").text
    for text in ("for the harvest", "+1,250 points", "By Bo"):
        assert text in page


def test_a_minus_takes_away_but_never_below_nothing(bo, ada, place, database):
    log(ada, "workout_logged")
    assert adjust(bo, place, amount="\N{MINUS SIGN}15").status_code == 303
    assert points_of(database) == 5
    refused = adjust(bo, place, amount="-6")
    assert refused.status_code == 422
    assert points_of(database) == 5


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": ""}, "Enter a whole number such as 50"),
        ({"amount": "0"}, "Enter a whole number such as 50"),
        ({"amount": "1.5"}, "Enter a whole number such as 50"),
        ({"amount": "9" * 16}, "A whole number other than 0"),
        ({"reason": " "}, "Enter a reason"),
        ({"reason": "x" * 501}, "Enter a reason"),
        ({"idempotency_key": "short"}, "This page is too old."),
    ],
)
def test_a_refused_adjustment_moves_nothing_and_keeps_what_was_typed(bo, place, database, fields, told):
    page = adjust(bo, place, **{"reason": "kept as it was", **fields})
    assert page.status_code == 422
    assert told in page.text
    assert "kept as it was" in page.text or "reason" in fields
    assert points_of(database) == 0


def test_what_there_would_be_is_told_before(bo, ada, place, database, questions):
    log(ada, "workout_logged")
    fields = form_of(bo.get(f"{place}/adjustment"), "adjustment-form")
    with questions() as asked:
        part = bo.post(f"{place}/adjustment/preview", data={**fields, "amount": "50"}, headers=HTMX)
    assert "20 points now" in part.text
    assert "70 after" in part.text
    assert "<form" not in part.text
    assert len([one for one in asked if one != "BEGIN"]) <= 4, asked
    assert points_of(database) == 20
    assert "<html" in bo.post(f"{place}/adjustment/preview", data={**fields, "amount": "50"}).text


@on_sqlite
def test_with_htmx_the_page_is_shown_anew(bo, place):
    told = adjust(bo, place, HTMX)
    assert (told.status_code, told.headers["HX-Redirect"]) == (204, f"{place}?told=adjusted")
