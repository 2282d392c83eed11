"""A client logs what they did and sees, where they pressed the button, what it came to."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning import pipeline
from rewards.kit import sql
from tests.programmes import define
from tests.web.browser import HTMX, form_of, forms_of, log, submit
from tests.web.conftest import on_sqlite

# Nine in the morning in Berlin, a Wednesday.
MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
MEAL = {"key": "meal_logged", "category": "participation", "xp": 5, "points": 5}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


def points(database, name="ada"):
    question = "SELECT balance FROM accounts JOIN users u ON u.id = owner_id WHERE owner_kind = 'user' AND asset = 'points' AND u.email = ?"
    with database.read():
        return sql.value(question, (f"{name}@example.com",)) or 0


def events(database):
    with database.read():
        question = "SELECT a.key, e.happened_on, e.metadata, e.source FROM events e JOIN activities a ON a.id = e.activity_id ORDER BY e.id"
        return sql.rows(question)


def test_a_workout_is_logged_and_its_award_shown_where_the_button_is(ada):
    answer = log(ada, "workout_logged")
    assert answer.status_code == 303
    assert answer.location.startswith("/client?logged=")
    assert answer.location.endswith("#activity-workout_logged")
    page = ada.get(answer.location).text
    award = page.index("+20 XP, +20 points", page.index('class="result result-paid"'))
    assert page.index('id="activity-workout_logged"') < award < page.index('id="activity-daily_checkin"')


def test_from_the_log_page_one_comes_back_to_the_log_page(ada):
    answer = log(ada, "workout_logged", page="/client/log")
    assert answer.location.startswith("/client/log?logged=")
    page = ada.get(answer.location).text
    assert page.count("+20 XP, +20 points") == 3, "what it pays, what it came to, and its line in the log"


def test_htmx_gets_the_activity_with_its_award_and_what_changed_beside_it(ada):
    answer = log(ada, "workout_logged", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.text.lstrip().startswith('<form id="activity-workout_logged"')
    for beside in ('id="chips"', 'id="live"', 'id="progress"', 'id="moments"'):
        assert f"{beside}" in answer.text
    assert "Workout logged: +20 XP, +20 points." in answer.text
    assert 'id="entries"' in log(ada, "workout_logged", page="/client/log", headers=HTMX).text


def test_going_back_in_the_history_gets_the_whole_page(ada):
    assert "<html" in ada.get("/client", headers=HTMX | {"HX-History-Restore-Request": "true"}).text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_double_click_pays_once(ada, database, headers):
    form = form_of(ada.get("/client"), "activity-workout_logged")
    first, second = submit(ada, form, headers), submit(ada, form, headers)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert points(database) == 20
    assert len(events(database)) == 1


def test_pressing_again_on_the_page_that_follows_pays_again(ada, database):
    page = log(ada, "workout_logged", headers=HTMX)
    submit(ada, form_of(page, "activity-workout_logged"), HTMX)
    assert points(database) == 40


def test_two_people_with_one_key_are_two_people(sign_in, database):
    for name in ("ada", "cy"):
        log(sign_in(name), "workout_logged", idempotency_key="the-same-key")
    assert (points(database, "ada"), points(database, "cy")) == (20, 20)


def test_the_same_form_with_other_details_says_so(ada, database):
    form = form_of(ada.get("/client"), "activity-workout_logged")
    submit(ada, form)
    answer = submit(ada, form, note="another")
    assert answer.status_code == 422
    assert "This was sent already" in answer.text
    assert points(database) == 20


def test_over_the_limit_it_is_logged_and_said_why_it_pays_nothing(ada):
    define(activities=[MEAL | {"max_per_day": 2}])
    assert "0 of 2 today" in ada.get("/client").text
    log(ada, "meal_logged")
    assert "1 of 2 today" in ada.get("/client").text
    log(ada, "meal_logged")
    page = ada.get(log(ada, "meal_logged").location).text
    assert "0 points: daily limit of 2 reached." in page
    assert "Counts again tomorrow at 00:00." in page
    assert "2 of 2 today. Again tomorrow at 00:00" in page


def test_a_weekly_limit_opens_on_monday(ada):
    define(activities=[MEAL | {"max_per_week": 1}])
    page = ada.get(log(ada, "meal_logged").location).text
    assert "1 of 1 this week. Again on Mon 9 Mar at 00:00" in page


def test_a_cooldown_says_until_when_on_the_persons_own_clock(ada, clock):
    log(ada, "daily_checkin")
    assert "Again tomorrow at 09:00" in ada.get("/client").text
    clock.set_to(MORNING + timedelta(hours=20))
    page = ada.get("/client").text
    assert "Again at 09:00" in page
    answer = log(ada, "daily_checkin", headers=HTMX)
    assert "0 points: counts once every 24 hours." in answer.text
    clock.set_to(MORNING + timedelta(hours=24))
    assert "Again" not in ada.get("/client").text


def test_what_is_counted_in_units_asks_how_many(ada, database):
    page = ada.get("/client").text
    assert "+10 XP, +10 points, +$0.50 a kg" in page
    answer = log(ada, "plastic_recycled", amount="5")
    assert "+50 XP, +50 points, +$2.50" in ada.get(answer.location).text
    assert events(database)[0][2] == '{"kg":5}'
    assert "5 kg" in ada.get("/client/log").text


@on_sqlite
@pytest.mark.parametrize(("typed", "stored"), [("2.5", "2.5"), ("2,5", "2.5"), ("1 000,50", "1000.5"), ("1'000", "1000"), (" 7 ", "7")])
def test_amounts_are_read_as_people_write_them(ada, database, typed, stored):
    assert log(ada, "plastic_recycled", amount=typed).status_code == 303
    assert events(database)[0][2] == f'{{"kg":{stored}}}'


@on_sqlite
@pytest.mark.parametrize("typed", ["", "0", "-1", "some", "1e9", "NaN", "Infinity", "1.2.3", "9" * 40, "<script>alert(1)</script>", "\x00"])
@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_what_is_no_amount_is_said_beside_what_was_typed(ada, database, typed, headers):
    answer = log(ada, "plastic_recycled", page="/client/log", headers=headers, amount=typed, note="from the river")
    assert answer.status_code == 422
    assert "Enter how many kg, for example 2.5." in answer.text
    assert 'aria-invalid="true" aria-describedby="problem-plastic_recycled"' in answer.text
    assert "data-focus" in answer.text
    assert 'value="from the river"' in answer.text
    assert "<script>alert" not in answer.text
    assert ("<title>Error: Log" in answer.text) is (headers is None)
    assert events(database) == []
    # What was wrong can be mended and sent: the form is whole.
    assert submit(ada, form_of(answer, "activity-plastic_recycled"), amount="3").status_code == 303


def test_yesterday_can_be_logged_and_lands_on_yesterday(ada, database):
    form = form_of(ada.get("/client/log"), "activity-workout_logged")
    assert form["day"] == "2026-03-04"
    assert submit(ada, form, day="2026-03-03", note="  at the lake ").status_code == 303
    assert events(database) == [("workout_logged", "2026-03-03", '{"note":"at the lake"}', "page:" + str(user_id(database)))]
    page = ada.get("/client/log").text
    assert page.index("Yesterday</h3>") < page.index("at the lake")


def test_yesterday_sent_twice_is_one_event(ada, clock, database):
    form = form_of(ada.get("/client/log"), "activity-workout_logged") | {"day": "2026-03-03"}
    for minutes in (0, 1):
        clock.set_to(MORNING + timedelta(minutes=minutes))
        assert ada.post("/client/log", data=form).status_code == 303
    assert len(events(database)) == 1


@on_sqlite
@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-05", "1970-01-01", "yesterday", "2026-02-30"])
def test_no_other_day_can_be_logged(ada, database, day):
    answer = log(ada, "workout_logged", page="/client/log", day=day)
    assert answer.status_code == 422
    assert "Choose today or yesterday." in answer.text
    assert events(database) == []


def test_today_is_the_persons_own_day(ada, clock, database):
    clock.set_to(datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    log(ada, "workout_logged")
    assert events(database)[0][1] == "2026-03-05"


@on_sqlite
@pytest.mark.parametrize("activity", ["streak_7_day", "quiz_completed", "no_such_activity", "", "../../etc", "\x00", "x" * 3000])
def test_what_is_not_offered_cannot_be_logged(ada, database, activity):
    """The engine's own, one of a kit that is switched off, and what nobody has heard of."""
    answer = log(ada, "workout_logged", activity=activity)
    assert answer.status_code == 404
    assert events(database) == []


@on_sqlite
@pytest.mark.parametrize(
    "more",
    [
        {"user_id": "1"},
        {"points": "1000"},
        {"xp": "1000"},
        {"source": "import"},
        {"actor_id": "1"},
        {"occurred_at": "2020-01-01T00:00:00Z"},
        {"recorder": "system"},
        {"metadata": '{"kg": 1000}'},
        {"kg": "1000"},
    ],
)
def test_a_form_says_what_it_asks_and_nothing_more(ada, database, more):
    log(ada, "workout_logged", **more)
    assert points(database) == 20
    assert events(database) == [("workout_logged", "2026-03-04", "{}", f"page:{user_id(database)}")]


def test_a_field_sent_twice_and_in_the_address_changes_nothing(ada, database):
    form = form_of(ada.get("/client"), "activity-workout_logged")
    body = [(name, value) for name, value in form.items()] + [("activity", "program_completed")]
    answer = ada.post("/client/log?activity=program_completed&page=log", data=_pairs(body))
    assert answer.status_code == 303
    assert points(database) == 20


@on_sqlite
@pytest.mark.parametrize(("note", "said"), [("x" * 501, "Use at most 500 characters."), ("a\x00b", "Use plain text.")])
def test_a_note_is_a_line_of_text(ada, database, note, said):
    answer = log(ada, "workout_logged", page="/client/log", note=note)
    assert answer.status_code == 422
    assert said in answer.text
    assert events(database) == []


@on_sqlite
@pytest.mark.parametrize("key", ["", "short", "x" * 101, "a key with spaces", "\x00" * 20, "../../../../etc"])
def test_a_form_without_a_key_of_ours_is_asked_to_be_sent_again(ada, database, key):
    answer = log(ada, "workout_logged", idempotency_key=key)
    assert answer.status_code == 422
    assert events(database) == []
    assert submit(ada, form_of(answer, "activity-workout_logged")).status_code == 303


@on_sqlite
def test_a_log_is_read_page_by_page_and_misses_nothing(ada, clock, database):
    for minute in range(60):
        clock.set_to(MORNING + timedelta(minutes=minute))
        log(ada, "meal_logged")
    seen, address = [], "/client/log"
    while address:
        page = ada.get(address).text
        seen += [part.split('"')[0] for part in page.split('<li id="event-')[1:]]
        address = page.split('href="/client/log?before=')[1].split('"')[0] if "?before=" in page else ""
        address = f"/client/log?before={address}" if address else ""
    assert len(seen) == len(set(seen)) == 60


def test_an_event_that_waits_is_shown_as_waiting(ada, database, monkeypatch):
    def broken(self):
        raise RuntimeError("a rule is broken")

    monkeypatch.setattr(pipeline.Passage, "decide", broken)
    answer = log(ada, "workout_logged", headers=HTMX)
    assert answer.status_code == 200
    assert "Saved. It is on its way" in answer.text
    assert points(database) == 0


def test_whoever_may_log_nothing_is_told_so(ada):
    with_nothing = [{"key": key, "category": "creation", "xp": 1, "points": 1, "active": False} for key in offered(ada)]
    define(activities=with_nothing)
    assert "opened any activities yet" in ada.get("/client").text
    assert "opened any activities yet" in ada.get("/client/log").text


def offered(ada):
    return [str(form.id).removeprefix("activity-") for form in forms_of(ada.get("/client")) if str(form.id).startswith("activity-")]


def user_id(database, name="ada"):
    with database.read():
        return sql.value("SELECT id FROM users WHERE email = ?", (f"{name}@example.com",))


def _pairs(pairs):
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
