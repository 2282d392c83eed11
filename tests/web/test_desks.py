"""What everybody finds on the first page of their own, filled and empty."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from rewards.people.joining import add_user
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import log
from tests.web.conftest import SignIn

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


def person(database, name):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


def check_in(database, name, *days_ago):
    play(*[did(person(database, name).id, "daily_checkin", MORNING - timedelta(days=days)) for days in sorted(days_ago, reverse=True)])


def test_a_new_client_is_told_where_to_begin(ada):
    page = ada.get("/client").text
    assert "Good morning, Ada" in page
    assert "0 of 500 XP" in page
    assert "500 XP to Silver" in page
    assert "Day 1 begins with a check-in." in page
    assert "Logging the first activity is a good start." in page
    assert "Log something above" in ada.get("/client/log").text


def test_level_points_and_streak_are_what_the_ledger_says(ada, database):
    check_in(database, "ada", *range(1, 8))
    log(ada, "program_completed")
    page = ada.get("/client").text
    # Seven check-ins, the bonus of a week, and a program.
    assert "220 of 500 XP" in page
    assert "280 XP to Silver" in page
    assert '<span class="number">220</span>' in page
    assert '<span class="number">7</span><span class="unit">days in a row</span>' in page
    assert "Check in before midnight to make it 8 days." in page


def test_the_highest_level_has_no_next(ada):
    define(levels=[{"number": 1, "name": "Bronze", "xp_required": 0}])
    for _ in range(51):
        log(ada, "program_completed")
    page = ada.get("/client").text
    assert "Highest level. 5,100 XP in total." in page
    assert "<progress" not in page


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [
        ([0], "Your best so far."),
        ([1], "Check in before midnight to make it 2 days."),
        ([5, 4, 3], "Start again any day. Your best is 3 days."),
        ([9, 8, 7, 0], "Your best is 3 days."),
    ],
)
def test_a_streak_is_told_without_guilt(ada, database, days_ago, said):
    check_in(database, "ada", *days_ago)
    assert said in ada.get("/client").text


@pytest.mark.parametrize(("locale", "number"), [("en", "1,300"), ("de", "1.300"), ("fr-FR", "1\u202f300"), ("xx", "1,300")])
def test_numbers_are_written_as_the_person_reads_them(site, sign_in: SignIn, database, locale, number):
    with database.write():
        user = user_by_email("ada@example.com")
        assert user
        user.locale = locale
    ada = sign_in("ada")
    for _ in range(13):
        log(ada, "program_completed")
    assert f'<span class="number">{number}</span>' in ada.get("/client").text


def test_an_admin_sees_everybody(sign_in):
    page = sign_in("dee").get("/admin/people?role=client").text
    for name in ("Ada", "Ben", "Cy"):
        assert f">{name}</a>" in page
    assert ">Bo</a>" not in page


def test_many_clients_come_in_pages(sign_in, database):
    with database.write():
        for number in range(60):
            add_user(email=f"p{number}@example.com", name=f"Person {number:02}", role="client", timezone="UTC")
    dee, address, names = sign_in("dee"), "/admin/people?role=client", []
    while address:
        page = dee.get(address).text
        found = re.findall(r'<th scope="row"><a href="/admin/people/\d+">([^<]+)</a>', page)
        assert len(found) <= 25
        names += found
        address = unescape(page.split('">Next page')[0].rsplit('href="', 1)[1]) if "Next page" in page else ""
    assert len(names) == len(set(names)) == 63
    assert names == sorted(names)


def test_a_page_of_many_costs_no_more_questions_than_a_page_of_few(sign_in, database, questions):
    dee = sign_in("dee")
    dee.get("/admin/people")
    with questions() as few:
        dee.get("/admin/people")
    with database.write():
        for number in range(24):
            add_user(email=f"p{number}@example.com", name=f"Person {number:02}", role="client", timezone="UTC")
    check_in(database, "p0", 1)
    with questions() as many:
        dee.get("/admin/people")
    assert len(many) <= len(few) <= 10, many


def test_a_clients_pages_cost_a_handful_of_questions(ada, database, questions):
    check_in(database, "ada", *range(1, 30))
    log(ada, "workout_logged")
    for address in ("/client", "/client/log"):
        ada.get(address)
        with questions() as asked:
            ada.get(address)
        assert len(asked) <= 10, asked


def person_id(name):
    found = user_by_email(f"{name}@example.com")
    assert found
    return found.id
