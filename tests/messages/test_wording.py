"""What mails say, and whom they are not sent to: their links work, stand in no stored row, and go only where they should."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.messages.queries import mails
from rewards.messages.sending import LEASE, send_mails
from rewards.people.addresses import ask_to_verify, verify_email
from rewards.people.changing import disable_user
from rewards.people.inviting import accept_invitation, invite, withdraw_invitation
from rewards.people.passwords import hash_password
from rewards.people.resetting import ask_for_reset, offer_password, reset_password

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
ADDRESS = re.compile(r"https://rewards\.example\.org/(\w+)/(\S+)")


@pytest.fixture(scope="module")
def hashed():
    return hash_password("three quiet garden walls")


@pytest.fixture
def desk(receiver, wired, cast, clock):
    clock.set_to(MORNING)
    return receiver


def sent(desk, count=1):
    """The texts of the mails that leave now."""
    desk.mails.clear()
    assert send_mails() == count
    return [mail.get_content() for mail in desk.mails]


def link_in(text):
    found = ADDRESS.search(text)
    assert found, text
    return found.groups()


def test_an_invitation_says_who_invites_and_lets_its_reader_join(desk, cast, hashed):
    with db.write():
        invite(email="eli@example.com", role="client", name="Eli", actor_id=cast.bo)
    (text,) = sent(desk)
    assert desk.mails[0]["Subject"] == "Bo invites you to Laurel"
    assert text.startswith("Hello Eli,")
    assert "as a client" in text
    assert "until 11 March 2026" in text
    page, token = link_in(text)
    assert page == "invite"
    with db.write():
        accept_invitation(token=token, name="Eli", password=hashed, timezone="UTC", consents=["records"])


def test_a_withdrawn_invitation_is_not_sent(desk, cast):
    with db.write():
        invitation = invite(email="eli@example.com", role="client", actor_id=cast.bo)
        withdraw_invitation(invitation_id=invitation.id, actor_id=cast.bo)
    assert sent(desk, 0) == []
    with db.read():
        assert [line.state for line in mails()] == ["dropped"]


def test_a_reset_reaches_who_has_the_address_and_nobody_else(desk, cast, hashed):
    with db.write():
        disable_user(user_id=cast.cy)
        for address in ("Ada@Example.com", "nobody@example.com", "cy@example.com"):
            ask_for_reset(email=address)
    (text,) = sent(desk)
    assert desk.recipients == ["ada@example.com"]
    page, token = link_in(text)
    assert page == "reset"
    with db.write():
        assert reset_password(token=token, password=hashed).id == cast.ada
    (text,) = sent(desk)
    assert "signed out everywhere" in text


def test_no_stored_row_holds_a_live_link(desk, cast):
    with db.write():
        ask_for_reset(email="ada@example.com")
        invite(email="eli@example.com", role="client", actor_id=cast.bo)
    tokens = [link_in(text)[1] for text in sent(desk, 2)]
    with db.read():
        for table in ("mails", "links", "invitations", "audit_entries"):
            stored = str(sql.rows(f"SELECT * FROM {table}"))
            assert not any(token in stored for token in tokens)


def test_another_try_sends_the_same_link(desk, cast, clock):
    desk.refusal = "451 come back later"
    with db.write():
        ask_for_reset(email="ada@example.com")
    assert sent(desk, 0) == []
    desk.refusal = ""
    clock.set_to(MORNING + LEASE)
    sent(desk)
    with db.read():
        assert sql.value("SELECT count(*) FROM links") == 1


def test_a_claimed_address_is_asked_and_the_old_one_is_told(desk, cast):
    with db.write():
        ask_to_verify(user_id=cast.ada, email="ada@work.example")
    (text,) = sent(desk)
    assert desk.recipients == ["ada@work.example"]
    page, token = link_in(text)
    assert page == "verify"
    with db.write():
        verify_email(token=token)
    sent(desk)
    assert desk.recipients[-1] == "ada@example.com"


def test_whoever_was_given_an_account_may_choose_a_password(desk, cast, hashed, clock):
    with db.write():
        offer_password(user_id=cast.ada, actor_id=cast.bo)
    page, token = link_in(sent(desk)[0])
    assert page == "reset"
    clock.set_to(MORNING + timedelta(days=6))
    with db.write():
        assert reset_password(token=token, password=hashed).password_hash == hashed.text
