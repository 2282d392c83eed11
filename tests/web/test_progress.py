"""A client sees how they are earning: by category and week, on the ladder, and every movement with what there was after it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.ledger.spending import spend_points
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import HTMX, log

# A Wednesday in Berlin.
MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def earned(ada, database, clock):
    """Ada's own doings over six weeks, one of them this week, each posted when it happened."""
    user_id = person(database).id
    for ago, activity in ((40, "program_completed"), (20, "workout_logged"), (2, "daily_checkin"), (1, "workout_logged")):
        clock.set_to(MORNING - ago * DAY)
        play(did(user_id, activity, clock.now()))
    clock.set_to(MORNING)
    return ada


def person(database, name="ada"):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


def words_of(page):
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def table(page, name):
    return words_of(page[page.index(f'id="{name}-table"') :].split("</table>")[0].split(">", 1)[1])


@pytest.mark.parametrize(
    ("days", "rows"),
    [
        ("7", "Creation 20 67% Participation 10 33%"),
        ("30", "Creation 40 80% Participation 10 20%"),
        ("all", "Creation 40 27% Participation 10 7% Challenge 100 67%"),
    ],
)
def test_a_window_shows_what_each_category_brought_in_it(earned, days, rows):
    assert table(earned.get(f"/client/progress?days={days}").text, "by-category").endswith(rows)


def test_weeks_are_stacked_by_category_in_the_tables_own_rows(earned):
    weeks = table(earned.get("/client/progress").text, "by-week")
    assert "Week of Creation Participation" in weeks
    assert "Mon 9 Feb 20 0" in weeks
    assert weeks.endswith("Mon 2 Mar 20 10")


def test_one_category_without_anything_is_named_kindly(earned):
    assert "Nothing from challenge in this time. Program completed would be a start." in words_of(earned.get("/client/progress").text)
    assert "Nothing from challenge" not in earned.get("/client/progress?days=all").text


def test_a_window_is_a_part_of_the_page_for_htmx(earned):
    part = earned.get("/client/progress?days=7", headers=HTMX).text
    assert part.lstrip().startswith('<section id="earning"')
    assert "<html" not in part
    assert "History" not in part


def test_an_unknown_window_is_the_usual_one(earned):
    assert 'id="days-30" href="/client/progress?days=30" aria-current="page"' in earned.get("/client/progress?days=31").text


def test_who_earned_nothing_is_told_where_it_starts(ada):
    page = words_of(ada.get("/client/progress").text)
    assert "Log one activity and your chart starts here." in page
    assert "No movements yet" in page


def test_a_window_without_anything_leads_to_a_longer_one(earned, clock):
    clock.set_to(MORNING + 6 * DAY)
    page = earned.get("/client/progress?days=7").text
    assert "Workout logged" in page
    clock.set_to(MORNING + 9 * DAY)
    page = earned.get("/client/progress?days=7").text
    assert "Nothing in this time" in page
    assert 'href="/client/progress?days=all"' in page


def test_the_ladder_says_where_one_stands(earned):
    page = words_of(earned.get("/client/progress").text)
    assert "Platinum 5,000 XP Gold 2,000 XP Silver 500 XP 350 XP to go Bronze 0 XP You are here" in page


def test_each_movement_says_when_what_how_much_and_what_there_was_then(earned, database):
    with database.write():
        spend_points(user_id=person(database).id, points=30, reason="a coffee", reference="till 7")
        adjust(user_id=person(database).id, asset="points", amount=-5, reason="Counted twice", actor_id=person(database, "bo").id)
    page = words_of(earned.get("/client/progress").text)
    history = page[page.index("History") :]
    assert "Counted twice \N{MINUS SIGN}5 points Today at 09:00 · By Bo Then 115 points" in history
    assert "a coffee \N{MINUS SIGN}30 points Today at 09:00 Then 120 points" in history
    assert "Workout logged +20 XP, +20 points Yesterday at 09:00 Then 150 XP, 150 points" in history


def test_the_rule_that_paid_is_named(ada, database):
    award = {"type": "award_points", "points": 7}
    define(rules=[{"key": "early_bird", "pattern": {"activity": "feedback_sent"}, "outcome": award}])
    play(did(person(database).id, "feedback_sent", MORNING))
    assert "Rule: Early bird" in words_of(ada.get("/client/progress").text)


def test_a_history_is_read_page_by_page_and_misses_nothing(ada, database):
    play(*[did(person(database).id, at=MORNING - timedelta(minutes=minute)) for minute in range(70)])
    seen, address = 0, "/client/progress"
    while address:
        page = ada.get(address).text
        seen += page.count("+20 XP, +20 points")
        address = page.split('">Next page')[0].rsplit('href="', 1)[1] if "Next page" in page else ""
    assert seen == 70


def test_the_history_can_be_taken_along_as_a_file(earned):
    answer = earned.get("/client/progress/history.csv")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "When (UTC),What,Of what,Amount,Balance after,Rule"
    assert lines[1] == "2026-03-03T08:00:00.000000Z,Workout logged,Points,20,150,"
    assert len(lines) == 9


def test_a_statement_begins_with_what_there_was_and_ends_with_what_there_is(earned):
    page = words_of(earned.get("/client/progress/statement?month=2026-02").text)
    assert "Ada, February 2026" in page
    assert "Points 100 20 0 120" in page
    assert "XP 100 20 0 120" in page
    assert "Thu 12 Feb Workout logged +20 XP, +20 points" in page
    assert "Points 120 30 0 150" in words_of(earned.get("/client/progress/statement").text)


def test_the_month_in_which_one_came_is_empty_and_leads_no_further_back(ada, database):
    assert person(database).joined_on == date(2026, 1, 1)
    page = ada.get("/client/progress/statement?month=2026-01").text
    assert "Nothing moved in January 2026" in page
    assert "Month before" not in page
    assert "Month after" in page
    assert "Month after" not in ada.get("/client/progress/statement").text


@pytest.mark.parametrize("month", ["2026-13", "x", "", "0000-01", "9999-12", "2026-02-30", "\x00"])
def test_what_is_no_month_is_not_there(ada, month):
    assert ada.get("/client/progress/statement", query_string={"month": month}).status_code == 404


def test_nobody_sees_anothers_movements(earned, sign_in):
    assert "No movements yet" in sign_in("cy").get("/client/progress").text
    assert "Nothing moved" in sign_in("cy").get("/client/progress/statement").text


def test_pages_ask_at_most_ten_questions_and_parts_four(earned, questions):
    log(earned, "workout_logged")
    for address, headers, most in (
        ("/client/progress?days=all", {}, 10),
        ("/client/progress/statement", {}, 10),
        ("/client/achievements", {}, 10),
        ("/client/progress?days=7", HTMX, 4),
    ):
        earned.get(address, headers=headers)
        with questions() as asked:
            earned.get(address, headers=headers)
        asked = [one for one in asked if one != "BEGIN"]
        assert len(asked) <= most, (address, asked)
