"""The ways in which a mail leaves the machine: a server, a folder, or the terminal."""

import contextlib
import os
import smtplib
import ssl
import sys
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from rewards.kit.database import db
from rewards.kit.settings import Settings

# For each word of the conversation with a server.
PATIENCE_SECONDS = 15.0
PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION_PORT = 587
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Transport(Protocol):
    """Takes one mail after the other; raises whatever went wrong with one."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Bring it on its way. `name` is the same each time this mail is tried."""

    def close(self) -> None:
        """Nothing more is to be sent."""


class UnsafeServer(ConnectionError):
    """The server would have the password sent for everybody to read."""


def transport_for(settings: Settings) -> Transport:
    """The way that the settings name."""
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "console":
        return Console()
    return Folder(Path(unquote(parts.path))) if parts.scheme == "file" else Server(parts, _host_of(settings))


def sender_of(settings: Settings, name: str) -> Address:
    """Who mails come from: what the address of the server says, whoever signs in there, or the desk itself."""
    parts = urlsplit(settings.mail_url)
    said = parse_qs(parts.query).get("from", [""])[0] or unquote(parts.username or "")
    return Address(display_name=name, addr_spec=said if "@" in said else f"laurel@{_host_of(settings)}")


def _host_of(settings: Settings) -> str:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return "localhost" if ":" in host else host


class Console:
    """Prints mails: for trying things out."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Print it."""
        sys.stdout.write(f"{message.as_string()}\n")
        sys.stdout.flush()

    def close(self) -> None:
        """Nothing to let go of."""


class Folder:
    """Keeps each mail as a file, which mail programs open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str) -> None:
        """Write it as a whole or not at all; tried again, it takes its own place."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{name}.{os.getpid()}"
        # It may hold a live link, so it is for the desk alone.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=SMTP))
        draft.replace(self._folder / f"{name}.eml")

    def close(self) -> None:
        """Nothing to let go of."""


class Server:
    """Hands mails to a server, over one connection as long as that is good."""

    def __init__(self, parts: SplitResult, own_name: str) -> None:
        self._parts = parts
        self._own_name = own_name
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand it over. After an error the next mail begins with a new connection."""
        if db.is_writing:
            raise RuntimeError("send mail outside of write blocks: everybody else would wait for the server")
        try:
            self._connection = self._connection or self._connect()
            self._connection.send_message(message)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye, where somebody listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        parts, host = self._parts, self._parts.hostname or ""
        port = parts.port or (SUBMISSION_PORT if parts.scheme == "smtp" and parts.username else PORTS[parts.scheme])
        if parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, local_hostname=self._own_name, timeout=PATIENCE_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(host, port, local_hostname=self._own_name, timeout=PATIENCE_SECONDS)
        try:
            self._introduce(connection, host)
        except BaseException:
            connection.close()
            raise
        return connection

    def _introduce(self, connection: smtplib.SMTP, host: str) -> None:
        connection.ehlo()
        is_safe = self._parts.scheme == "smtps" or host in LOOPBACK
        if self._parts.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            is_safe = True
        if self._parts.username:
            if not is_safe:
                raise UnsafeServer(f"{host} offers no encryption; the password is not sent in the clear")
            connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))
