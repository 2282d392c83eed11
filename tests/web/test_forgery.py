"""SEC-2: no other site can make a signed-in browser change anything, and reading changes nothing at all."""

from collections.abc import Iterator

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from rewards.kit import sql
from rewards.kit.database import Database
from rewards.web import security
from rewards.web.access import TOKEN
from tests.web.access_file import MATRIX
from tests.web.browser import HTMX, form_of, log
from tests.web.conftest import SignIn
from tests.web.tables import contents
from tests.web.visiting import Visit, token_of

# Forms that Ada means, in the order in which she sends them.
MEANT = {
    "/client/log": {"activity": "workout_logged", "idempotency_key": "one-of-our-own"},
    "/client/moments/acknowledgement": {"level": "9", "unlock_id": "9", "notice_id": "9"},
    "/logout": {},
}
# Who sends what in the name of whom: each address that changes something, with the first of these who may use it.
SENDERS = ("ada", "bo", "dee")
CHANGES = [route for route in MATRIX["pages"] if not route.startswith("GET ")]


def sender_of(route: str) -> str:
    """The first who may; Ada where nobody who is signed in may."""
    may = dict(zip(MATRIX["visitors"], MATRIX["pages"][route], strict=True))
    return next((name for name in SENDERS if isinstance(may[name], int) and may[name] < 400), "ada")


def forgeries(site: Flask, own: str, anothers: str) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Ways to be sent without meaning it: the headers, and the token's fields."""
    with site.test_request_context():
        session["csrf_token"] = "of a secret key that is none of ours"
        site.secret_key, kept = "another secret key", site.secret_key
        foreign = generate_csrf()
        site.secret_key = kept
    right = {"csrf_token": own}
    return {
        "no token": ({}, {}),
        "an empty token": ({}, {"csrf_token": ""}),
        "another session's token": ({}, {"csrf_token": anothers}),
        "another key's token": ({}, {"csrf_token": foreign}),
        "the token in a cookie only": ({"Cookie": f"csrf_token={own}"}, {}),
        "another site": ({"Origin": "https://evil.example"}, right),
        "another port": ({"Origin": "http://localhost:8001"}, right),
        "another scheme": ({"Origin": "https://localhost"}, right),
        "a name that begins alike": ({"Origin": "http://localhost.evil.example"}, right),
        "no site at all": ({"Origin": "null"}, right),
        "a browser that says cross-site": ({"Sec-Fetch-Site": "cross-site"}, right),
        "a browser that says same-site": ({"Sec-Fetch-Site": "same-site"}, right),
        "a browser that says what nobody knows": ({"Sec-Fetch-Site": "elsewhere"}, right),
        "a script that says htmx": (HTMX, {}),
    }


def attempts(visit: Visit, routes: list[str]) -> Iterator[tuple[str, int]]:
    """Every forgery of every form; what was answered, by what it was."""
    tokens = {name: token_of(visit.browsers[name]) for name in SENDERS}
    for route in routes:
        name = sender_of(route)
        browser, own = visit.browsers[name], tokens[name]
        method, _, address = route.partition(" ")
        address = address.format(**visit.things)
        fields = visit.fields_of(route, name)
        anothers = tokens["dee" if name == "ada" else "ada"]
        for told, (headers, token) in forgeries(visit.site, own, anothers).items():
            yield f"{told}: {route}", browser.open(address, method=method, data={**fields, **token}, headers=headers).status_code
        body = '{"activity": "workout_logged", "csrf_token": "' + own + '"}'
        for kind in ("text/plain", "application/json"):
            yield f"{kind}: {route}", browser.open(address, method=method, data=body, content_type=kind).status_code


def succeeded(visit: Visit, routes: list[str]) -> list[str]:
    """The forgeries that were taken."""
    return [name for name, status in attempts(visit, routes) if status not in (400, 403)]


@pytest.fixture
def visit(site: Flask, database: Database, sign_in: SignIn) -> Visit:
    """The site with something of everybody's in it."""
    return Visit(site, database, sign_in)


@pytest.fixture
def pair(sign_in):
    """Ada, who has reached something that she has not seen, and Cy."""
    ada, cy = sign_in("ada"), sign_in("cy")
    for _ in range(5):
        log(ada, "program_completed")
    return ada, cy


def test_no_forgery_is_taken_and_none_changes_anything(visit, database):
    before = contents(database)
    assert succeeded(visit, CHANGES) == []
    assert contents(database) == before


def test_what_is_meant_is_taken(database, pair):
    ada, _ = pair
    before = contents(database)
    for address, fields in MEANT.items():
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        assert ada.post(address, data={**fields, "csrf_token": token_of(ada)}, headers=headers).status_code == 303
    changed = {name for name, found in contents(database).items() if found != before[name]}
    assert {"events", "transfers", "level_reaches", "sessions"} <= changed


def test_a_token_outlives_a_page_that_lies_open_but_not_its_session(site, database, pair):
    ada, _ = pair
    old = token_of(ada)
    assert ada.post("/logout", data={"csrf_token": old}).status_code == 303
    assert ada.post("/login", data={"csrf_token": old, "email": "ada@example.com", "password": "x"}).status_code == 400


def test_signing_in_cannot_be_forged_either(stranger):
    fields = {"email": "ada@example.com", "password": "three quiet garden walls"}
    assert stranger.post("/login", data=fields).status_code == 400
    assert stranger.get("/").location == "/login"


def test_a_form_of_an_expired_session_leads_to_signing_in(database, pair):
    ada, _ = pair
    with database.write():
        sql.run("DELETE FROM sessions")
    answer = ada.post("/client/log", data={"activity": "workout_logged"}, headers={"Referer": "http://localhost/client/log"})
    assert (answer.status_code, answer.location) == (303, "/login?next=/client/log")
    part = ada.post("/client/log", data={"activity": "workout_logged"}, headers=HTMX)
    assert (part.status_code, part.headers["HX-Redirect"], part.data) == (204, "/login?next=/client", b"")


def test_a_page_of_before_signing_in_again_says_that_it_is_too_old(stranger):
    answer = stranger.post("/login", data={"csrf_token": "of yesterday"})
    assert answer.status_code == 400
    assert "This page is too old" in answer.text


def test_reading_changes_nothing(visit, database):
    before = contents(database)
    for route in MATRIX["pages"]:
        method, _, address = route.partition(" ")
        if method == "GET":
            for name in ("stranger", *SENDERS):
                visit.browsers[name].get(address.format(**visit.things)).close()
    assert contents(database) == before


@pytest.mark.parametrize("weakness", ["no token is asked for", "nobody asks where it comes from"])
def test_a_weak_door_is_noticed(site, visit, monkeypatch, weakness):
    """A positive control: with either of the two signs ignored, the list above finds the hole."""
    if weakness == "no token is asked for":
        monkeypatch.setattr(security.csrf, "protect", lambda: None)
    else:
        guards = site.before_request_funcs[None]
        guards[guards.index(security.refuse_other_sites)] = security.csrf.protect
    assert succeeded(visit, ["POST /client/log"])


def test_a_page_that_writes_while_reading_is_noticed(site, database: Database, ada):
    def careless() -> str:
        with database.write():
            sql.run("UPDATE users SET name = 'Eda'")
        return "read"

    site.add_url_rule("/careless", view_func=careless)
    before = contents(database)
    ada.get("/careless")
    assert contents(database) != before


def test_reading_cannot_write_even_by_mistake(site, database, ada):
    site.testing = False
    site.add_url_rule("/careless", view_func=lambda: str(sql.run("UPDATE users SET name = 'Eda'")))
    assert ada.get("/careless").status_code == 500
    with database.read():
        assert sql.value("SELECT count(*) FROM users WHERE name = 'Eda'") == 0


def test_the_session_of_a_stranger_is_not_the_session_of_who_signs_in(site, stranger):
    """A cookie that somebody planted before is worth nothing afterwards."""
    planted = form_of(stranger.get("/login"), "/login")["csrf_token"]
    fields = {"csrf_token": planted, "email": "ada@example.com", "password": "three quiet garden walls"}
    assert stranger.post("/login", data=fields).status_code == 303
    with stranger.session_transaction() as kept:
        assert TOKEN in kept
    assert stranger.post("/logout", data={"csrf_token": planted}).status_code == 400
