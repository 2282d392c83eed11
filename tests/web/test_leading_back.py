"""SEC-10: the way back after signing in leads to this site and nowhere else."""

import pytest

from rewards.web.security import safe_path
from tests.web.browser import form_of, submit
from tests.web.conftest import PASSWORD, on_sqlite

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/client\\..\\evil",
    "https:evil.example",
    "https://evil.example",
    "https:/evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,hi",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/ /evil.example",
    "//evil.example/%2f..",
    "/%09/evil.example\r\nSet-Cookie: a=b",
    "evil.example",
    "client",
    "?next=/",
    "#main",
    "@evil.example",
    "/\u2044evil.example",
    "/" + "x" * 3000,
    "",
]


def leads_elsewhere(stranger, address):
    page = stranger.get("/login", query_string={"next": address})
    hidden = form_of(page, "/login")["next"]
    answer = submit(stranger, form_of(page, "/login"), email="ada@example.com", password=PASSWORD, next=address)
    return (hidden, answer.location) != ("/", "/")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_nowhere_else(address):
    assert safe_path(address) == "/"


@on_sqlite
def test_the_pages_keep_to_it(site):
    for address in ELSEWHERE[:12]:
        assert not leads_elsewhere(site.test_client(), address), address


@pytest.mark.parametrize("address", ["/client", "/client/log?before=7", "/client?logged=3#activity-workout_logged", "/"])
def test_signing_in_leads_back(address):
    assert safe_path(address) == address


@on_sqlite
def test_a_page_that_follows_every_address_is_noticed(site, monkeypatch):
    monkeypatch.setattr("rewards.web.public.sign_in.safe_path", lambda address: address)
    assert leads_elsewhere(site.test_client(), "//evil.example")
