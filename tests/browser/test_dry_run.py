"""A draft is tried before it counts: with JavaScript and without, and without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """However slow the machine is just now, a page waits until it is done."""
    for page in ("rehearsing", "rehearsals"):
        monkeypatch.setattr(f"rewards.web.admin.{page}.PATIENCE_SECONDS", 600.0)


@pytest.mark.parametrize("way", ["with JavaScript", "without JavaScript", "without a mouse"])
def test_a_rule_is_tried_and_made_up_for(lively, open_tab, complaints, way):
    page = open_tab(1280, java_script_enabled=way != "without JavaScript")

    def press(identity: str) -> None:
        button = page.locator(f"#{identity}")
        if way == "without a mouse":
            button.focus()
            page.keyboard.press("Enter")
        else:
            button.click()

    sign_in(page, "dee", "/admin/activities/workout_logged/edit")
    page.get_by_label("Points (optional)").fill("35")
    press("dry-run")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dry run: Activity Workout logged")
    expect(page.get_by_role("heading", name="Nothing has changed yet")).to_be_visible()
    expect(page.locator("#gainers-title + ol")).to_contain_text("Ada")
    press("apply-top-up")
    expect(page.locator("#application-form")).to_contain_text("Activity Workout logged holds from now on.")
    press("application-save")
    expect(page.get_by_role("heading", name="Top up")).to_be_visible()
    expect(page.locator("main")).to_contain_text("corrections")
    page.goto(page.url.partition("/admin")[0] + "/admin/rules")
    expect(page.locator("main")).to_contain_text("topped up, 30 days")
    assert complaints.heard() == []
