"""Everybody can change the address they sign in with: by their password and a link that only its new owner can read."""

import re

import pytest

from rewards.kit import sql
from rewards.messages.sending import send_mails
from tests.web.browser import form_of, submit
from tests.web.conftest import PASSWORD, on_sqlite, somebody

EVERYBODY = pytest.mark.parametrize(("name", "place"), [("ada", "/client/settings"), ("bo", "/coach/settings"), ("dee", "/admin/account")])
NEW = "another@example.net"
LINK = re.compile(r"http://[^/]+(/verify/\S+)")


@pytest.fixture
def outbox(settings):
    """What has been sent so far: the whole text of each mail by its address."""

    def sent():
        send_mails()
        texts = [file.read_text() for file in sorted((settings.data / "outbox").glob("*.eml"))]
        return {found.group(1): text for text in texts if (found := re.search(r"^To: (\S+)", text, re.MULTILINE))}

    return sent


def link_in(text):
    found = LINK.search(text)
    assert found, text
    return found.group(1)


def ask(browser, place, address=NEW, proof=PASSWORD):
    return submit(browser, form_of(browser.get(place), "address-form"), address=address, proof=proof)


@EVERYBODY
def test_a_new_address_counts_once_its_owner_opened_the_link_and_the_old_one_is_told(sign_in, database, outbox, name, place):
    browser = sign_in(name)
    told = ask(browser, place)
    assert (told.status_code, told.location) == (303, f"{place}?saved=address")
    page = browser.get(told.location).text
    assert "We sent a link to the new address." in page
    assert f"<strong>{name}@example.com</strong>" in page
    link = link_in(outbox()[NEW])
    assert browser.get(place).status_code == 200
    assert submit(browser, form_of(browser.get(link), link)).status_code == 303
    assert browser.get(place).status_code == 303, "whoever had the old address is signed out"
    assert "Your e-mail address was changed" in outbox()[f"{name}@example.com"]
    with database.read():
        assert sql.value("SELECT count(*) FROM users WHERE email = ? AND email_verified_at IS NOT NULL", (NEW,)) == 1


@on_sqlite
@EVERYBODY
@pytest.mark.parametrize(
    ("address", "proof", "field", "said"),
    [
        (NEW, "a wrong password", "proof", "That is not your password now."),
        ("nowhere", PASSWORD, "address", "Enter an e-mail address such as ada@example.com."),
        ("", PASSWORD, "address", "Enter an e-mail address such as ada@example.com."),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(sign_in, outbox, name, place, address, proof, field, said):
    told = ask(sign_in(name), place, address, proof)
    assert told.status_code == 422
    assert "<title>Error: Settings" in told.text
    assert re.search(rf'id="{field}-problem"[^\n]*{re.escape(said)}', told.text)
    assert f'name="address" class="form-control" type="email" value="{address}"' in told.text
    assert PASSWORD not in told.text
    assert outbox() == {}


@on_sqlite
def test_the_address_that_is_theirs_already_is_no_new_one(ada, outbox):
    told = ask(ada, "/client/settings", " ADA@example.com ")
    assert told.status_code == 422
    assert "This is your address already." in told.text
    assert outbox() == {}


@on_sqlite
def test_nobody_learns_here_whose_address_it_is(ada, stranger, outbox):
    assert ask(ada, "/client/settings", "cy@example.com").status_code == 303
    link = link_in(outbox()["cy@example.com"])
    told = submit(stranger, form_of(stranger.get(link), link))
    assert told.status_code == 409
    assert "This address belongs to another account." in told.text


@on_sqlite
def test_guessing_the_password_here_gets_slow(ada):
    for _ in range(5):
        assert ask(ada, "/client/settings", proof="a wrong guess at it").status_code == 422
    told = ask(ada, "/client/settings")
    assert told.status_code == 429
    assert "Too many wrong tries." in told.text


@on_sqlite
@EVERYBODY
def test_an_address_that_was_only_said_can_be_confirmed(sign_in, database, outbox, name, place):
    browser = sign_in(name)
    page = browser.get(place)
    assert "Not confirmed" in page.text
    assert submit(browser, form_of(page, f"{place}/address/confirmation")).location == f"{place}?saved=confirm"
    link = link_in(outbox()[f"{name}@example.com"])
    submit(browser, form_of(browser.get(link), link))
    page = browser.get(place).text
    assert "Not confirmed" not in page
    assert "Confirmed" in page
    with database.read():
        assert somebody(name).email_verified_at
