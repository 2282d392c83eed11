"""Signs that somebody may not be the distinct person they seem to be. Each is told with what was seen; the coach decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rewards.campaigns.mailboxes import is_disposable
from rewards.campaigns.origins import erased_mark
from rewards.campaigns.subscriber_models import FraudFlag, Subscriber, Suspicion
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db

# More than so many within an hour are no coincidence any more: a family, an office, a class fit in.
NETWORK_MAX = 5
DEVICE_MAX = 2
WINDOW = timedelta(hours=1)
# So far up who brought whom is followed.
GENERATIONS = 20
TOLD_MAX = 20

SAME_MAILBOX = "SELECT id FROM subscribers WHERE waitlist_id = ? AND mailbox = ? ORDER BY id LIMIT ?"
BURST = "SELECT id FROM subscribers WHERE waitlist_id = ? AND {column} = ? AND joined_at > ? ORDER BY id LIMIT 1000"
# Those of a burst whom nobody was paid for yet.
UNPAID = (
    "SELECT referee_id FROM referrals WHERE state = 'waiting' AND referee_id IN ({ids})"
    " AND NOT EXISTS (SELECT 1 FROM fraud_flags f WHERE f.subscriber_id = referrals.referee_id AND f.suspicion = ?)"
)
ABOVE = (
    "WITH RECURSIVE above (id, generation) AS (SELECT referrer_id, 1 FROM referrals WHERE referee_id = ?"
    " UNION ALL SELECT r.referrer_id, above.generation + 1 FROM referrals r JOIN above"
    " ON r.referee_id = above.id WHERE above.generation < ?)"
    " SELECT s.id, s.mailbox, s.device FROM above JOIN subscribers s ON s.id = above.id"
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is about to join, as far as they can be told from others."""

    waitlist_id: int
    address: str
    mailbox: str
    network: str
    device: str
    referrer: Subscriber | None
    # Whether one person may bring a second address of theirs.
    may_be_same: bool


@dataclass(slots=True)
class Suspicions:
    """What speaks against somebody, and who else is in the same burst and was not paid for yet."""

    evidence: dict[Suspicion, Any] = field(default_factory=dict)
    others: dict[int, Suspicion] = field(default_factory=dict)


def suspicions_about(newcomer: Newcomer) -> Suspicions:
    """Everything that is odd about somebody who joins now."""
    found = Suspicions()
    if is_disposable(newcomer.address):
        found.evidence[Suspicion.DISPOSABLE] = {"domain": newcomer.address.rpartition("@")[2]}
    if not newcomer.may_be_same and (same := _same_person(newcomer)):
        found.evidence[Suspicion.SAME_PERSON] = {"subscribers": same}
    if cycle := _cycle(newcomer):
        found.evidence[Suspicion.CYCLE] = {"subscribers": cycle}
    if returned := _ids(SAME_MAILBOX, (newcomer.waitlist_id, erased_mark(newcomer.mailbox), TOLD_MAX)):
        found.evidence[Suspicion.RETURNED] = {"subscribers": returned}
    _look_for_bursts(newcomer, found)
    return found


def raise_flags(subscriber_id: int, suspicions: Suspicions) -> None:
    """Keep what speaks against who has joined, and against the others of the burst, whose referrals wait from now on."""
    now = clock.now()
    for suspicion, evidence in suspicions.evidence.items():
        db.session.add(FraudFlag(subscriber_id=subscriber_id, suspicion=suspicion, evidence=evidence, raised_at=now))
    for other_id, suspicion in suspicions.others.items():
        evidence = suspicions.evidence[suspicion]
        db.session.add(FraudFlag(subscriber_id=other_id, suspicion=suspicion, evidence=evidence, raised_at=now))
        sql.run("UPDATE referrals SET state = 'held', reason = ? WHERE referee_id = ? AND state = 'waiting'", (suspicion, other_id))
    db.session.flush()


def _same_person(newcomer: Newcomer) -> list[int]:
    same = _ids(SAME_MAILBOX, (newcomer.waitlist_id, newcomer.mailbox, TOLD_MAX))
    referrer = newcomer.referrer
    if referrer and newcomer.device and referrer.device == newcomer.device and referrer.id not in same:
        same.append(referrer.id)
    return same


def _cycle(newcomer: Newcomer) -> list[int]:
    """Who of those that brought the referrer seems to be the newcomer: A brings B, and B brings A again."""
    if newcomer.referrer is None:
        return []
    above = sql.rows(ABOVE, (newcomer.referrer.id, GENERATIONS))
    return [row[0] for row in above if row[1] == newcomer.mailbox or (newcomer.device and row[2] == newcomer.device)]


def _look_for_bursts(newcomer: Newcomer, found: Suspicions) -> None:
    since = time_text(clock.now() - WINDOW)
    for suspicion, mark, most in (
        (Suspicion.NETWORK, newcomer.network, NETWORK_MAX),
        (Suspicion.DEVICE, newcomer.device, DEVICE_MAX),
    ):
        near = _ids(BURST.format(column=suspicion.value), (newcomer.waitlist_id, mark, since)) if mark else []
        if len(near) >= most:
            found.evidence[suspicion] = {"within_an_hour": len(near) + 1, "subscribers": near[-TOLD_MAX:]}
            unpaid = _ids(UNPAID.format(ids=sql.marks(near)), (*near, suspicion))
            found.others |= {other: suspicion for other in unpaid if other not in found.others}


def _ids(question: str, params: Sequence[object]) -> list[int]:
    return [row[0] for row in sql.rows(question, params)]
