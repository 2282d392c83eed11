"""A desk that answers on a port, and a browser to visit it with."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from rewards.kit.database import Database
from tests.conftest import missing
from tests.web import conftest as web
from tests.web.visiting import Visit, add_long_names, play_past

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

# The same desk and people as the tests without a window.
environment, settings, site, sign_in_at, cheap_hashing = web.environment, web.settings, web.site, web.sign_in, web.cheap_hashing
furnished_sqlite = web.furnished_sqlite


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser: three processes share it, each with about a third of the minutes."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(_share_of(item)))


def _share_of(item: pytest.Item) -> str:
    if item.path.name != "test_every_page.py":
        return "browser"
    return "tour of full pages" if "a_full_page" in item.name else "tour"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that the machine has; none is fetched."""
    program = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if program is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def database_url(tmp_path: Path, furnished_sqlite: Path) -> str:
    """What is seen in a window does not depend on the kind of database."""
    shutil.copy(furnished_sqlite, tmp_path / "laurel.db")
    return f"sqlite:///{tmp_path / 'laurel.db'}"


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """The desk, answering."""
    site.testing = False
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


# The browser's own line, what htmx says of a field's check that its form has stopped, and what Playwright says.
KNOWN = ("status of 422", "ERR_ABORTED", "htmx:sendAbort", "htmx:afterRequest", "blocked by Playwright")


class Complaints(list[str]):
    """What a browser says against a page: blocked by its policy, failed, not found."""

    def listen(self, page: Page) -> None:
        """Refused forms are no complaint: the page shows them."""
        page.on("console", lambda message: self.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", lambda request: self.append(f"{request.url} {request.failure}"))

    def heard(self) -> list[str]:
        """All but these: an answer of 422, what gave way to its form or to another page, and what a test forbade."""
        return [one for one in self if not any(known in one for known in KNOWN)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_tab(browser: Browser, address: str, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a tab that is listened to, in a browser of its own that remembers nothing."""
    contexts = []

    def opened(width: int = 360, **choices: Any) -> Page:
        height = 780 if width < 640 else 900
        # What a worker keeps is the same in every test but its own, and takes time to fetch.
        choices = {"service_workers": "block", **choices}
        contexts.append(browser.new_context(base_url=address, viewport={"width": width, "height": height}, **choices))
        page = contexts[-1].new_page()
        complaints.listen(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def past(site: Flask, database: Database) -> None:
    """Ada has done a lot."""
    play_past(database)


@pytest.fixture
def lively(past: None, database: Database) -> None:
    """A desk with something in it, and with names that are as long as names are."""
    add_long_names(database)


@pytest.fixture
def visit(site: Flask, database: Database, sign_in_at: web.SignIn) -> Visit:
    """The site with something of everybody's in it."""
    return Visit(site, database, sign_in_at)


def sign_in(page: Page, name: str, path: str = "/") -> None:
    """As a person does it."""
    page.goto(f"/login?next={path}")
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(web.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
