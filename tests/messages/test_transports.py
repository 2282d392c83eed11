"""The ways out: a folder that can be opened, a terminal, a server that is not told a password in the clear."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from rewards.kit.database import db
from rewards.kit.installation import install
from rewards.kit.settings import load_settings
from rewards.messages.sending import send_mails
from rewards.messages.transports import Server, UnsafeServer, sender_of, transport_for
from rewards.messages.writing import write_test_mail


def use(tmp_path, **environment):
    settings = load_settings({"LAUREL_DATA": str(tmp_path), **environment})
    install(settings)
    return settings


def test_a_folder_holds_one_file_for_each_mail(database, tmp_path):
    use(tmp_path)
    with db.write():
        write_test_mail(recipient="eli@example.com")
        write_test_mail(recipient="fay@example.com")
    assert send_mails() == 2
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert files[0].stat().st_mode & 0o077 == 0
    told = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert sorted(mail["To"] for mail in told) == ["eli@example.com", "fay@example.com"]


def test_a_mail_that_is_tried_again_takes_its_own_place_in_the_folder(tmp_path):
    transport = transport_for(load_settings({"LAUREL_DATA": str(tmp_path)}))
    message = EmailMessage()
    message["Subject"] = "Grüße"
    for _ in range(2):
        transport.send(message, "one")
    assert [file.name for file in (tmp_path / "outbox").iterdir()] == ["one.eml"]


def test_the_terminal_shows_the_mail(database, tmp_path, capsys):
    use(tmp_path, LAUREL_MAIL_URL="console:")
    with db.write():
        write_test_mail(recipient="eli@example.com")
    assert send_mails() == 1
    assert "To: eli@example.com" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.example.org", "laurel@rewards.example.org"),
        ("smtp://desk%40example.org:secret@mail.example.org", "desk@example.org"),
        ("smtps://someone:secret@mail.example.org?from=hello@example.org", "hello@example.org"),
        ("console:", "laurel@rewards.example.org"),
    ],
)
def test_mail_comes_from_an_address_that_its_server_takes(url, sender):
    settings = load_settings({"LAUREL_MAIL_URL": url, "LAUREL_BASE_URL": "https://rewards.example.org"})
    assert sender_of(settings, "Laurel").addr_spec == sender


def test_nothing_is_sent_inside_a_write_block(database, tmp_path):
    transport = transport_for(use(tmp_path, LAUREL_MAIL_URL="smtp://127.0.0.1:1"))
    with pytest.raises(RuntimeError), db.write():
        transport.send(EmailMessage(), "one")


def test_a_password_is_not_sent_in_the_clear(receiver, monkeypatch):
    monkeypatch.setattr("rewards.messages.transports.LOOPBACK", ())
    settings = load_settings({"LAUREL_MAIL_URL": f"smtp://user:secret@127.0.0.1:{receiver.port}"})
    transport = transport_for(settings)
    assert isinstance(transport, Server)
    with pytest.raises(UnsafeServer):
        transport.send(EmailMessage(), "one")


def test_a_server_that_is_away_is_an_error_of_the_mail(database, tmp_path):
    use(tmp_path, LAUREL_MAIL_URL="smtp://127.0.0.1:1")
    with db.write():
        write_test_mail(recipient="eli@example.com")
    assert send_mails() == 0
