"""Answers who misses points: pays what is missing, logs what is not there, or explains. Once; the same answer again changes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.earning.asking import NOTE_LENGTH_MAX, Asked, question_seen_by
from rewards.earning.facts import QuestionAnswered
from rewards.earning.granting import adjust
from rewards.earning.processing import record_and_process
from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_text
from rewards.kit.errors import DomainError, Invalid, NotFound, Refused
from rewards.ledger.models import POINTS, XP
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import Person, lock_people
from rewards.people.models import User
from rewards.people.zones import zone_named

ANSWER = "UPDATE questions SET outcome = ?, answer = ?, answered_at = ?, answered_by = ?, answer_event_id = ? WHERE id = ?"
PAID, LOGGED, EXPLAINED = "paid", "logged", "explained"
NOON = time(12)


def pay_missing(*, question_id: int, actor: User, amounts: Mapping[str, int], reason: str) -> None:
    """Give XP and points by hand, with a reason that the client reads. Raises NotFound, Invalid, Refused (`already_answered`)."""
    asked = _open(question_id, actor, PAID)
    if asked is None:
        return
    given = {asset: amount for asset, amount in amounts.items() if asset in (XP, POINTS) and amount}
    if not given or min(given.values()) < 0:
        raise Invalid.single("points", "a whole number above 0", amounts.get(POINTS))
    grants = [
        adjust(
            user_id=asked.user_id,
            asset=asset,
            amount=amount,
            reason=reason,
            actor_id=actor.id,
            idempotency_key=f"question:{question_id}:{asset}",
        )
        for asset, amount in sorted(given.items())
    ]
    _close(asked, actor, PAID, reason, grants[0].event_id)


def log_missing(*, question_id: int, actor: User, metadata: Mapping[str, Any] | None = None) -> int:
    """Log for them what is not there, on its day, as it would have been logged; the event's id.

    `metadata`: how much of it, where that counts.

    Raises NotFound, Refused (`already_answered`, `is_there`, and what the activity itself refuses).
    """
    asked = _open(question_id, actor, LOGGED)
    if asked is None:
        return int(sql.value("SELECT answer_event_id FROM questions WHERE id = ?", (question_id,)))
    if asked.event_id is not None:
        raise Refused("is_there", "It is in their log already: pay what is missing instead.")
    person = lock_people([asked.user_id])[asked.user_id]
    object_type, _, action = asked.activity.rpartition("_")
    event = NewEvent(
        user_id=asked.user_id,
        action=action,
        object_type=object_type or asked.activity,
        activity=asked.activity,
        source=f"page:{actor.id}",
        recorder=Recorder.COACH,
        metadata={"note": asked.note, **(metadata or {})},
        occurred_at=_moment(asked, person),
        idempotency_key=f"question:{question_id}",
        actor_id=actor.id,
    )
    [told] = record_and_process([event])
    if isinstance(told, DomainError):
        raise told
    _close(asked, actor, LOGGED, "", told["event_id"])
    return int(told["event_id"])


def explain(*, question_id: int, actor: User, answer: str) -> None:
    """Answer in words. Raises NotFound, Invalid, Refused (`already_answered`)."""
    asked = _open(question_id, actor, EXPLAINED)
    if asked is None:
        return
    if not answer.strip() or len(answer) > NOTE_LENGTH_MAX:
        raise Invalid.single("answer", f"1 to {NOTE_LENGTH_MAX} characters that explain it", answer)
    _close(asked, actor, EXPLAINED, answer.strip(), None)


def _open(question_id: int, actor: User, outcome: str) -> Asked | None:
    """The question, its person held; None where it has had this very answer."""
    lock_people([question_seen_by(actor, question_id).user_id])
    # Read again under the lock: somebody may have answered it since.
    asked = question_seen_by(actor, question_id)
    if asked.outcome is None:
        return asked
    if asked.outcome != outcome:
        raise Refused("already_answered", f"{asked.answered_by or 'Somebody'} has answered this already.")
    return None


def _moment(asked: Asked, person: Person) -> datetime:
    """The noon of its day where they live; now, where that is still to come."""
    noon = datetime.combine(asked.day, NOON, zone_named(person.timezone)).astimezone(UTC)
    zone = person.zone_at(noon)
    return min(datetime.combine(asked.day, NOON, zone).astimezone(UTC), clock.now())


def _close(asked: Asked, actor: User, outcome: str, answer: str, event_id: int | None) -> None:
    if not sql.run(ANSWER, (outcome, answer, time_text(clock.now()), actor.id, event_id, asked.id)):
        raise NotFound(f"question {asked.id}")
    after = {"user_id": asked.user_id, "outcome": outcome, "event_id": event_id}
    record_deed(Done("question_answered", "question", asked.id, after=after, note=answer), actor_id=actor.id)
    announce([QuestionAnswered(asked.id, asked.user_id, asked.activity, outcome, answer, actor.id)])
