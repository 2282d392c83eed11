"""Set-up, invitations, forgotten passwords and confirmed addresses, as somebody goes through them in a browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app import create_app
from rewards.activities.registry import registry_in_force
from rewards.demo.backstage import backstage
from rewards.earning.in_force import programme_in_force
from rewards.kit import clock, sql
from rewards.people.addresses import ask_to_verify
from rewards.people.inviting import invite
from rewards.people.inviting import token_of as invitation_token
from rewards.people.links import token_of as link_token
from rewards.people.models import Link
from rewards.people.queries import user_by_email
from rewards.people.resetting import open_reset
from rewards.people.setting_up import offer_set_up
from rewards.programme.kits import load_starting_kits
from tests.web.browser import form_of
from tests.web.conftest import PASSWORD, on_sqlite, somebody

NEW = "seven brave morning tides"


def fill(client, path, **fields):
    page = client.get(path)
    return client.post(path.partition("?")[0], data={**form_of(page, path.partition("?")[0]), **fields})


@pytest.fixture
def bare(database, settings):
    """A desk that nobody set up yet."""
    site = create_app(settings)
    site.testing = True
    with database.write():
        load_starting_kits()
        return site, offer_set_up()


def test_a_desk_is_set_up_in_three_screens_and_eight_fields(bare, database):
    site, token = bare
    browser = site.test_client()
    first = fill(browser, f"/setup?token={token}", name="Dee", email="dee@example.com", password=PASSWORD, timezone="berlin")
    assert (first.status_code, first.location) == (303, "/setup/programme")
    second = fill(browser, "/setup/programme", name="Riverside", points_word="stars", currency="EUR", timezone="Berlin")
    assert (second.status_code, second.location) == (303, "/setup/start")
    third = fill(browser, "/setup/start", start="community")
    assert (third.status_code, third.location) == (303, "/admin")
    assert browser.get("/admin").status_code == 200
    with database.read():
        settings, active = (
            registry_in_force().settings,
            [key for key, one in programme_in_force().activities.items() if one.document.active],
        )
        assert (settings.name, settings.points_word, settings.currency, settings.timezone) == ("Riverside", "stars", "EUR", "Europe/Berlin")
        assert "quiz_completed" in active
        assert "workout_logged" not in active
        assert somebody("dee").timezone == "Europe/Berlin"


@on_sqlite
def test_people_to_look_around_with_move_in_while_the_desk_is_open_already(bare, database, clock):
    clock.set_to(datetime(2026, 6, 15, 12, tzinfo=UTC))
    site, token = bare
    browser = site.test_client()
    fill(browser, f"/setup?token={token}", name="Dee", email="dee@example.com", password=PASSWORD)
    assert browser.get("/setup/people").status_code == 404
    told = fill(browser, "/setup/start", start="fitness", people="y")
    assert (told.status_code, told.location) == (303, "/setup/people")
    assert browser.get("/admin").status_code == 200
    assert site.test_client().get("/setup/people").status_code == 404
    backstage.wait(60)
    page = browser.get("/setup/people").text
    assert "everything they did in ninety days is there" in page
    password = re.search(r'readonly value="([^"]+)"', page)
    assert password
    assert fill(site.test_client(), "/login", email="mira@laurel.example", password=password[1]).status_code == 303
    with database.read():
        assert sql.rows("SELECT email FROM users WHERE role = 'admin'") == [("dee@example.com",)]
        assert sql.value("SELECT count(*) FROM events") > 1000


@on_sqlite
def test_a_refused_start_keeps_the_tick(bare):
    site, token = bare
    browser = site.test_client()
    fill(browser, f"/setup?token={token}", name="Dee", email="dee@example.com", password=PASSWORD)
    page = fill(browser, "/setup/start", start="nothing", people="y")
    assert page.status_code == 422
    assert re.search(r'name="people" value="y" checked', page.text)


@on_sqlite
def test_after_the_set_up_it_is_not_there_any_more(bare):
    site, token = bare
    fill(site.test_client(), f"/setup?token={token}", name="Dee", email="dee@example.com", password=PASSWORD)
    assert site.test_client().get(f"/setup?token={token}").status_code == 404
    assert site.test_client().get("/setup/programme").status_code == 404
    assert site.test_client().get("/setup/start").status_code == 404


@on_sqlite
def test_without_the_token_the_set_up_tells_how_to_come_by_one(bare):
    page = bare[0].test_client().get("/setup?token=guessed")
    assert page.status_code == 403
    assert "Start it again and open the address that it prints" in page.text
    assert "<form" not in page.text


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "Enter 1 to 200 characters"),
        ({"email": "dee"}, "Enter an e-mail address"),
        ({"password": "short"}, "at least 12"),
        ({"timezone": "Atlantis"}, "Choose a time zone"),
    ],
)
def test_a_refused_set_up_keeps_what_was_typed(bare, fields, told):
    site, token = bare
    good = {"name": "Dee of the river", "email": "dee@example.com", "password": PASSWORD, "timezone": ""}
    page = fill(site.test_client(), f"/setup?token={token}", **{**good, **fields})
    assert page.status_code == 422
    assert told in page.text
    assert "Dee of the river" in page.text or "name" in fields
    assert PASSWORD not in page.text


def test_an_invitation_is_joined_once(site, stranger, database):
    with database.write():
        bo = somebody("bo")
        token = invitation_token(invite(email="ida@example.com", role="client", actor_id=bo.id))
    page = stranger.get(f"/invite/{token}")
    assert all(text in page.text for text in ("Bo invites you", "a client", "ida@example.com"))
    assert "checked" not in page.text, "nobody agrees by leaving things as they are"
    refused = fill(stranger, f"/invite/{token}", name="Ida", password=NEW)
    assert refused.status_code == 422
    assert "This one is needed to join" in refused.text
    joined = fill(stranger, f"/invite/{token}", name="Ida", password=NEW, timezone="New York", consents="records")
    assert (joined.status_code, joined.location) == (303, "/client")
    assert stranger.get("/client").status_code == 200
    with database.read():
        ida = somebody("ida")
        assert (ida.timezone, ida.coach_id) == ("America/New_York", bo.id)
    again = site.test_client().get(f"/invite/{token}")
    assert again.status_code == 410
    assert "This invitation is over" in again.text


def reset_token(database, name):
    with database.write():
        link = open_reset(f"{name}@example.com")
        assert link
        return link_token(link)


def test_a_forgotten_password_is_replaced_once_and_everywhere_is_signed_out(ada, stranger, database):
    token = reset_token(database, "ada")
    weak = fill(stranger, f"/reset/{token}", password="password1234")
    assert weak.status_code == 422
    assert "easy to guess" in weak.text
    done = fill(stranger, f"/reset/{token}", password=NEW)
    assert done.location == "/login?told=reset"
    assert "Sign in with the new one" in stranger.get(done.location).text
    assert ada.get("/client").status_code == 303
    assert fill(stranger, "/login", email="ada@example.com", password=NEW).status_code == 303
    over = stranger.get(f"/reset/{token}")
    assert over.status_code == 410
    assert "Send a new link" in over.text


@on_sqlite
@pytest.mark.parametrize("hours", [1, 200])
def test_a_link_is_over_after_its_time(stranger, database, hours):
    token = reset_token(database, "ada")
    with clock.frozen_at(clock.now() + timedelta(hours=hours)):
        assert stranger.get(f"/reset/{token}").status_code == 410


@on_sqlite
def test_nobody_learns_who_has_an_account(stranger):
    pages = []
    for address in ("ada@example.com", "nobody@example.com", "no address at all"):
        told = fill(stranger, "/forgot", email=address)
        assert (told.status_code, told.location) == (303, "/forgot?sent=1")
        pages.append(re.sub(r'value="[^"]*"', "", stranger.get(told.location).text))
    assert len(set(pages)) == 1


@on_sqlite
def test_mail_cannot_be_made_to_rain(stranger):
    answers = [fill(stranger, "/forgot", email="ada@example.com").status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]


@on_sqlite
def test_an_address_is_confirmed_by_a_button_and_not_by_looking(stranger, database):
    with database.write():
        ada = somebody("ada")
        ask_to_verify(user_id=ada.id, email="ada@new.example.com")
        token = link_token(database.session.get(Link, sql.value("SELECT max(id) FROM links")))
    assert "ada@new.example.com" in stranger.get(f"/verify/{token}").text
    with database.read():
        assert user_by_email("ada@new.example.com") is None
    assert fill(stranger, f"/verify/{token}").location == "/login?told=verified"
    with database.read():
        assert user_by_email("ada@new.example.com") is not None
    assert stranger.get(f"/verify/{token}").status_code == 410


@on_sqlite
@pytest.mark.parametrize("path", ["/reset/x", "/invite/x", "/verify/x", "/reset/%00", "/invite/" + "a" * 900])
def test_no_link_breaks_a_page(stranger, path):
    assert stranger.get(path).status_code in (404, 410)
