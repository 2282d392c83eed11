"""Signing in, staying, and leaving: SEC-5 and SEC-6 as a browser meets them."""

from datetime import timedelta

import pytest

from rewards.kit import clock as the_clock
from rewards.people import visits
from rewards.people.changing import change_password, change_role, disable_user
from rewards.people.preferences import change_preferences
from rewards.people.queries import user_by_email
from rewards.people.signing_in import store_visits
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import PASSWORD, hashed, on_sqlite, somebody

pytestmark = on_sqlite


def try_to_sign_in(browser, email="ada@example.com", password=PASSWORD, address="198.51.100.7", **fields):
    page = browser.get("/login")
    place = {"REMOTE_ADDR": address}
    return browser.post("/login", data={**form_of(page, "/login"), "email": email, "password": password, **fields}, environ_base=place)


def is_signed_in(browser):
    return browser.get("/client").status_code == 200


@pytest.mark.parametrize(("name", "home"), [("ada", "/client"), ("bo", "/coach"), ("dee", "/admin")])
def test_everybody_comes_to_their_own_desk(stranger, name, home):
    answer = try_to_sign_in(stranger, email=f"{name.title()}@Example.com")
    assert (answer.status_code, answer.location) == (303, "/")
    assert stranger.get("/").location == home
    assert stranger.get(home).status_code == 200
    assert stranger.get("/login").location == home


def test_signing_in_leads_back_to_where_one_wanted_to_go(stranger):
    asked = stranger.get("/client/log?before=3")
    assert asked.location == "/login?next=/client/log%3Fbefore%3D3"
    page = stranger.get(asked.location)
    answer = submit(stranger, form_of(page, "/login"), email="ada@example.com", password=PASSWORD)
    assert answer.location == "/client/log?before=3"


def test_a_part_of_a_page_never_holds_the_sign_in_page(stranger):
    answer = stranger.get("/client", headers=HTMX | {"HX-Current-URL": "http://localhost/client/log?before=3"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["HX-Redirect"] == "/login?next=/client/log%3Fbefore%3D3"


def test_a_page_of_another_site_is_no_place_to_come_back_to(stranger):
    answer = stranger.get("/client", headers=HTMX | {"HX-Current-URL": "https://evil.example//evil.example"})
    assert answer.headers["HX-Redirect"] == "/login?next=/"


def test_a_wrong_password_keeps_what_was_typed_and_says_one_thing(stranger):
    answer = try_to_sign_in(stranger, password="a wrong one")
    assert answer.status_code == 422
    assert "E-mail or password doesn&#39;t match." in answer.text
    assert "<title>Error: Sign in" in answer.text
    assert 'value="ada@example.com"' in answer.text
    assert "a wrong one" not in answer.text


def test_an_unknown_address_is_answered_like_a_known_one(site):
    answers = []
    for email in ("ada@example.com", "ben@example.com", "nobody@example.com"):
        answer = try_to_sign_in(site.test_client(), email=email, password="a wrong one")
        answers.append((answer.status_code, answer.text.replace(email, "EMAIL").split('name="csrf_token"')[0]))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("ada@example.com", ""), ("", PASSWORD), ("\x00", "\x00"), ("a" * 5000, "b" * 5000)]
)
def test_nonsense_is_only_a_wrong_password(stranger, email, password):
    assert try_to_sign_in(stranger, email=email, password=password).status_code == 422


def test_staying_signed_in_is_a_choice(site):
    for choice, lasts in (({}, False), ({"stay": "y"}, True)):
        cookie = try_to_sign_in(site.test_client(), **choice).headers["Set-Cookie"]
        assert ("Expires=" in cookie) is lasts


def test_signing_out_ends_the_session_and_every_copy_of_its_cookie(stranger):
    try_to_sign_in(stranger)
    copy = stranger.get_cookie("laurel")
    left = submit(stranger, form_of(stranger.get("/client"), "/logout"))
    assert (left.status_code, left.location) == (303, "/login")
    assert not is_signed_in(stranger)
    stranger.set_cookie("laurel", copy.value)
    assert not is_signed_in(stranger)


def test_signing_out_cannot_be_done_by_a_link(ada):
    assert ada.get("/logout").status_code == 405
    assert is_signed_in(ada)


def test_signing_in_anew_ends_the_session_before(sign_in, database):
    browser = sign_in("ada")
    copy = browser.get_cookie("laurel").value
    page = browser.get("/client")
    fields = {"csrf_token": form_of(page, "/logout")["csrf_token"], "email": "cy@example.com", "password": PASSWORD}
    assert browser.post("/login", data=fields).status_code == 303
    assert "Cy" in browser.get("/client").text
    browser.set_cookie("laurel", copy)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("change", ["password", "role", "switched off"])
def test_a_change_of_who_somebody_is_ends_their_sessions(sign_in, database, change):
    one, another, bystander = sign_in("cy"), sign_in("cy"), sign_in("ada")
    assert is_signed_in(one)
    assert is_signed_in(another)
    with database.write():
        cy = user_by_email("cy@example.com")
        assert cy
        if change == "password":
            change_password(user_id=cy.id, password=hashed())
        elif change == "role":
            change_role(user_id=cy.id, role="coach")
        else:
            disable_user(user_id=cy.id)
    assert not is_signed_in(one)
    assert not is_signed_in(another)
    assert one.get("/coach").status_code == 303
    assert is_signed_in(bystander)


@pytest.mark.parametrize("weakness", ["the stamp stays the same", "the row stays"])
def test_a_session_that_outlives_its_end_is_noticed(sign_in, database, monkeypatch, weakness):
    """A positive control: without the stamp, or without the row that decides, the tests above would fail."""
    browser = sign_in("cy")
    copy = browser.get_cookie("laurel").value
    if weakness == "the stamp stays the same":
        with database.write():
            cy = user_by_email("cy@example.com")
            assert cy
            monkeypatch.setattr("rewards.people.changing.new_stamp", lambda: cy.stamp)
            change_password(user_id=cy.id, password=hashed())
    else:
        monkeypatch.setattr("rewards.web.public.sign_in.end_session", lambda token: None)
        submit(browser, form_of(browser.get("/client"), "/logout"))
        browser.set_cookie("laurel", copy)
    assert is_signed_in(browser)


def test_two_weeks_without_a_visit_end_a_session(ada, clock, database):
    start = the_clock.now()
    assert is_signed_in(ada)
    clock.set_to(start + timedelta(days=13))
    assert is_signed_in(ada)
    with database.write():
        store_visits()
    clock.set_to(start + timedelta(days=26))
    assert is_signed_in(ada)
    clock.set_to(start + timedelta(days=31))
    assert not is_signed_in(ada)


def test_a_visit_that_is_not_stored_yet_counts(ada, clock):
    start = the_clock.now()
    clock.set_to(start + timedelta(days=13))
    assert is_signed_in(ada)
    clock.set_to(start + timedelta(days=26))
    assert is_signed_in(ada)
    visits.take()
    assert not is_signed_in(ada)


@pytest.mark.parametrize("cookie", ["", "nonsense", "eyJ0b2tlbiI6ImEifQ.aaaa.bbbb"])
def test_a_cookie_that_we_did_not_make_is_no_session(stranger, cookie):
    stranger.set_cookie("laurel", cookie)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("token", [None, 7, ["a"], {"a": 1}, "", "\x00", "x" * 5000])
def test_a_signed_cookie_with_a_strange_token_is_no_session(stranger, token):
    with stranger.session_transaction() as session:
        session["token"] = token
    assert not is_signed_in(stranger)


def test_a_browser_that_signs_in_shows_the_theme_of_who_is_there_at_once(stranger, database):
    with database.write():
        change_preferences(user_id=somebody("ada").id, theme="dark")
    assert try_to_sign_in(stranger).status_code == 303
    assert 'data-theme="dark"' in stranger.get("/client").text
    stranger.set_cookie("theme", "light")
    submit(stranger, form_of(stranger.get("/client"), "/logout"))
    assert 'data-theme="light"' in stranger.get("/login").text
    try_to_sign_in(stranger, email="bo@example.com")
    assert "data-theme" not in stranger.get("/coach").text
