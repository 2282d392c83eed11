"""Pages that everybody can read and use: by axe's rules, on narrow screens, with large text, with a thumb."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from rewards.people.preferences import change_preferences
from rewards.people.queries import user_by_email
from tests.browser.conftest import sign_in
from tests.browser.reading import overflow, small_targets, violations

# In the smallest number of visits that shows every page in every state.
STATES = {
    "the door": (None, "/login"),
    "a failure": (None, "/nowhere"),
    "home, empty": ("cy", "/client"),
    "home, filled": ("ada", "/client"),
    "log, empty": ("cy", "/client/log"),
    "log, filled": ("ada", "/client/log"),
    "a coach's first page": ("bo", "/coach"),
    "a coach's clients": ("bo", "/coach/clients"),
    "a coach without clients": ("flo", "/coach"),
    "a list without clients": ("flo", "/coach/clients"),
    "everybody": ("dee", "/admin"),
}


def visit(page: Page, who: str | None, path: str) -> None:
    """Sign in on the way where it is needed."""
    page.goto(path)
    if who and "/login" in page.url:
        sign_in(page, who, path)


def tour(open_tab: Callable[..., Page], width: int, **choices: Any) -> Iterator[tuple[str, Page]]:
    """Every state, one after the other; one browser for each person."""
    pages: dict[str | None, Page] = {}
    for name, (who, path) in STATES.items():
        page = pages[who] = pages.get(who) or open_tab(width, **choices)
        visit(page, who, path)
        yield name, page


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_is_wider_than_its_window(lively, open_tab, width):
    wide = {name: overflow(page) for name, page in tour(open_tab, width)}
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def test_text_of_twice_the_size_still_fits(lively, open_tab):
    wide = {}
    for name, page in tour(open_tab, 640):
        page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
        wide[name] = overflow(page)
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize("state", ["the door", "home, filled", "log, filled"])
def test_everything_a_client_presses_is_as_large_as_a_thumb(lively, open_tab, state):
    page = open_tab(360)
    visit(page, *STATES[state])
    for more in page.locator("details.more summary").all():
        more.click()
    assert small_targets(page) == []


def test_the_focus_is_never_under_the_bar(lively, open_tab):
    page = open_tab(360)
    sign_in(page, "ada", "/client")
    covered = []
    for _ in range(40):
        page.keyboard.press("Tab")
        covered += page.evaluate(
            """() => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              const bar = document.querySelector('.places').getBoundingClientRect();
              const isInBar = one.closest('.places, .skip-link, .header') || one === document.body;
              return !isInBar && box.bottom > bar.top ? [one.outerHTML.slice(0, 80)] : [];
            }"""
        )
    assert covered == []


def test_a_page_that_axe_would_refuse_is_noticed(lively, open_tab):
    page = open_tab(360)
    visit(page, "ada", "/client")
    page.evaluate("document.querySelector('h1').remove()")
    page.evaluate("document.querySelector('label[for=amount-plastic_recycled]').remove()")
    page.evaluate("document.querySelector('#live').setAttribute('role', 'loudspeaker')")
    assert {"label", "page-has-heading-one", "aria-roles"} <= {one.split(":")[0] for one in violations(page)}


def test_a_page_that_is_too_wide_or_too_small_is_noticed(lively, open_tab):
    page = open_tab(360)
    visit(page, "ada", "/client")
    page.evaluate("[...document.styleSheets][2].insertRule('.level { min-width: 500px }')")
    page.evaluate("[...document.styleSheets][2].insertRule('.btn { min-block-size: 20px !important; padding: 0 !important }')")
    assert overflow(page) > 100
    assert small_targets(page)


def test_the_first_page_is_light(lively, open_tab, database):
    """The first page somebody sees after signing in, with everything that it asks for, as it travels."""
    with database.write():
        # Offered once, and to nobody on their first page.
        ada = user_by_email("ada@example.com")
        assert ada
        change_preferences(user_id=ada.id, install_hint=False)
    page = open_tab(360)
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.setdefault(request.url.partition("?")[0], request.sizes()["responseBodySize"]))
    sign_in(page, "ada", "/client")
    page.wait_for_load_state("networkidle")
    assert len([url for url in sizes if "/static/" in url]) <= 7, sizes
    assert sum(sizes.values()) <= 120_000, sizes
