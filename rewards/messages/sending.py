"""Sends the mails that were written: claimed before and marked after, so that none is lost. One that comes twice can be told by its id."""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import structlog

from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused, Unavailable
from rewards.kit.installation import settings_in_force
from rewards.messages.models import IS_OPEN, MailState
from rewards.messages.phrases import Worded, programme_name
from rewards.messages.transports import Transport, sender_of, transport_for
from rewards.messages.wording import worded
from rewards.people.auditing import Done, record_deed

log = structlog.get_logger()

# Six tries over about seven hours; then somebody has to look.
ATTEMPTS_MAX = 6
BACKOFF_FIRST = timedelta(seconds=30)
BACKOFF_FACTOR = 5
BACKOFF_MAX = timedelta(hours=5)
# Longer than the whole conversation with the slowest server; who has not marked a mail by then is taken for dead.
LEASE = timedelta(minutes=5)
# The run ends, and the next one begins a second later: a long queue must not keep a server from stopping.
MAILS_MAX = 200
ERROR_LENGTH_MAX = 2_000

DUE = f"{IS_OPEN} AND next_attempt_at <= ? AND (leased_until IS NULL OR leased_until < ?)"
CLAIM = (
    "UPDATE mails SET claim_token = ?, leased_until = ?, attempts = attempts + 1 WHERE id = ("
    f" SELECT id FROM mails WHERE {DUE} ORDER BY next_attempt_at, id LIMIT 1{{skip}})"
    " RETURNING id, kind, recipient, about, message_key, attempts, created_at"
)
MARK = (
    "UPDATE mails SET state = ?, error = ?, next_attempt_at = ?, sent_at = ?, claim_token = NULL, leased_until = NULL"
    " WHERE id = ? AND claim_token = ?"
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this process alone may send now."""

    id: int
    claim: str
    kind: str
    recipient: str
    about: dict[str, Any]
    key: str
    attempts: int
    created_at: datetime

    @property
    def name(self) -> str:
        """The same in every try."""
        return f"{self.created_at:%Y%m%dT%H%M%SZ}-{self.key}"


def send_mails(*, mails_max: int = MAILS_MAX) -> int:
    """Send what is due, one after the other; how many left."""
    sent = 0
    transport = transport_for(settings_in_force())
    try:
        for _ in range(mails_max):
            if not _has_work():
                break
            claimed, message = _take()
            if claimed is None:
                break
            if message is not None and not _send(transport, claimed, message):
                # Perhaps the server is away: the others try it a second from now, and not each of them at length now.
                break
            sent += message is not None
    finally:
        transport.close()
    return sent


def retry_mail(*, mail_id: int, actor_id: int | None) -> None:
    """Try a dead mail again from the beginning. Raises NotFound, Refused (`not_dead`)."""
    if sql.value("SELECT 1 FROM mails WHERE id = ?", (mail_id,)) is None:
        raise NotFound(f"mail {mail_id}")
    revive = "UPDATE mails SET state = 'retrying', attempts = 0, next_attempt_at = ? WHERE id = ? AND state = 'dead'"
    if not sql.run(revive, (time_text(clock.now()), mail_id)):
        raise Refused("not_dead", "Only a mail that was given up can be tried again.")
    record_deed(Done("mail_retried", "mail", mail_id), actor_id=actor_id)


def _has_work() -> bool:
    """A look that takes no lock, so that an idle queue disturbs nobody."""
    now = time_text(clock.now())
    with db.read():
        return sql.value(f"SELECT 1 FROM mails WHERE {DUE} LIMIT 1", (now, now)) is not None


def _take() -> tuple[Claimed | None, EmailMessage | None]:
    """The next mail, in words. Without words it has been dealt with already; without a mail there is none."""
    token, now = secrets.token_hex(8), clock.now()
    skip = " FOR UPDATE SKIP LOCKED" if db.dialect == "postgresql" else ""
    with db.write():
        rows = sql.rows(CLAIM.format(skip=skip), (token, time_text(now + LEASE), time_text(now), time_text(now)))
        if not rows:
            return None, None
        mail_id, kind, recipient, about, key, attempts, created_at = rows[0]
        claimed = Claimed(mail_id, token, kind, recipient, documents.parse(about), key, attempts, time_from_text(created_at))
        return claimed, _put_into_words(claimed)


def _put_into_words(claimed: Claimed) -> EmailMessage | None:
    if claimed.attempts > ATTEMPTS_MAX:
        _mark_failed(claimed, RuntimeError("the process died each time this mail was sent"))
        return None
    try:
        with sql.savepoint("words"):
            words = worded(claimed.kind, claimed.recipient, claimed.about)
            message = _message(claimed, words) if words else None
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - one mail that cannot be written must not keep the others
        _mark_failed(claimed, error)
        return None
    if words is None:
        _mark(claimed, MailState.DROPPED)
        return None
    remembered = documents.canonical(claimed.about | dict(words.about))
    sql.run("UPDATE mails SET subject = ?, about = ? WHERE id = ?", (words.subject, remembered, claimed.id))
    return message


def _message(claimed: Claimed, words: Worded) -> EmailMessage:
    """Raises ValueError for a line break in any header: nobody adds a second one by putting it into a name."""
    sender = sender_of(settings_in_force(), programme_name())
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=claimed.recipient)
    message["Subject"] = words.subject
    message["Date"] = format_datetime(claimed.created_at)
    # A colon has no place in it: what follows would be lost, and every mail of a kind would be the same one.
    message["Message-ID"] = f"<{claimed.key.replace(':', '.')}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.text)
    return message


def _send(transport: Transport, claimed: Claimed, message: EmailMessage) -> bool:
    try:
        transport.send(message, claimed.name)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and tried again
        with db.write():
            _mark_failed(claimed, error)
        return False
    with db.write():
        _mark(claimed, MailState.SENT)
    return True


def _mark_failed(claimed: Claimed, error: Exception) -> None:
    state = MailState.DEAD if claimed.attempts >= ATTEMPTS_MAX else MailState.RETRYING
    told = " ".join(f"{type(error).__name__}: {error}".split())[:ERROR_LENGTH_MAX]
    _mark(claimed, state, told)
    log.warning("mail could not be sent", mail_id=claimed.id, kind=claimed.kind, state=state.value, attempts=claimed.attempts, error=told)


def _mark(claimed: Claimed, state: MailState, error: str | None = None) -> None:
    now = clock.now()
    next_attempt = time_text(now + backoff(claimed.attempts)) if state is MailState.RETRYING else None
    sent_at = time_text(now) if state is MailState.SENT else None
    sql.run(MARK, (state, error, next_attempt, sent_at, claimed.id, claimed.claim))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries: half a minute, two and a half, ... with up to a fifth more, so that not all come at once."""
    wait: timedelta = min(BACKOFF_FIRST * BACKOFF_FACTOR ** (attempts - 1), BACKOFF_MAX)
    return wait * random.uniform(1, 1.2)  # noqa: S311 - a spread, not a secret
