"""SEC-6: guessing passwords is slow, and making it slow for one is no way to lock another out."""

import pytest

from rewards.web import throttling
from tests.web.conftest import on_sqlite
from tests.web.test_signing_in import try_to_sign_in

pytestmark = on_sqlite

HOME, CAFE = "198.51.100.7", "203.0.113.80"


def guess(site, times, email="ada@example.com", address=CAFE):
    """The answers to so many wrong passwords, each from a fresh browser: cookies protect nothing here."""
    return [try_to_sign_in(site.test_client(), email, f"guess number {number}", address).status_code for number in range(times)]


def test_the_sixth_guess_at_one_account_has_to_wait(site):
    assert guess(site, 8) == [422] * 5 + [429] * 3


def test_it_is_said_until_when(site):
    guess(site, 5)
    answer = try_to_sign_in(site.test_client(), address=CAFE)
    assert answer.status_code == 429, "the right password has to wait too, or guessing would go on"
    assert 800 <= int(answer.headers["Retry-After"]) <= 901
    assert "Try again in 15 minutes, after" in answer.text
    assert "<time datetime=" in answer.text


def test_the_victim_gets_in_from_elsewhere(site):
    guess(site, 20)
    assert try_to_sign_in(site.test_client(), address=HOME).status_code == 303


def test_others_at_the_same_place_get_in(site):
    guess(site, 6)
    assert try_to_sign_in(site.test_client(), "cy@example.com", address=CAFE).status_code == 303


def test_right_passwords_are_not_counted(site):
    assert {try_to_sign_in(site.test_client(), address=CAFE).status_code for _ in range(7)} == {303}


def test_one_password_for_many_accounts_has_to_wait_too(site):
    answers = [guess(site, 1, f"person{number}@example.com")[0] for number in range(34)]
    assert answers == [422] * 30 + [429] * 4
    assert guess(site, 1, "another@example.com", HOME) == [422]


def test_another_spelling_is_the_same_account(site):
    spellings = ["ada@example.com", "ADA@example.com", " ada@example.com", "Ada@Example.Com", "aDa@example.com", "adA@example.com"]
    assert [guess(site, 1, spelling)[0] for spelling in spellings] == [422] * 5 + [429]


def test_a_forged_forwarding_header_makes_no_other_place(site):
    def forged(number):
        browser = site.test_client()
        browser.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        return try_to_sign_in(browser, password="wrong", address=CAFE).status_code

    assert [forged(number) for number in range(7)] == [422] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_a_place_is_an_address_or_a_network_that_one_household_has(site, address, place):
    with site.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert throttling.place() == place


def test_unlimited_guessing_is_noticed(site, monkeypatch):
    monkeypatch.setattr(throttling.limiter, "enabled", False)
    assert 429 not in guess(site, 8)
