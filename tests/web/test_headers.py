"""SEC-10: what browsers are told to refuse, and which names the site answers to."""

import pytest

from app import create_app
from rewards.kit.settings import load_settings
from rewards.web.security import HEADERS, add_headers
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import on_sqlite

pytestmark = on_sqlite


def missing(response):
    """The headers that do not say what they must."""
    return {name for name, value in HEADERS.items() if response.headers.get(name) != value}


@pytest.mark.parametrize("address", ["/login", "/client", "/client/log", "/client?logged=999", "/nowhere", "/"])
def test_every_page_has_the_headers(ada, address):
    response = ada.get(address)
    assert missing(response) == set()
    assert "HX-Request" in response.vary
    assert response.headers["X-Request-ID"]


def test_the_policy_lets_nothing_in_that_stands_in_a_page(ada):
    policy = ada.get("/client").headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert "unsafe" not in policy


def test_what_a_signed_in_person_sees_is_not_kept(ada):
    assert ada.get("/client").headers["Cache-Control"] == "no-store"
    assert ada.get("/client", headers=HTMX).headers["Cache-Control"] == "no-store"
    left = submit(ada, form_of(ada.get("/client"), "/logout"))
    assert left.headers["Clear-Site-Data"] == '"cache"'


def test_missing_headers_are_noticed(site, ada):
    site.after_request_funcs[None].remove(add_headers)
    assert missing(ada.get("/client")) == set(HEADERS)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil.example"])
def test_another_name_is_not_answered(stranger, host):
    response = stranger.get("/login", headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text
    assert stranger.get("/client", headers={"Host": host}).status_code == 400


def test_its_own_names_are_answered(environment, site):
    app = create_app(load_settings(environment | {"LAUREL_BASE_URL": "https://desk.example", "LAUREL_TRUSTED_HOSTS": "desk.example"}))
    assert app.test_client().get("/login", base_url="https://desk.example").status_code == 200
    assert app.test_client().get("/login", base_url="https://other.example").status_code == 400


def test_an_encrypted_site_insists_on_it(environment, site):
    app = create_app(load_settings(environment | {"LAUREL_BASE_URL": "https://desk.example"}))
    response = app.test_client().get("/login", base_url="https://desk.example")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-laurel=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_site_at_home_can_do_without(stranger):
    response = stranger.get("/login")
    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Set-Cookie"].startswith("laurel=")
    assert "HttpOnly" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(("proxies", "seen"), [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_a_forwarded_address_is_believed_only_from_a_proxy_of_our_own(environment, site, proxies, seen):
    app = create_app(load_settings(environment | {"LAUREL_PROXIES": proxies}))
    app.add_url_rule("/who", view_func=lambda: str(__import__("flask").request.remote_addr))
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Host": "localhost"}
    assert app.test_client().get("/who", headers=forged).text == seen
