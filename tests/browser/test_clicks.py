"""How many clicks usual tasks take from somebody's first page: with JavaScript, without, and by keyboard alone; typing is not counted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from rewards.integrations.registering import add_service
from rewards.kit import sql
from tests.browser.conftest import sign_in
from tests.web.shopping import Counter

# More stops than any page has before what one came for.
TABS_MAX = 200


class Clicking:
    """Somebody at a page, whose clicks are counted; or whose presses are, where there is no mouse."""

    def __init__(self, page: Page, *, has_mouse: bool = True) -> None:
        self.page, self.has_mouse, self.clicks = page, has_mouse, 0

    def click(self, target: Locator) -> None:
        """One click, and what it leads to."""
        self.clicks += 1
        if self.has_mouse:
            target.first.click()
        else:
            self._walk_to(target)
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("networkidle")

    def tick(self, target: Locator) -> None:
        """Choose a box; that is part of filling in a form."""
        if self.has_mouse:
            target.check()
        else:
            self._walk_to(target)
            self.page.keyboard.press("Space")

    def _walk_to(self, target: Locator) -> None:
        there = target.first.element_handle()
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("there => document.activeElement === there", there):
                return
        raise AssertionError(f"no key leads to {target}")

    def link(self, name: str | re.Pattern[str]) -> None:
        """Follow a link that can be seen."""
        self.click(self.page.get_by_role("link", name=name).locator("visible=true"))

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press a button that can be seen."""
        self.click(self.page.get_by_role("button", name=name).locator("visible=true"))


@pytest.fixture(params=["with JavaScript", "without JavaScript", "without a mouse"])
def somebody(request, lively, open_tab):
    """Signs somebody in and counts from there."""

    def entered(name: str) -> Clicking:
        page = open_tab(1280, java_script_enabled=request.param != "without JavaScript")
        sign_in(page, name)
        # What was reached before is told once, and is no part of the task.
        if (carry_on := page.get_by_role("button", name="Carry on")).count():
            carry_on.click()
            expect(carry_on).to_be_hidden()
        return Clicking(page, has_mouse=request.param != "without a mouse")

    return entered


def test_a_client_sees_where_they_stand_without_a_click(somebody):
    ada = somebody("ada")
    for text in ("Silver", "Points", "days in a row"):
        expect(ada.page.get_by_text(text).first).to_be_visible()
    assert ada.clicks == 0


def test_a_client_checks_in_with_one(somebody):
    ada = somebody("ada")
    ada.button("Log Daily check-in")
    expect(ada.page.locator("#activity-daily_checkin .result")).to_contain_text("+10 XP")
    assert ada.clicks == 1


def test_a_client_learns_why_with_two(somebody):
    ada = somebody("ada")
    ada.link("Progress")
    ada.link(re.compile("^Why"))
    expect(ada.page.get_by_role("heading", level=1)).to_be_visible()
    expect(ada.page.locator("main")).to_contain_text(re.compile("20 XP|10 XP|5 XP"))
    assert ada.clicks == 2


def test_a_coach_awards_an_achievement_with_four(somebody):
    bo = somebody("bo")
    bo.link("Clients")
    bo.link("Ada")
    bo.link("Award achievement")
    bo.button("Award Kindness")
    expect(bo.page.locator("#notices")).to_contain_text("Awarded")
    assert bo.clicks == 4


def test_a_coach_reads_a_decision_in_full_with_two_from_a_client(somebody):
    bo = somebody("bo")
    bo.link("Clients")
    bo.link("Ada")
    before = bo.clicks
    bo.click(bo.page.get_by_role("link", name="Log", exact=True))
    bo.click(bo.page.locator("#listing li a"))
    expect(bo.page.get_by_role("heading", name="How it was decided")).to_be_visible()
    assert bo.clicks - before == 2


def test_a_client_redeems_the_next_reward_with_two(somebody, database):
    counter = Counter(database)
    counter.offer(name="Bottle", points_cost=100)
    ada = somebody("ada")
    ada.link("Redeem Bottle")
    ada.button("Redeem for 100 points")
    expect(ada.page.get_by_text("Bo will hand it over").first).to_be_visible()
    assert ada.clicks == 2


def test_a_coach_fulfils_a_redemption_with_one(somebody, database):
    counter = Counter(database)
    redemption = counter.redeem("ada", counter.offer(name="Bottle", points_cost=100))
    bo = somebody("bo")
    bo.button("Fulfil Bottle for Ada")
    expect(bo.page.get_by_role("button", name=re.compile("Undo")).first).to_be_visible()
    assert counter.redemption(redemption).status == "fulfilled"
    assert bo.clicks == 1


def test_a_coach_has_a_new_reward_live_with_three(somebody, database):
    bo = somebody("bo")
    bo.link("Rewards")
    bo.link("New reward")
    bo.page.get_by_label("Name").fill("Bottle")
    bo.page.get_by_label("Costs").fill("500")
    bo.button("Make reward")
    expect(bo.page.locator("#notices")).to_contain_text("It is on the shelf")
    assert bo.clicks == 3


def test_a_coach_has_a_campaign_live_from_a_preset_with_four(somebody, database):
    bo = somebody("bo")
    bo.link("Campaigns")
    bo.link("Leaderboard")
    bo.button("Make draft")
    bo.button("Publish")
    expect(bo.page.locator("#notices")).to_contain_text("Published")
    assert bo.clicks == 4


def test_an_admin_changes_what_an_activity_is_worth_with_three(somebody, database):
    dee = somebody("dee")
    dee.link("Activities")
    dee.link("Amounts of Workout logged")
    dee.page.get_by_label("Points").locator("visible=true").fill("25")
    dee.button("Save")
    expect(dee.page.locator("#notices")).to_contain_text("25 points")
    assert dee.clicks == 3


def test_an_admin_explains_a_balance_with_three(somebody):
    dee = somebody("dee")
    dee.link("Ledger")
    dee.link(re.compile(r"^Event \d+"))
    expect(dee.page.get_by_role("heading", name="How it was decided")).to_be_visible()
    assert dee.clicks <= 3


def test_an_admin_has_a_new_key_in_hand_with_four(somebody, database):
    add_a_till(database)
    dee = somebody("dee")
    dee.link("Integrations")
    dee.link("New key")
    dee.page.get_by_label("Service").select_option(label="Till")
    dee.page.get_by_label("Name").fill("till")
    dee.tick(dee.page.get_by_label("Write events"))
    dee.button("Make key")
    key = dee.page.get_by_label("Key", exact=True).input_value()
    assert key.startswith("laurel_")
    # Without JavaScript the key is selected and copied by hand.
    assert dee.clicks <= 3
    with database.read():
        assert sql.value("SELECT count(*) FROM api_keys WHERE prefix = ?", (key[:13],)) == 1


def add_a_till(database) -> None:
    """A key belongs to a service."""
    with database.write():
        add_service(name="Till", type="shop")
