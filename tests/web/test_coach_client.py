"""K3: everything about one client, for their coach and nobody else's: where they stand, the ledger, the log, what is given by hand."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from rewards.achievements.identities import achievement_ids
from rewards.kit import sql
from rewards.ledger.queries import balances_of
from rewards.people.changing import disable_user
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import form_of, log, submit
from tests.web.conftest import on_sqlite

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
KIND = {"key": "kind", "name": "Kindness", "type": "manual", "xp_reward": 5, "points_reward": 3}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


def id_of(database, name="ada"):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found.id


@pytest.fixture
def place(database, site):
    return f"/coach/clients/{id_of(database)}"


def points_of(database, name="ada"):
    with database.read():
        return balances_of(id_of(database, name)).get("points", 0)


def events_of(database, name="ada"):
    question = "SELECT e.id, a.key, e.happened_on, e.actor_id, e.source, e.metadata FROM events e JOIN activities a ON a.id = e.activity_id"
    with database.read():
        return sql.rows(f"{question} WHERE e.user_id = ? ORDER BY e.id", (id_of(database, name),))


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
    for text in ("How it was decided", "long_one", "Did not match", "minutes is at least 30", "What it moved", "+20 XP"):
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


# --- Awarding.


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
