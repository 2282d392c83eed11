"""The shop from both sides of the counter, with JavaScript and without: redeeming and changing one's mind, handing over and taking back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.kit import drawing
from tests.web.shopping import Counter


@pytest.fixture
def counter(past, database):
    counter = Counter(database)
    counter.give("ada", 500)
    return counter


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request, open_tab):
    return open_tab(java_script_enabled=request.param)


@pytest.fixture
def quick(open_tab):
    """A page with JavaScript, for what needs it."""
    return open_tab()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def test_somebody_redeems_and_changes_their_mind(page, counter, complaints):
    before = counter.points("ada")
    reward = counter.offer(name="Bottle", points_cost=100, stock=1)
    sign_in(page, "ada", "/client/rewards")
    page.locator(f"#redeem-{reward}").click()
    page.get_by_role("button", name="Redeem for 100 points").click()
    expect(page.get_by_text("Bo will hand it over").first).to_be_visible()
    assert counter.points("ada") == before - 100
    page.goto("/client/redemptions")
    page.get_by_role("link", name="Cancel Bottle").click()
    page.get_by_role("button", name="Cancel reward").click()
    expect(page.locator("#notices")).to_contain_text("Cancelled. 100 points returned.")
    assert counter.points("ada") == before
    assert complaints.heard() == []


def test_somebody_hands_over_and_takes_it_back(page, counter, complaints):
    redemption = counter.redeem("ada", counter.offer(name="Bottle", points_cost=100))
    sign_in(page, "bo", "/coach/redemptions")
    page.get_by_role("button", name="Fulfil Bottle for Ada").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Fulfil Bottle for Ada")).to_be_visible()
    assert counter.redemption(redemption).status == "pending"
    page.get_by_role("link", name="Reject Bottle for Ada").click()
    page.get_by_role("button", name="Reject redemption").click()
    page.get_by_label("Reason").fill("Sold out")
    page.get_by_role("button", name="Reject redemption").click()
    expect(page.locator("#notices")).to_contain_text("100 points went back")
    assert complaints.heard() == []


def test_a_reward_with_a_picture_is_made(page, counter, complaints, tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(drawing.drawn("PNG", (900, 600)))
    sign_in(page, "bo", "/coach/rewards/create")
    page.get_by_label("Name").fill("Bottle")
    page.get_by_label("Costs").fill("500")
    page.get_by_label("Picture", exact=False).first.set_input_files(file)
    page.get_by_role("button", name="Make reward").click()
    expect(page.locator("#notices")).to_contain_text("It is on the shelf")
    expect(page.locator("main img:visible")).to_have_js_property("naturalWidth", 128)
    assert complaints.heard() == []


def test_by_keyboard_alone_the_focus_never_gets_lost(quick, counter):
    reward = counter.offer(name="Bottle", points_cost=100)
    sign_in(quick, "ada", "/client/rewards")
    opener = quick.locator(f"#redeem-{reward}")
    opener.focus()
    quick.keyboard.press("Enter")
    expect(quick.get_by_role("dialog")).to_be_visible()
    expect(quick.get_by_role("link", name="Not now")).to_be_focused()
    quick.keyboard.press("Escape")
    expect(opener).to_be_focused()
    quick.keyboard.press("Enter")
    expect(quick.get_by_role("link", name="Not now")).to_be_focused()
    quick.keyboard.press("Tab")
    quick.keyboard.press("Enter")
    expect(quick.get_by_role("button", name="Carry on")).to_be_focused()
    quick.keyboard.press("Enter")
    expect(quick.get_by_role("dialog")).to_be_hidden()
    assert focused(quick) != "BODY"
    sign_out_and_in(quick, "bo", "/coach")
    fulfil = quick.get_by_role("button", name="Fulfil Bottle for Ada")
    fulfil.focus()
    quick.keyboard.press("Enter")
    expect(quick.get_by_role("button", name=re.compile("^Undo"))).to_be_focused()


def sign_out_and_in(page: Page, name: str, path: str) -> None:
    page.context.clear_cookies()
    sign_in(page, name, path)


def test_pressing_twice_redeems_once(quick, counter):
    before = counter.points("ada")
    reward = counter.offer(name="Bottle", points_cost=100)
    sign_in(quick, "ada", "/client/rewards")
    quick.locator(f"#redeem-{reward}").click()
    quick.get_by_role("button", name="Redeem for 100 points").dblclick()
    expect(quick.get_by_role("button", name="Carry on")).to_be_visible()
    assert counter.points("ada") == before - 100


def test_the_page_behind_follows(quick, counter):
    counter.give("ada", 10_000)
    dear = counter.offer(name="Bicycle", points_cost=counter.points("ada"))
    cheap = counter.offer(name="Bottle", points_cost=100)
    sign_in(quick, "ada", "/client/rewards")
    quick.locator(f"#redeem-{cheap}").click()
    quick.get_by_role("button", name="Redeem for 100 points").click()
    quick.get_by_role("button", name="Carry on").click()
    expect(quick.locator(f"#reward-{dear}")).to_contain_text("100 points to go")


def test_who_comes_too_late_learns_it_in_the_dialog(quick, counter, complaints):
    counter.give("ben", 500)
    reward = counter.offer(name="Bottle", points_cost=100, stock=1)
    sign_in(quick, "ada", "/client/rewards")
    quick.locator(f"#redeem-{reward}").click()
    counter.redeem("ben", reward)
    quick.get_by_role("button", name="Redeem for 100 points").click()
    expect(quick.get_by_role("dialog")).to_contain_text("Someone took the last one. No points were spent.")
    expect(quick.get_by_role("button", name="Redeem for 100 points")).to_be_hidden()
    assert complaints.heard() == []


def test_a_form_that_was_refused_keeps_the_chosen_picture(quick, counter, tmp_path, complaints):
    file = tmp_path / "photo.png"
    file.write_bytes(drawing.drawn())
    sign_in(quick, "bo", "/coach/rewards/create")
    quick.get_by_label("Name").fill("Bottle")
    quick.get_by_label("Costs").fill("many")
    quick.locator("#picture").set_input_files(file)
    expect(quick.locator("#picture-preview")).to_be_visible()
    quick.get_by_role("button", name="Make reward").click()
    expect(quick.locator("#problems")).to_contain_text("Enter a whole number")
    quick.get_by_label("Costs").fill("500")
    quick.get_by_label("Costs").blur()
    expect(quick.locator("#effort")).to_contain_text("About")
    quick.get_by_role("button", name="Make reward").click()
    expect(quick.locator("main img:visible")).to_have_js_property("naturalWidth", 128)
    assert complaints.heard() == []
