"""K1 and K2: what waits for a coach, and their clients as a list; nobody else's are ever on it."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.achievements.identities import achievement_ids
from rewards.kit import sql
from rewards.people.changing import disable_user
from rewards.people.joining import add_user
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import form_of, submit
from tests.web.conftest import hashed, on_sqlite

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING - timedelta(days=60))


@pytest.fixture
def bo(sign_in, clock):
    clock.set_to(MORNING)
    return sign_in("bo")


def id_of(database, name):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found.id


def did_ago(database, name, *days_ago, activity="daily_checkin"):
    play(*[did(id_of(database, name), activity, MORNING - timedelta(days=days)) for days in sorted(days_ago, reverse=True)])


def row_of(page, name):
    row = page[page.index(f">{name}</a>") :]
    return row[: row.index("</tr>")]


def test_a_coach_sees_their_own_clients_and_nobody_elses(bo, database):
    did_ago(database, "ada", 2, 1)
    page = bo.get("/coach/clients").text
    assert "2 clients" in page
    assert "Cy" not in page
    for column in ("Bronze", "20 XP", ">20<", "2 days", "Yesterday"):
        assert column in row_of(page, "Ada")
    assert "Nothing yet" in row_of(page, "Ben")
    assert "Needs attention" in row_of(page, "Ben")


def test_views_and_search_narrow_the_list_and_the_file_alike(bo, database):
    did_ago(database, "ada", 1)
    bo_id = id_of(database, "bo")
    with database.write():
        add_user(email="new@example.com", name="Newt", role="client", timezone="UTC", coach_id=bo_id)
    for query, names in (
        ("view=attention", {"Ben"}),
        ("view=on_track", {"Ada", "Newt"}),
        ("view=new", {"Newt"}),
        ("q=AD", {"Ada"}),
        ("q=Cy", set()),
        ("q=%25", set()),
        ("view=nonsense&sort=nonsense&page=nonsense", {"Ada", "Ben", "Newt"}),
    ):
        page, file = bo.get(f"/coach/clients?{query}").text, bo.get(f"/coach/clients/export.csv?{query}").text
        assert {name for name in ("Ada", "Ben", "Cy", "Newt") if f">{name}</a>" in page} == names, query
        assert {line.split(",")[1] for line in file.splitlines()[1:]} == names, query


@on_sqlite
def test_nobody_there_and_nobody_who_fits_are_told_apart(bo, sign_in, database):
    with database.write():
        add_user(email="flo@example.com", name="Flo", role="coach", timezone="UTC", password=hashed())
    assert "Invite your first client" in sign_in("flo").get("/coach/clients").text
    assert "No clients match “zzz”" in bo.get("/coach/clients?q=zzz").text


@on_sqlite
def test_who_is_switched_off_is_marked_and_needs_no_attention(bo, database):
    with database.write():
        disable_user(user_id=id_of(database, "ben"))
    row = row_of(bo.get("/coach/clients").text, "Ben")
    assert ">Off<" in row
    assert "Needs attention" not in row


@on_sqlite
def test_a_part_is_the_list_alone(bo):
    part = bo.get("/coach/clients?q=ada", headers=HTMX).text
    assert 'id="listing"' in part
    assert "<html" not in part


def give(bo, database, *names, achievement="kind"):
    with database.read():
        key = achievement_ids([achievement]).get(achievement, "")
    form = form_of(bo.get("/coach/clients"), "several")
    form["client"] = [id_of(database, name) for name in names]
    return submit(bo, form, achievement=key)


UNLOCKS = "SELECT u.name, a.key FROM unlocks x JOIN users u ON u.id = x.user_id JOIN achievements a ON a.id = x.achievement_id"


def unlocked(database):
    with database.read():
        return sorted(sql.rows(UNLOCKS))


def test_one_achievement_goes_to_all_that_are_ticked_and_to_nobody_twice(bo, database):
    define(achievements=[{"key": "kind", "name": "Kindness", "type": "manual", "xp_reward": 5}])
    assert give(bo, database, "ada").status_code == 303
    answer = give(bo, database, "ada", "ben")
    assert "Awarded to 1 client. 1 had it already." in bo.get(answer.location).text
    assert unlocked(database) == [("Ada", "kind"), ("Ben", "kind")]


def test_nobody_elses_client_is_among_the_ticked(bo, database):
    define(achievements=[{"key": "kind", "name": "Kindness", "type": "manual"}])
    assert give(bo, database, "ada", "cy").status_code == 404
    assert unlocked(database) == []


@on_sqlite
@pytest.mark.parametrize(
    ("names", "achievement", "told"),
    [
        ((), "kind", "Tick 1 to 100 clients first."),
        (("ada",), "nothing", "Choose an achievement."),
        (("ada",), "week", "Choose an achievement."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_given(bo, database, names, achievement, told):
    week = {"key": "week", "name": "A week", "type": "automatic", "condition_type": "streak_days", "condition_value": 7}
    define(achievements=[{"key": "kind", "name": "Kindness", "type": "manual"}, week])
    page = give(bo, database, *names, achievement=achievement)
    assert page.status_code == 422
    assert told in page.text
    assert unlocked(database) == []


def test_the_first_page_names_who_was_not_about_and_how_the_month_went(bo, database):
    did_ago(database, "ada", *range(40), activity="workout_logged")
    page = bo.get("/coach").text
    assert "Good morning, Bo" in page
    todo = page[page.index('id="todo-title"') : page.index('id="clients-title"')]
    assert "Ben" in todo
    assert "Nothing yet, joined" in todo
    assert "Ada" not in todo
    assert "600" in page
    assert "up 200% on the 30 days before" in page


def test_a_decision_that_failed_waits_for_the_coach_who_may_start_it_again(bo, database):
    did_ago(database, "ada", 1)
    did_ago(database, "cy", 1)
    with database.write():
        sql.run("UPDATE events SET state = 'dead', error = 'no such rule', result = NULL, paid = 0")
    page = bo.get("/coach")
    assert "Daily check-in of Ada" in page.text
    assert "no such rule" in page.text
    assert "Cy" not in page.text
    action = next(line for line in page.text.splitlines() if "/replay" in line).split('action="')[1].split('"')[0]
    assert submit(bo, form_of(page, action)).status_code == 303
    assert "no such rule" not in bo.get("/coach").text


@on_sqlite
def test_a_new_coach_is_told_where_to_begin(sign_in, database):
    with database.write():
        add_user(email="flo@example.com", name="Flo", role="coach", timezone="UTC", password=hashed())
    page = sign_in("flo").get("/coach").text
    assert "Invite a client" in page
    assert "Make an achievement" in page


@on_sqlite
def test_a_coach_with_nothing_to_do_is_told_so(bo, database):
    did_ago(database, "ada", 0)
    did_ago(database, "ben", 0)
    assert "Nothing waiting." in bo.get("/coach").text


@pytest.mark.parametrize("address", ["/coach", "/coach/clients", "/coach/clients?view=attention&sort=last_day", "/coach/achievements"])
def test_a_page_of_many_costs_no_more_questions_than_a_page_of_few(bo, database, questions, address):
    did_ago(database, "ada", 1)
    bo.get(address)
    with questions() as few:
        bo.get(address)
    with database.write():
        coach = user_by_email("bo@example.com")
        assert coach
        for number in range(40):
            add_user(email=f"p{number}@example.com", name=f"P {number:02}", role="client", timezone="UTC", coach_id=coach.id)
    did_ago(database, "p0", 1)
    bo.get(address)
    with questions() as many:
        bo.get(address)
    assert len(many) <= len(few) <= 10, many


@on_sqlite
def test_a_part_of_the_list_costs_a_handful_of_questions(bo, questions):
    bo.get("/coach/clients")
    with questions() as asked:
        bo.get("/coach/clients?q=a", headers=HTMX)
    assert len(asked) <= 8, asked
