"""Somebody signs in, logs what they did, and sees what it came to; with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from rewards.kit import sql
from tests.browser.conftest import sign_in


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request, open_tab):
    return open_tab(java_script_enabled=request.param)


@pytest.fixture
def quick(open_tab):
    """A page with JavaScript, for what needs it."""
    return open_tab()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def points(database):
    with database.read():
        return sql.value("SELECT balance FROM accounts WHERE asset = 'points' AND owner_kind = 'user'")


def test_a_workout_is_paid_where_the_button_was_pressed(page, complaints, database):
    sign_in(page, "ada")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada")
    page.get_by_role("button", name="Log Workout logged").click()
    activity = page.locator("#activity-workout_logged")
    expect(activity.locator(".result")).to_contain_text("+20 XP, +20 points")
    expect(activity.locator(".result")).to_be_in_viewport()
    expect(page.locator("#chips")).to_contain_text("20")
    expect(page.locator("#progress")).to_contain_text("20 of 500 XP")
    assert points(database) == 20
    assert complaints.heard() == []


def test_a_number_can_be_mended(page, complaints):
    sign_in(page, "ada", "/client/log")
    page.get_by_label("How many kg").fill("some")
    page.get_by_role("button", name="Log Plastic recycled").click()
    problem = page.locator("#problem-plastic_recycled")
    expect(problem).to_contain_text("Enter how many kg")
    expect(page.get_by_label("How many kg")).to_have_value("some")
    page.get_by_label("How many kg").fill("2,5")
    page.get_by_role("button", name="Log Plastic recycled").click()
    expect(page.locator("#activity-plastic_recycled .result")).to_contain_text("+25 XP, +25 points, +$1.25")
    assert complaints.heard() == []


def test_yesterday_and_a_note_land_in_the_log(page):
    sign_in(page, "ada", "/client/log")
    activity = page.locator("#activity-workout_logged")
    activity.get_by_text("Another day or a note").click()
    activity.get_by_label("Yesterday").check()
    activity.get_by_label("Note").fill("at the lake")
    activity.get_by_role("button").click()
    expect(page.locator("#entries")).to_contain_text("at the lake")
    expect(page.locator("#entries h3")).to_have_text("Yesterday")


def test_a_level_up_is_told_until_it_was_seen(page):
    sign_in(page, "ada")
    for logged in range(1, 6):
        page.get_by_role("button", name="Log Program completed").click()
        expect(page.locator("#chips")).to_contain_text(f"{logged}00")
    expect(page.get_by_role("heading", name="You reached Silver!")).to_be_visible()
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="You reached Silver!")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="You reached Silver!")).to_be_hidden()


def test_leaving_leads_to_the_door_and_back_leads_to_nothing(page):
    sign_in(page, "ada")
    page.get_by_text("Your menu").click(force=True)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto("/client")
    expect(page).to_have_url(re.compile(r"/login\?next=/client$"))


def test_a_wrong_password_says_so_and_keeps_the_address(page):
    page.goto("/login")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("doesn't match")
    expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
    expect(page).to_have_title(re.compile("^Error: "))


def test_a_double_click_pays_once(page, database):
    sign_in(page, "ada")
    page.get_by_role("button", name="Log Workout logged").dblclick()
    expect(page.locator("#activity-workout_logged .result")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert points(database) == 20


def test_the_focus_stays_where_work_goes_on(quick):
    sign_in(quick, "ada", "/client/log")
    quick.get_by_role("button", name="Log Workout logged").press("Enter")
    expect(quick.locator("#activity-workout_logged .result")).to_be_visible()
    expect(quick.locator("#log-workout_logged")).to_be_focused()
    quick.get_by_label("How many kg").fill("none")
    quick.get_by_label("How many kg").press("Enter")
    expect(quick.locator("#problem-plastic_recycled")).to_be_focused()
    for _ in range(4):
        # While an answer is under way the button is closed, and a key pressed then would count for nothing.
        with quick.expect_response("**/client/log"):
            quick.locator("#log-program_completed").press("Enter")
        expect(quick.locator("#log-program_completed")).to_be_enabled()
        expect(quick.locator("#log-program_completed")).to_be_focused()
    quick.locator("#log-program_completed").press("Enter")
    expect(quick.get_by_role("dialog")).to_contain_text("You reached Silver!")
    assert quick.evaluate("document.activeElement.closest('dialog') !== null")
    quick.get_by_role("button", name="Carry on").press("Enter")
    expect(quick.get_by_role("dialog")).to_be_hidden()
    expect(quick.locator("#log-program_completed")).to_be_focused()


def test_what_happened_is_said_aloud(quick):
    sign_in(quick, "ada")
    quick.get_by_role("button", name="Log Workout logged").click()
    expect(quick.get_by_role("status").and_(quick.locator("#live"))).to_have_text("Workout logged: +20 XP, +20 points.")


def test_a_day_without_a_mouse(quick):
    quick.goto("/login")
    quick.keyboard.press("Tab")
    assert focused(quick) == "A", "the way past everything comes first"
    quick.keyboard.press("Tab")
    quick.keyboard.type("ada@example.com")
    quick.keyboard.press("Tab")
    quick.keyboard.type("three quiet garden walls")
    quick.keyboard.press("Enter")
    quick.wait_for_url("**/client")
    for _ in range(30):
        quick.keyboard.press("Tab")
        if focused(quick) == "log-workout_logged":
            break
    quick.keyboard.press("Enter")
    expect(quick.locator("#activity-workout_logged .result")).to_be_visible()
    quick.locator("details.menu summary").press("Enter")
    for item in ("Achievements", "My rewards", "Notifications", "Settings", "Sign out"):
        quick.keyboard.press("Tab")
        assert item in quick.evaluate("document.activeElement.innerText")
    quick.keyboard.press("Escape")
    expect(quick.get_by_role("button", name="Sign out")).to_be_hidden()
    assert focused(quick) == "SUMMARY"


def test_a_session_that_ended_leads_to_signing_in_and_back(quick, database):
    sign_in(quick, "ada", "/client/log")
    with database.write():
        sql.run("DELETE FROM sessions")
    quick.get_by_role("button", name="Log Workout logged").click()
    expect(quick).to_have_url(re.compile("/login"))
    quick.get_by_label("E-mail").fill("ada@example.com")
    quick.get_by_label("Password").fill("three quiet garden walls")
    quick.get_by_role("button", name="Sign in").click()
    expect(quick).to_have_url(re.compile("/client/log$"))


@pytest.mark.parametrize("failure", ["the server is gone", "the server is busy"])
def test_a_failed_request_says_so_where_it_was_sent(quick, failure):
    sign_in(quick, "ada")
    if failure == "the server is gone":
        quick.route("**/client/log", lambda route: route.abort())
    else:
        quick.route("**/client/log", lambda route: route.fulfill(status=503, body="busy"))
    quick.get_by_role("button", name="Log Workout logged").click()
    alert = quick.locator("#activity-workout_logged [role=alert]")
    expect(alert).to_have_text("Couldn't save. Nothing was counted twice. Try again.")
    quick.unroute("**/client/log")
    quick.get_by_role("button", name="Log Workout logged").click()
    expect(quick.locator("#activity-workout_logged .result")).to_be_visible()
    expect(alert).to_be_hidden()


def test_what_the_policy_blocks_is_noticed(site, quick, complaints):
    """A positive control: the tests above would hear a page that brings its own style."""
    site.view_functions["public.front.show"] = lambda: '<p style="color: red">red</p><script>alert(1)</script>'
    quick.goto("/")
    assert len([one for one in complaints.heard() if "Content Security Policy" in one]) == 2
