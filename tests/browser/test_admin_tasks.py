"""What admins do most with the programme: few clicks, with JavaScript and without, by keyboard, and the focus stays where work goes on."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.programmes import define


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request, open_tab):
    return open_tab(1280, java_script_enabled=request.param)


class Clicks:
    """A mouse that counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, page: Page, role: str, name: str) -> None:
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.count += 1


def test_points_of_an_activity_change_in_three_clicks(page, complaints):
    click = Clicks()
    sign_in(page, "dee", "/admin")
    click(page, "link", "Activities")
    click(page, "link", "Amounts of Workout logged")
    page.get_by_label("Points", exact=True).fill("35")
    click(page, "button", "Save")
    expect(page.locator("#notices")).to_contain_text("Workout logged: 20 XP and 35 points from now on.")
    assert click.count == 3
    assert complaints.heard() == []


def test_the_same_on_a_phone(open_tab):
    page, click = open_tab(360), Clicks()
    sign_in(page, "dee", "/admin")
    click(page, "link", "Activities")
    click(page, "link", "Workout logged")
    page.get_by_label("Points (optional)").fill("35")
    click(page, "button", "Save activity")
    expect(page.locator("#notices")).to_contain_text("35 points from now on.")
    assert click.count == 3


def test_the_first_xp_is_one_click_away(page):
    sign_in(page, "dee", "/admin")
    page.get_by_role("button", name="Award a test 20 XP").click()
    expect(page.locator(".stat-xp .number")).to_have_text("20")


def test_a_switch_is_undone_where_it_was_pressed(page):
    sign_in(page, "dee", "/admin/activities")
    page.get_by_role("button", name="Turn off Workout logged").click()
    expect(page.locator("#notices")).to_contain_text("Workout logged is off.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notices")).to_contain_text("Workout logged is on.")


def test_a_rule_is_written_row_by_row(page, complaints):
    sign_in(page, "dee", "/admin/rules/create")
    page.get_by_label("What it is for").fill("Long workouts")
    page.get_by_label("Activity", exact=True).first.select_option("workout_logged")
    page.get_by_role("button", name="Add a condition").click()
    row = page.get_by_role("group", name="Condition 1")
    row.get_by_label("Called").fill("minutes")
    row.get_by_label("How").select_option("gte")
    row.get_by_label("Value").fill("30")
    page.get_by_label("XP (optional)", exact=True).fill("15")
    page.get_by_role("button", name="Add rule").click()
    expect(page.locator("#notices")).to_contain_text("When Workout logged and minutes is at least 30: 15 XP.")
    assert complaints.heard() == []


def test_the_sentence_follows_the_form(open_tab):
    page = open_tab(1280)
    sign_in(page, "dee", "/admin/rules/create")
    page.get_by_label("Activity", exact=True).first.select_option("workout_logged")
    page.get_by_label("XP (optional)", exact=True).fill("15")
    page.keyboard.press("Tab")
    expect(page.locator("#sentence")).to_contain_text("When Workout logged: 15 XP.")
    expect(page.locator("#points")).to_be_focused()
    page.get_by_text("Multiply").click()
    expect(page.get_by_role("textbox", name="Factor")).to_be_visible()
    expect(page.get_by_role("radio", name="Multiply")).to_be_focused()


def test_a_rule_is_edited_without_a_mouse(open_tab):
    define(
        rules=[
            {"key": "long", "description": "Long", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "award_points", "xp": 5}}
        ]
    )
    page = open_tab(1280)
    sign_in(page, "dee", "/admin/rules/long/edit")
    page.locator("#add-condition").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#condition_1")).to_be_visible()
    expect(page.locator("#add-condition")).to_be_focused()
    page.locator("#condition_1").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("minutes")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("minutes is 30: 5 XP")


def test_editing_a_row_gets_the_focus_and_gives_it_back(open_tab):
    page = open_tab(1280)
    sign_in(page, "dee", "/admin/activities")
    page.locator("#edit-workout_logged").press("Enter")
    expect(page.locator("#xp-workout_logged")).to_be_focused()
    page.locator("#points-workout_logged").fill("some")
    page.keyboard.press("Enter")
    expect(page.locator("#points-workout_logged-problem")).to_be_visible()
    expect(page.locator("#points-workout_logged")).to_be_focused()
    page.locator("#points-workout_logged").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("20 XP and 7 points")
    expect(page.locator("#edit-workout_logged")).to_be_focused()


def test_who_would_move_is_told_while_the_ladder_is_typed(open_tab):
    page = open_tab(360)
    sign_in(page, "dee", "/admin/levels/2/edit")
    page.get_by_label("XP needed").fill("600")
    page.keyboard.press("Tab")
    expect(page.locator("#effect")).to_contain_text("No client moves.")
    page.get_by_role("button", name="Save level").click()
    expect(page.locator("#notices")).to_contain_text("Silver begins at 600 XP.")
