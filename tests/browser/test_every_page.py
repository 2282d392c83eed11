"""Every page that the site has, as those see it who may: empty and full, refused and in dialogs, light and dark, narrow and wide."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.reading import shortcomings, unreadable
from tests.web.visiting import Visit, pages_of

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Full pages are looked at on a phone and on a desk; everything else on a desk too where there is time, or pictures are wanted."""
    options = metafunc.config.option
    if "width" in metafunc.fixturenames:
        metafunc.parametrize("width", [360, 1280])
    if "narrow" in metafunc.fixturenames:
        metafunc.parametrize("narrow", [360, 1280] if options.proof or options.pictures else [360])


# Each page is looked at as the first of these who may see it, and by whoever has nothing yet.
FULL = ("ada", "bo", "dee", "stranger")
EMPTY = ("cy", "eve", "dee")


class Tour:
    """A browser for each person, led past many pages; what is wrong with them is collected."""

    def __init__(self, visit: Visit, open_tab: Callable[..., Page], width: int, pictures: Path | None, *, has_time: bool = False) -> None:
        self.visit, self.open_tab, self.width, self.pictures = visit, open_tab, width, pictures
        self.has_time = has_time or pictures is not None
        self.tabs: dict[str, Page] = {}
        self.found: dict[str, list[str]] = {}

    def tab_of(self, who: str) -> Page:
        """Their window, signed in."""
        if who not in self.tabs:
            # Halfway between two themes no colour is one of ours.
            page = self.tabs[who] = self.open_tab(self.width, reduced_motion="reduce")
            enter(page.context, self.visit.browsers[who])
        return self.tabs[who]

    def look(self, name: str, page: Page) -> None:
        """Note what is wrong, in both themes; on a desk in the dark one where there is no time for more."""
        # From its top, or what sticks to the window's edge hides a part of what is measured.
        page.evaluate("scrollTo(0, 0)")
        schemes = SCHEMES if self.width < 640 or self.has_time else SCHEMES[1:]
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            # A theme changes colours and nothing else.
            if found := shortcomings(page) if scheme == schemes[0] else unreadable(page):
                self.found[f"{name}, {scheme}"] = found
            if self.pictures:
                file = "-".join(re.findall(r"[a-z0-9]+", f"{name} {self.width} {scheme}".lower()))
                page.screenshot(path=self.pictures / f"{file}.png", full_page=True)

    def pages(self, visitors: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Every page and who looks at it; what audiences share is looked at once, in the first one's frame, unless there is time."""
        seen: set[object] = set()
        routes = self.visit.site.url_map.bind("127.0.0.1")
        for who, address in pages_of(visitors):
            if set(re.findall(r"{(\w+)}", address)) - self.visit.things.keys():
                # It is about something that is not here yet.
                continue
            endpoint, _ = routes.match(urlsplit(address.format(**self.visit.things)).path)
            page = self.visit.site.view_functions[endpoint], re.sub("^/(client|coach|admin)", "", address)
            if self.has_time or page not in seen:
                yield who, address
            seen.add(page)

    def told(self) -> str:
        """What was found, a line each."""
        return "\n".join(f"{name}: {one}" for name, found in self.found.items() for one in found)

    def go(self, who: str, address: str) -> Page:
        """Open a page of theirs."""
        page = self.tab_of(who)
        answer = page.goto(address.format(**self.visit.things))
        assert answer is not None
        assert answer.status == 200, (who, address)
        return page


def enter(context: BrowserContext, browser: Any) -> None:
    """Bring somebody's session along; signing in by hand is another test's matter."""
    cookie = browser.get_cookie("laurel")
    if cookie:
        context.add_cookies([{"name": "laurel", "value": cookie.value, "domain": "127.0.0.1", "path": "/"}])


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures are wanted, if they are; each test writes into a folder of its own."""
    folder = request.config.getoption("--pictures")
    if not folder:
        return None
    mine = Path(folder) / re.sub(r"^test_an?_|\[.*", "", request.node.name)
    mine.mkdir(parents=True, exist_ok=True)
    return mine


@pytest.fixture
def full(lively: None, visit: Visit) -> Visit:
    """A desk on which a lot has happened."""
    return visit


def test_a_full_page_is_for_everybody(full, open_tab, complaints, width, pictures, proof):
    tour = Tour(full, open_tab, width, pictures, has_time=proof)
    for who, address in tour.pages(FULL):
        tour.look(address, tour.go(who, address))
    assert tour.found == {}, tour.told()
    assert complaints.heard() == []


def test_an_empty_page_is_for_everybody(visit, open_tab, complaints, narrow, pictures):
    tour = Tour(visit, open_tab, narrow, pictures)
    for who, address in tour.pages(EMPTY):
        if "{" not in address:
            tour.look(address, tour.go(who, address))
    assert tour.found == {}, tour.told()
    assert complaints.heard() == []


def forms_of(page: Page) -> list[str]:
    """The forms of a page in which something is typed."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('main form[method=post]')]
                .filter((form) => form.id && form.querySelector('[type=text], [type=email], [type=password], textarea'))
                .filter((form) => form.querySelector('button:not([type=button])')?.checkVisibility())
                .slice(0, 3).map((form) => form.id)"""
        )
    )


def send_nonsense(page: Page, form: str) -> bool:
    """Send it with every line of text cleared or spoilt; whether it was refused."""
    page.evaluate(
        """(id) => {
            const form = document.getElementById(id);
            form.noValidate = true;
            const typed = [...form.querySelectorAll('[type=text], [type=email], textarea')].filter((field) => !field.readOnly);
            for (const field of typed) field.value = field.inputMode ? 'nonsense' : '';
        }""",
        form,
    )
    button = page.locator(f"#{form} button:not([type=button])").first
    with page.expect_response(lambda answer: answer.request.method != "GET") as told:
        button.click()
    page.wait_for_load_state("networkidle")
    return told.value.status == 422


def test_a_refused_form_is_for_everybody(full, open_tab, complaints, narrow, pictures):
    """Every form on every page, filled in badly: it says what is wrong, keeps the focus there, and can still be read by everybody."""
    tour, refused = Tour(full, open_tab, narrow, pictures), 0
    for who, address in tour.pages(FULL):
        for form in forms_of(tour.go(who, address)):
            page = tour.go(who, address)
            if not send_nonsense(page, form):
                continue
            refused += 1
            page.locator("[data-focus]").first.wait_for()
            if page.evaluate("document.activeElement === document.body"):
                tour.found[f"{address} #{form}"] = ["the focus is lost"]
            tour.look(f"{address} #{form} refused", page)
    assert tour.found == {}, tour.told()
    assert refused > 0
    assert complaints.heard() == []


def test_a_dialog_is_for_everybody(full, open_tab, complaints, narrow, pictures):
    """Every dialog that a page opens: it has the focus, can be left by the Escape key, and gives the focus back."""
    tour = Tour(full, open_tab, narrow, pictures)
    for who, address in tour.pages(FULL):
        openers = tour.go(who, address).evaluate(
            """() => [...document.querySelectorAll('[hx-target="#dialog"]')]
                .filter((one) => one.checkVisibility()).slice(0, 4).map((one) => one.id)"""
        )
        for opener in openers:
            page = tour.go(who, address)
            page.locator(f"#{opener}").click()
            page.locator("dialog[open]").wait_for()
            tour.look(f"{address} #{opener}", page)
            if not page.evaluate("document.activeElement.closest('dialog') !== null"):
                tour.found[f"{address} #{opener}"] = ["the focus is not in the dialog"]
            page.keyboard.press("Escape")
            if page.evaluate("document.activeElement.id") != opener:
                tour.found[f"{address} #{opener}"] = ["the focus does not come back"]
    assert tour.found == {}, tour.told()
    assert complaints.heard() == []


@pytest.mark.parametrize(
    "spoil", ["document.querySelector('h1').remove()", "document.body.append(document.querySelector('#live').cloneNode())"]
)
def test_a_page_that_is_not_is_noticed(full, open_tab, spoil):
    tour = Tour(full, open_tab, 360, None)
    page = tour.go("ada", "/client")
    page.evaluate(spoil)
    tour.look("spoilt", page)
    assert tour.found
