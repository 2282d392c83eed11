"""What an admin sees first: where to begin, how the programme does, how the house does, and what was changed last."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.integrations.registering import add_service
from rewards.kit import sql
from rewards.kit.columns import time_text
from tests.programmes import did, play
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import somebody

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(NOW)


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def work_out(database, *days_ago):
    with database.read():
        ada = somebody("ada")
    play(*[did(ada.id, "workout_logged", NOW - timedelta(days=days)) for days in days_ago])


def test_a_fresh_programme_gives_its_first_xp_in_one_click(dee, database):
    page = dee.get("/admin")
    assert "XP shows up here, day by day, as soon as somebody earns some." in page.text
    form = form_of(page, "/admin/test-award")
    for _ in range(2):
        assert submit(dee, form).location == "/admin"
    assert '<span class="number">20</span>' in dee.get("/admin").text
    assert "Award a test" not in dee.get("/admin").text
    with database.read():
        assert sql.value("SELECT sum(amount) FROM transfers WHERE asset = 'xp'") == 20


def test_figures_are_told_in_all_and_against_the_thirty_days_before(dee, database):
    work_out(database, 50, 40, 5, 4, 3)
    page = dee.get("/admin").text
    assert '<span class="number">60</span><span class="unit">in 30 days, up 50% on the 30 days before</span>' in page
    assert "100 in all" in page
    assert "with XP in 30 days, as in the 30 days before" in page
    assert "60 XP in 30 days. The best day was" in page


def test_the_first_steps_go_when_they_are_done_or_dismissed(dee, database):
    page = dee.get("/admin")
    assert "3 of 4 done" in page.text
    submit(dee, form_of(page, "/admin/first-steps/dismissal"))
    assert "First steps" not in dee.get("/admin").text
    dee.delete_cookie("first_steps")
    assert "First steps" in dee.get("/admin").text
    work_out(database, 1)
    assert "First steps" not in dee.get("/admin").text


def test_what_is_wrong_with_the_house_is_said_with_a_way_to_it(dee, database):
    with database.write():
        sql.run("INSERT INTO job_leaders (id, leader, since, seen_at) VALUES (1, 'one', ?, ?)", (time_text(NOW),) * 2)
    assert "Healthy" in dee.get("/admin").text
    work_out(database, 1)
    with database.write():
        service = add_service(name="Shop", type="shop").service_id
        sql.run("UPDATE services SET last_seen_at = ? WHERE service_id = ?", (time_text(NOW - timedelta(hours=2)), service))
        sql.run("UPDATE events SET state = 'dead'")
        sql.run("UPDATE job_leaders SET seen_at = ?", (time_text(NOW - timedelta(hours=1)),))
    page = dee.get("/admin").text
    for href, said in (
        ("/admin/events?view=dead", "1 event set aside"),
        ("/admin/integrations/services", "1 service down"),
        ("/admin/settings", "No jobs since 1 hour ago"),
    ):
        assert said in page[page.index(f'href="{href}"') :], said
    assert "Look here" in page


def test_the_system_line_is_asked_for_by_itself(dee):
    part = dee.get("/admin/system", headers=HTMX).text
    assert part.lstrip().startswith('<section id="system"')
    assert 'hx-trigger="every 60s"' in part
    assert "Updated 09:00" in part
    assert dee.get("/admin/system").location == "/admin"


def test_the_latest_changes_lead_to_the_record(dee):
    submit(dee, form_of(dee.get("/admin/activities"), "switch-workout_logged"))
    page = dee.get("/admin").text
    assert "Redefined</a>: activity workout_logged" in page
    assert "Dee · " in page


def test_the_overview_costs_a_handful_of_questions(dee, database, questions):
    work_out(database, *range(1, 40))
    dee.get("/admin")
    with questions() as asked:
        dee.get("/admin")
    assert len(asked) <= 10, asked
    with questions() as part:
        dee.get("/admin/system", headers=HTMX)
    assert len(part) <= 4, part
