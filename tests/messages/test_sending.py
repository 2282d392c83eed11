"""A mail that was written is sent, however often it takes and whoever dies on the way; given up, it says why."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.messages import sending
from rewards.messages.queries import count_mails_by_state, forget_old_mails, mails
from rewards.messages.sending import ATTEMPTS_MAX, LEASE, retry_mail, send_mails
from rewards.messages.wording import Kind
from rewards.messages.writing import write_mail, write_test_mail
from tests.racing import race

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture
def written(receiver, clock):
    clock.set_to(MORNING)
    with db.write():
        write_test_mail(recipient="Eli@Example.com")
    return receiver


def only_line():
    with db.read():
        (line,) = mails()
    return line


def test_a_mail_arrives_whole_and_once(written):
    assert send_mails() == 1
    assert send_mails() == 0
    (mail,) = written.mails
    assert written.recipients == ["eli@example.com"]
    assert (mail["To"], mail["From"]) == ("eli@example.com", "Laurel <desk@example.org>")
    assert mail["Subject"] == "Mail from Laurel arrives"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == MORNING
    assert "There is nothing to do." in mail.get_content()
    assert (only_line().state, only_line().sent_at, only_line().error) == ("sent", MORNING, None)


def test_every_mail_is_called_by_the_whole_of_its_key(written):
    with db.write():
        for number in (7, 8):
            write_mail(kind=Kind.TEST, recipient="eli@example.com", about={}, key=f"subscribed:{number}")
    assert send_mails() == 3
    assert [mail["Message-ID"] for mail in written.mails[1:]] == ["<subscribed.7@example.org>", "<subscribed.8@example.org>"]


def test_what_was_rolled_back_is_never_sent(receiver):
    def fail():
        with db.write():
            write_test_mail(recipient="eli@example.com")
            raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        fail()
    assert send_mails() == 0


def test_a_server_that_fails_is_tried_again_and_then_given_up_with_its_error(written, clock):
    written.refusal = "451 come back later"
    seen = []
    for _ in range(ATTEMPTS_MAX):
        assert send_mails() == 0
        line = only_line()
        seen.append(line.state)
        assert "come back later" in line.error
        assert send_mails() == 0
        if line.next_attempt_at:
            clock.set_to(line.next_attempt_at)
    assert seen == ["retrying"] * (ATTEMPTS_MAX - 1) + ["dead"]
    assert only_line().attempts == ATTEMPTS_MAX
    clock.set_to(MORNING + timedelta(days=30))
    written.refusal = ""
    assert send_mails() == 0


def test_waits_grow_to_some_seven_hours_in_all(written):
    waits = [sending.backoff(attempts) for attempts in range(1, ATTEMPTS_MAX)]
    assert waits == sorted(waits)
    assert timedelta(hours=5) < sum(waits, timedelta()) < timedelta(hours=9)


def test_a_server_that_comes_back_gets_the_same_mail(written, clock):
    written.refusal = "451 come back later"
    send_mails()
    written.refusal = ""
    clock.set_to(MORNING + timedelta(minutes=1))
    assert send_mails() == 1
    assert (only_line().state, only_line().attempts, only_line().error) == ("sent", 2, None)


def test_one_that_cannot_be_sent_does_not_keep_the_others(written, clock):
    with db.write():
        write_mail(kind=Kind.INVITATION, recipient="fay@example.com", about={})
        write_test_mail(recipient="gus@example.com")
        sql.run("UPDATE mails SET kind = 'nonsense' WHERE recipient = 'eli@example.com'")
    assert send_mails() == 1
    assert written.recipients == ["gus@example.com"]
    with db.read():
        assert [line.state for line in mails()] == ["sent", "retrying", "retrying"]


def test_a_sender_that_dies_after_sending_sends_the_same_message_again(written, clock, monkeypatch):
    monkeypatch.setattr(sending, "_mark", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        send_mails()
    monkeypatch.undo()
    assert send_mails() == 0
    clock.set_to(MORNING + LEASE + timedelta(seconds=1))
    assert send_mails() == 1
    first, second = written.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert only_line().attempts == 2


def test_a_sender_that_dies_before_sending_loses_nothing(written, clock, monkeypatch):
    monkeypatch.setattr(sending, "_send", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        send_mails()
    monkeypatch.undo()
    clock.set_to(MORNING + LEASE + timedelta(seconds=1))
    assert send_mails() == 1
    assert len(written.mails) == 1


def test_a_mail_that_kills_its_sender_each_time_is_given_up(written):
    with db.write():
        sql.run("UPDATE mails SET attempts = ?", (ATTEMPTS_MAX,))
    assert send_mails() == 0
    assert (only_line().state, only_line().error) == ("dead", "RuntimeError: the process died each time this mail was sent")


def test_several_senders_at_once_send_each_mail_once(receiver):
    addresses = [f"person{number}@example.com" for number in range(12)]
    with db.write():
        for address in addresses:
            write_test_mail(recipient=address)
    assert sum(race(send_mails, send_mails, send_mails)) == len(addresses)
    assert sorted(receiver.recipients) == sorted(addresses)


def test_a_line_break_adds_no_header(receiver, clock):
    clock.set_to(MORNING)
    with db.write():
        write_mail(kind=Kind.TEST, recipient="eli@example.com\r\nBcc: eve@example.com", about={})
    assert send_mails() == 0
    assert only_line().state == "retrying"
    assert receiver.mails == []


def test_a_mail_that_was_given_up_can_be_tried_again(written, cast):
    with pytest.raises(Refused), db.write():
        retry_mail(mail_id=only_line().id, actor_id=cast.dee)
    with pytest.raises(NotFound), db.write():
        retry_mail(mail_id=10**9, actor_id=cast.dee)
    with db.write():
        sql.run("UPDATE mails SET state = 'dead', attempts = 6, next_attempt_at = NULL")
        retry_mail(mail_id=only_line().id, actor_id=cast.dee)
    assert send_mails() == 1


def test_what_was_sent_is_forgotten_after_a_month_and_what_failed_is_not(written, clock):
    send_mails()
    with db.write():
        write_test_mail(recipient="fay@example.com")
        sql.run("UPDATE mails SET state = 'dead', next_attempt_at = NULL WHERE recipient = 'fay@example.com'")
    clock.set_to(MORNING + timedelta(days=31))
    with db.write():
        assert forget_old_mails() == 1
        assert count_mails_by_state() == {"waiting": 0, "retrying": 0, "sent": 0, "dead": 1, "dropped": 0}
