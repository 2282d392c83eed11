"""Somebody joins a waitlist by a friend's link in one click, with JavaScript, without, and by keyboard, and copies a link of their own."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import shortcomings
from tests.browser.test_clicks import Clicking
from tests.web.waiting import SLUG, Waiting


@pytest.fixture
def code(site, database):
    """Lin's, who has been on the list for a while."""
    listed = Waiting(database).play()
    first = listed.join("lin@waits.example", "Lin Okafor")
    for number in range(4):
        listed.join(f"p{number}@waits.example", by=first)
    return first.code


def read_aloud(page: Page) -> list[str]:
    """What is wrong with the page in either theme."""
    found = shortcomings(page)
    page.emulate_media(color_scheme="dark")
    found += shortcomings(page)
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("means", ["with JavaScript", "without JavaScript", "without a mouse"])
def test_a_visitor_joins_with_a_code_in_one_click_and_copies_a_link(code, open_tab, complaints, means):
    choices = {"permissions": ["clipboard-read", "clipboard-write"], "reduced_motion": "reduce"}
    page = open_tab(java_script_enabled=means != "without JavaScript", **choices)
    visitor = Clicking(page, has_mouse=means != "without a mouse")
    page.goto(f"/r/{code}")
    expect(page.get_by_text("Invited by")).to_be_visible()
    if means != "without JavaScript":
        # An address is looked at when it is left, and the focus stays where it went.
        page.get_by_label("E-mail").fill("ines")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Enter an e-mail address")).to_be_visible()
        expect(page.get_by_label("Your name")).to_be_focused()
        assert read_aloud(page) == []
    page.get_by_label("E-mail").fill("ines@waits.example")
    visitor.button("Join")
    assert visitor.clicks == 1
    expect(page.get_by_text("#6", exact=True)).to_be_visible()
    field = page.get_by_label("Who joins by it is your referral")
    link = field.input_value()
    assert "/r/" in link
    assert code not in link
    if means == "without JavaScript":
        expect(page.get_by_role("button", name="Copy")).to_be_hidden()
        assert field.is_editable() is False
    else:
        visitor.button("Copy")
        expect(page.locator("#live")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == link
        assert read_aloud(page) == []
    page.goto(f"/c/{SLUG}/leaderboard")
    expect(page.get_by_text("(you)")).to_be_visible()
    assert complaints.heard() == []
