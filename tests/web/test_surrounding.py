"""What a page does is recorded with where it was asked from, and nothing of one request reaches the next."""

import io
import logging
import re

import pytest
import structlog

from rewards.kit.logging import configure_logging
from rewards.kit.surroundings import NOWHERE, surroundings
from rewards.people.audit import Wanted, entries
from rewards.people.queries import user_by_email
from rewards.people.sessions import sessions_of
from tests.web.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def csrf_in(page):
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_session_and_the_record_know_the_browser_that_asked(site, database):
    browser = site.test_client()
    there = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}, "headers": {"User-Agent": FIREFOX}}
    token = csrf_in(browser.get("/login", **there).text)
    form = {"csrf_token": token, "email": "ada@example.com", "password": PASSWORD}
    assert browser.post("/login", data=form, **there).status_code == 303
    with database.read():
        ada = user_by_email("ada@example.com")
        assert ada
        (session,) = sessions_of(ada)
    assert (session.device, session.place) == ("Firefox on Linux", "192.0.2.7")
    assert surroundings() == NOWHERE


def test_the_record_carries_the_number_of_the_request(site, database, sign_in):
    dee = sign_in("dee")
    token = csrf_in(dee.get("/admin/integrations/services/create").text)
    answered = dee.post("/admin/integrations/services/create", data={"csrf_token": token, "name": "Shop", "type": "shop", "url": ""})
    assert answered.status_code < 400
    with database.read():
        entry = entries(Wanted(action="service_added"))[0]
    assert (entry.actor, entry.place, entry.request_id) == ("Dee", "127.0.0.1", answered.headers["X-Request-ID"])


@pytest.fixture
def logged():
    """Everything that is logged, as an operator would read it."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logging(stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_page_that_breaks_does_not_write_the_link_that_was_followed_into_the_log(site, logged, monkeypatch):
    monkeypatch.setattr("rewards.web.public.forgot.is_reset_open", lambda token: 1 / 0)
    site.testing = False
    assert site.test_client().get("/reset/a-live-token").status_code == 500
    said = logged.getvalue()
    assert "ZeroDivisionError" in said
    assert "GET /reset/<token>" in said
    assert "a-live-token" not in said
