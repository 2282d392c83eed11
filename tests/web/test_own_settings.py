"""A client changes how they are called and spoken to, their password, and where they are signed in; each card is a form of its own."""

from datetime import UTC, datetime

import pytest

from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_email
from rewards.people.sessions import sessions_of
from rewards.people.signing_in import prove
from tests.web.browser import form_of, log, submit
from tests.web.conftest import PASSWORD, on_sqlite

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
NEW = "four warm stones in a row"


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


def person(database, name="ada"):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


def change(browser, form, **fields):
    return submit(browser, form_of(browser.get("/client/settings"), form), **fields)


def test_a_profile_holds_on_every_page_from_now_on(ada, database):
    answer = change(ada, "profile", name="Ada Lovelace", timezone="Asia/Tokyo", locale="de")
    assert (answer.status_code, answer.location) == (303, "/client/settings?saved=profile")
    assert "Your profile holds from now on." in ada.get(answer.location).text
    assert "Good afternoon, Ada" in ada.get("/client").text
    found = person(database)
    assert (found.name, found.timezone, found.locale) == ("Ada Lovelace", "Asia/Tokyo", "de")


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "zone"), [("berlin", "Europe/Berlin"), ("New York", "America/New_York"), (" asia/tokyo ", "Asia/Tokyo"), ("UTC", "UTC")]
)
def test_a_city_is_enough_for_a_time_zone(ada, database, typed, zone):
    assert change(ada, "profile", timezone=typed).status_code == 303
    assert person(database).timezone == zone


@on_sqlite
def test_what_is_wrong_is_said_beside_what_was_typed(ada, database):
    answer = change(ada, "profile", name="  ", timezone="Atlantis", locale="de")
    assert answer.status_code == 422
    assert "<title>Error: Settings" in answer.text
    assert 'id="profile-problems" class="summary" role="alert" tabindex="-1" data-focus' in answer.text
    assert "Enter 1 to 200 characters on one line." in answer.text
    assert "Choose a time zone such as Europe/Berlin." in answer.text
    assert 'value="Atlantis"' in answer.text
    assert '<option value="de" selected>' in answer.text
    assert person(database).name == "Ada"


@on_sqlite
@pytest.mark.parametrize("locale", ["x", "../..", "de_DE\x00", "e" * 50])
def test_no_other_language_is_taken(ada, database, locale):
    assert change(ada, "profile", locale=locale).status_code == 422
    assert person(database).locale == "en"


@on_sqlite
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_holds_in_this_browser(ada, sign_in, theme):
    change(ada, "display", theme=theme)
    assert f'data-theme="{theme}"' in ada.get("/client").text
    assert "data-theme" not in sign_in("ada").get("/client").text
    change(ada, "display", theme="system")
    assert "data-theme" not in ada.get("/client").text


def test_celebrations_can_be_switched_off_and_on(ada, database):
    for _ in range(5):
        log(ada, "program_completed")
    assert 'class="moments celebrate"' in ada.get("/client").text
    form = form_of(ada.get("/client/settings"), "display")
    form.pop("celebrations")
    submit(ada, form)
    page = ada.get("/client").text
    assert 'class="moments"' in page
    assert "specks" not in page
    change(ada, "display", celebrations="y")
    assert 'class="moments celebrate"' in ada.get("/client").text


@on_sqlite
def test_mails_are_switched_off_one_by_one_and_those_that_keep_an_account_safe_are_not_among_them(ada, database):
    page = ada.get("/client/settings")
    assert "mails that keep your account safe are always sent" in page.text
    form = form_of(page, "mail-form")
    assert form["mail"] == ["outcome_mail", "campaign_mail"]
    answer = submit(ada, form, mail="campaign_mail")
    assert "That is what we mail you from now on." in ada.get(answer.location).text
    chosen = preferences_of(person(database))
    assert (chosen.outcome_mail, chosen.campaign_mail) == (False, True)


def test_a_new_password_holds_here_and_ends_every_other_session(ada, sign_in):
    other = sign_in("ada")
    answer = change(ada, "password-form", current=PASSWORD, password=NEW)
    assert answer.status_code == 303
    assert "every other browser is signed out" in ada.get(answer.location).text
    assert other.get("/client").status_code == 303
    assert prove(email="ada@example.com", password=NEW)
    assert prove(email="ada@example.com", password=PASSWORD) is None


@on_sqlite
@pytest.mark.parametrize(
    ("current", "password", "said"),
    [
        ("a wrong password", NEW, "That is not your password now."),
        ("", NEW, "That is not your password now."),
        (PASSWORD, "short", "Use at least 12 characters."),
        (PASSWORD, "passwordpassword", "This password is easy to guess."),
    ],
)
def test_no_password_is_changed_without_the_old_one_or_to_a_weak_one(ada, current, password, said):
    answer = change(ada, "password-form", current=current, password=password)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{NEW}"' not in answer.text, "a password is never sent back"
    assert prove(email="ada@example.com", password=PASSWORD)


@on_sqlite
def test_guessing_the_old_password_gets_slow(ada):
    for _ in range(5):
        assert change(ada, "password-form", current="a wrong password", password=NEW).status_code == 422
    answer = change(ada, "password-form", current=PASSWORD, password=NEW)
    assert answer.status_code == 429
    assert "Too many wrong tries. Try again in 15 minutes." in answer.text


def test_what_is_agreed_to_has_a_date_and_can_be_withdrawn(ada, database):
    assert "Not agreed to." in ada.get("/client/settings").text
    change(ada, "consents", consent="news")
    assert "Agreed on Wed 4 Mar." in ada.get("/client/settings").text
    form = form_of(ada.get("/client/settings"), "consents")
    form.pop("consent")
    submit(ada, form)
    assert "Withdrawn on Wed 4 Mar." in ada.get("/client/settings").text


@on_sqlite
def test_no_other_theme_is_taken(ada):
    answer = change(ada, "display", theme="pink")
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


def test_one_browser_can_be_signed_out_from_another(ada, sign_in, database):
    other = sign_in("ada")
    page = ada.get("/client/settings").text
    assert page.count("This browser") == 1
    [theirs] = [one.id for one in sessions(database) if f"/sessions/{one.id}/sign-out" in page]
    answer = submit(ada, form_of(ada.get("/client/settings"), f"/client/settings/sessions/{theirs}/sign-out"))
    assert "Signed out there." in ada.get(answer.location).text
    assert other.get("/client").status_code == 303


def test_everywhere_else_can_be_signed_out_at_once(ada, sign_in, database):
    others = [sign_in("ada"), sign_in("ada")]
    cy = sign_in("cy")
    submit(ada, form_of(ada.get("/client/settings"), "/client/settings/sessions/sign-out"))
    assert [other.get("/client").status_code for other in others] == [303, 303]
    assert [browser.get("/client").status_code for browser in (ada, cy)] == [200, 200]
    assert len(sessions(database)) == 1
    assert "Sign out everywhere else" not in ada.get("/client/settings").text


def test_nobody_signs_out_anothers_browser(ada, sign_in, database):
    cy = sign_in("cy")
    [session] = sessions(database, "cy")
    token = form_of(ada.get("/client/settings"), "profile")["csrf_token"]
    assert ada.post(f"/client/settings/sessions/{session.id}/sign-out", data={"csrf_token": token}).status_code == 404
    assert cy.get("/client").status_code == 200


def sessions(database, name="ada"):
    found = person(database, name)
    with database.read():
        return sessions_of(found)
