"""SEC-1: who may do what is written down in one file, and the site does exactly that."""

import re
from typing import Any

import pytest
from flask import Blueprint, Flask

from app import create_app
from rewards.activities.queries import event_of
from rewards.api.routes import MACHINES
from rewards.kit import sql
from rewards.kit.database import Database
from rewards.web.client import desk
from tests.web.access_file import MATRIX
from tests.web.conftest import SignIn
from tests.web.visiting import Visit, token_of

VISITORS: list[str] = MATRIX["visitors"]
# A route says what kind of thing stands in an address, and the file which one.
THING = re.compile(r"<[^<>]+>|\{[^{}]+\}")
METHODS_BY_ITSELF = {"HEAD", "OPTIONS"}


@pytest.fixture
def visit(site: Flask, database: Database, sign_in: SignIn) -> Visit:
    return Visit(site, database, sign_in)


def told(response: Any) -> object:
    """The answer in the words of the file."""
    asks = response.status_code == 303 and response.location.startswith("/login?next=")
    return "sign in" if asks else response.status_code


def routes_of(site: Flask) -> set[str]:
    # The door for machines is an application of its own, beside the pages.
    rules = [rule for app in (site, site.extensions[MACHINES]) for rule in app.url_map.iter_rules()]
    return {THING.sub("<>", f"{method} {rule.rule}") for rule in rules for method in (rule.methods or set()) - METHODS_BY_ITSELF}


def absent_routes(site: Flask) -> set[str]:
    written = {route.partition("?")[0] for route in MATRIX["pages"]} | set(MATRIX["machines"])
    return routes_of(site) ^ {THING.sub("<>", route) for route in written}


def differences(visit: Visit, route: str) -> dict[str, tuple[object, object]]:
    """Where the site and the file disagree, by visitor."""
    wanted = dict(zip(VISITORS, MATRIX["pages"][route], strict=True))
    found = {visitor: told(visit.ask(visitor, route)) for visitor in VISITORS}
    return {visitor: (wanted[visitor], found[visitor]) for visitor in VISITORS if wanted[visitor] != found[visitor]}


def test_the_file_names_every_route_and_no_other(site):
    assert absent_routes(site) == set()


# Signing out ends what the other questions need, so it is asked last, in a visit of its own.
@pytest.mark.parametrize(
    "asked", [[route for route in MATRIX["pages"] if route != "POST /logout"], ["POST /logout"]], ids=["pages", "leaving"]
)
def test_everybody_may_do_what_the_file_says_and_nothing_else(visit, asked):
    assert {route: found for route in asked if (found := differences(visit, route))} == {}


def test_what_belongs_to_another_looks_like_what_does_not_exist(visit):
    for visitor, address in (("ada", "/client?logged="), ("cy", "/client/log?before=")):
        anothers = visit.things["cy_event" if visitor == "ada" else "ada_event"]
        foreign = visit.browsers[visitor].get(f"{address}{anothers}")
        missing = visit.browsers[visitor].get(f"{address}{visit.things['no_event']}")
        assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data)


@pytest.mark.parametrize("route", [route for route, who in MATRIX["machines"].items() if who == "key"])
def test_a_cookie_opens_no_door_for_machines(visit, route):
    method, _, rule = route.partition(" ")
    service = visit.keys["machine"]["X-Service-ID"]
    address = re.sub("<(user|event_id|reward|subscriber)>", "1", rule.replace("<service_id>", service))
    for visitor in ("stranger", "ada", "bo", "dee", "gone"):
        headers = {"X-Service-ID": service, "X-CSRFToken": token_of(visit.browsers[visitor])}
        answer = visit.browsers[visitor].open(address, method=method, headers=headers, json={} if method == "POST" else None)
        assert answer.status_code == 401, visitor
    entered = visit.browsers["machine"].open(address, method=method, headers=visit.keys["machine"], json={} if method == "POST" else None)
    assert entered.status_code not in (401, 403)


@pytest.mark.parametrize("route", [route for route, who in MATRIX["machines"].items() if who == "person"])
def test_a_persons_own_address_opens_to_who_is_signed_in_and_to_no_key(visit, route):
    method, _, address = route.partition(" ")
    for visitor, browser in visit.browsers.items():
        answered = browser.open(address, method=method, headers=visit.keys.get(visitor, {}))
        assert answered.status_code == (401 if visitor in ("stranger", "machine", "gone") else 200), visitor


def test_a_forgotten_route_is_noticed(site, settings):
    weak = Blueprint("forgotten", __name__)
    weak.get("/client/secrets")(lambda: "open")
    app = create_app(settings)
    app.register_blueprint(weak)
    assert absent_routes(app) == {"GET /client/secrets"}


def test_a_page_that_forgets_to_ask_is_noticed(visit):
    """A positive control: with the guard of the clients' pages taken away, the matrix must find the hole."""
    visit.site.before_request_funcs.pop("client")
    assert set(differences(visit, "GET /coach")) == set()
    assert differences(visit, "GET /client") != {}


def test_a_page_that_shows_what_belongs_to_another_is_noticed(visit, monkeypatch):
    def careless(user_id, event_id):
        owner = sql.value("SELECT user_id FROM events WHERE id = ?", (event_id,))
        return event_of(owner or user_id, event_id)

    monkeypatch.setattr(desk, "event_of", careless)
    assert set(differences(visit, "GET /client?logged={ada_event}")) == {"cy"}
