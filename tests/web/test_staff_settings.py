"""K10: coaches and admins change for themselves what clients change; each card is a form of its own."""

import pytest

from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_email
from rewards.people.signing_in import prove
from tests.web.browser import form_of, submit
from tests.web.conftest import PASSWORD, on_sqlite

NEW = "four warm stones in a row"
STAFF = pytest.mark.parametrize(("name", "place"), [("bo", "/coach/settings"), ("dee", "/admin/account")])


def person(database, name):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


@STAFF
def test_a_profile_holds_from_now_on(sign_in, database, name, place):
    browser = sign_in(name)
    told = submit(browser, form_of(browser.get(place), "profile"), name="Another", timezone="tokyo", locale="de")
    assert (told.status_code, told.location) == (303, f"{place}?saved=profile")
    assert "Your profile holds from now on." in browser.get(told.location).text
    found = person(database, name)
    assert (found.name, found.timezone, found.locale) == ("Another", "Asia/Tokyo", "de")


@on_sqlite
@STAFF
def test_what_is_wrong_is_said_beside_what_was_typed(sign_in, database, name, place):
    browser = sign_in(name)
    told = submit(browser, form_of(browser.get(place), "profile"), name=" ", timezone="Atlantis")
    assert told.status_code == 422
    assert "<title>Error: Settings" in told.text
    assert 'value="Atlantis"' in told.text


@on_sqlite
@STAFF
def test_a_theme_is_theirs_and_nobody_is_asked_for_what_only_clients_have(sign_in, database, name, place):
    browser = sign_in(name)
    page = browser.get(place)
    assert "Celebrations" not in page.text
    assert "What you agreed to" not in page.text
    assert submit(browser, form_of(page, "display"), theme="dark").status_code == 303
    assert preferences_of(person(database, name)).theme == "dark"
    assert 'data-theme="dark"' in browser.get(place).text


@on_sqlite
@STAFF
def test_a_new_password_ends_every_other_session(sign_in, database, name, place):
    browser, other = sign_in(name), sign_in(name)
    form = form_of(browser.get(place), "password-form")
    assert submit(browser, form, current="a wrong guess at it", password=NEW).status_code == 422
    assert submit(browser, form, current=PASSWORD, password=NEW).status_code == 303
    assert browser.get(place).status_code == 200
    assert other.get(place).status_code == 303
    with database.read():
        assert prove(email=f"{name}@example.com", password=NEW)


@on_sqlite
@STAFF
def test_other_browsers_are_signed_out(sign_in, name, place):
    browser, other = sign_in(name), sign_in(name)
    page = browser.get(place)
    assert submit(browser, form_of(page, f"{place}/sessions/sign-out")).status_code == 303
    assert other.get(place).status_code == 303
    assert browser.get(place).status_code == 200


@on_sqlite
@STAFF
@pytest.mark.parametrize("choice", ["daily", "off", "instant"])
def test_mails_about_redemptions_come_each_time_once_a_day_or_never(sign_in, database, name, place, choice):
    browser = sign_in(name)
    assert submit(browser, form_of(browser.get(place), "display"), redemption_mail=choice).status_code == 303
    assert preferences_of(person(database, name)).redemption_mail == choice
    assert form_of(browser.get(place), "display")["redemption_mail"] == choice


@on_sqlite
@STAFF
def test_a_choice_that_nobody_offered_is_refused_beside_its_field(sign_in, database, name, place):
    browser = sign_in(name)
    told = submit(browser, form_of(browser.get(place), "display"), redemption_mail="hourly")
    assert told.status_code == 422
    assert 'id="redemption_mail-problem"' in told.text
    assert preferences_of(person(database, name)).redemption_mail == "instant"
