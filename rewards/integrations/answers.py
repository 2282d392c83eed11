"""One key, one answer: what a caller was told once for a key, it is told again, whatever has happened since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import Invalid, Refused

# A sender that has not heard an answer tries again within hours; movements and events keep their own keys for ever.
DAYS_KEPT = 30

CLAIM = (
    "INSERT INTO idempotent_answers (principal, route, key, body_hash, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (principal, route, key) DO NOTHING"
)
FILL = "UPDATE idempotent_answers SET status = ?, body = ? WHERE principal = ? AND route = ? AND key = ?"
KNOWN = "SELECT key, body_hash, status, body FROM idempotent_answers WHERE principal = ? AND route = ? AND key IN ({marks})"
# A claim without its answer is never seen by others: both are committed together.
PENDING = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A status in HTTP's numbers and a body for JSON."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Request:
    """What makes a request the same request: who asks, for what, under which key, with which body."""

    principal: str
    route: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that a key has already, and the body it was given for."""

    body_hash: str
    answer: Answer


def answer_once(request: Request, work: Callable[[], Answer], refuse: Callable[[Refused], Answer]) -> Answer:
    """Do `work` for a new key and keep its answer; give the kept one to a key that is known. In the surrounding write block.

    The key is claimed before the work, so of two equal requests at once one waits for the other's answer. What `work` refuses for
    reasons of business is undone, put into words by `refuse`, and kept too; any other error undoes the claim with everything else.
    Raises Invalid where the key stands for another body.
    """
    row = (request.principal, request.route, request.key, request.body_hash, PENDING, "null", time_text(clock.now()))
    if not sql.run(CLAIM, row):
        kept = kept_answers(request.principal, request.route, [request.key])[request.key]
        if kept.body_hash != request.body_hash:
            raise another_body(request.key)
        return kept.answer
    try:
        with sql.savepoint("work"):
            answer = work()
    except Refused as refusal:
        answer = refuse(refusal)
    sql.run(FILL, (answer.status, documents.compact(answer.body), request.principal, request.route, request.key))
    return answer


def kept_answers(principal: str, route: str, keys: Sequence[str]) -> dict[str, Kept]:
    """What these keys were answered on that route; those that were not are absent."""
    if not keys:
        return {}
    rows = sql.rows(KNOWN.format(marks=sql.marks(keys)), (principal, route, *keys))
    return {key: Kept(body_hash, Answer(status, documents.parse(body))) for key, body_hash, status, body in rows}


def keep_answers(answers: Sequence[tuple[Request, Answer]]) -> None:
    """Keep answers that were given without a claim; where another was quicker, its answer stands."""
    now = time_text(clock.now())
    sql.run_many(
        CLAIM,
        [
            (request.principal, request.route, request.key, request.body_hash, answer.status, documents.compact(answer.body), now)
            for request, answer in answers
        ],
    )


def another_body(key: str) -> Invalid:
    """The key was used for something else."""
    return Invalid.single("idempotency_key", "a new key: this one stands for another request", key)


def forget_old_answers() -> int:
    """Drop answers that nobody will ask for again, in the surrounding write block; how many."""
    return sql.run("DELETE FROM idempotent_answers WHERE created_at < ?", (time_text(clock.now() - timedelta(days=DAYS_KEPT)),))
