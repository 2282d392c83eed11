"""From an empty folder to the first XP: what the server prints leads through the set-up pages, and there is little to type."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.proofs.server import Server

SCREENS_MAX, REQUIRED_MAX = 3, 8
ANSWERS = {"Your name": "Dee", "E-mail": "dee@example.com", "Choose a password": "three quiet garden walls"}
SET_UP_LINK = re.compile(r"/setup\?token=\S+")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The real one, in a folder in which nothing has been before."""
    folder = tmp_path / "new"
    folder.mkdir()
    server = Server(folder, f"sqlite:///{folder / 'laurel.db'}").start()
    yield server
    server.kill()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """Whoever reads what the server printed."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.port}", java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def required(page: Page) -> list[str]:
    """The labels of the fields that must be filled and are not."""
    fields = page.locator("main input:not([type=hidden]):not([type=radio]):not([type=checkbox])")
    labels = [field.evaluate("field => field.labels[0].textContent") for field in fields.all()]
    return [label for label in labels if "optional" not in label]


def test_set_up_asks_little_and_leads_to_the_first_xp(visitor: Page, server: Server) -> None:
    found = SET_UP_LINK.search(server.said)
    assert found, server.said
    visitor.goto(found.group())
    asked, screens = [], 0
    while "/setup" in visitor.url:
        screens += 1
        asked += required(visitor)
        for label, answer in ANSWERS.items():
            if (field := visitor.get_by_label(label, exact=True)).count():
                field.fill(answer)
        visitor.locator("main button[type=submit]").last.click()
        visitor.wait_for_load_state("networkidle")
        assert screens <= SCREENS_MAX, visitor.url
    assert len(asked) <= REQUIRED_MAX, asked
    visitor.get_by_role("button", name="Award a test 20 XP").click()
    expect(visitor.locator(".stat-xp .number")).to_have_text("20")
