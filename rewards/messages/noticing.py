"""Leaves notices for people, beside what they tell of. What is told again finds the notice that is there."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from rewards.earning.facts import AchievementUnlocked, BalanceAdjusted, EventUndone, LevelReached, QuestionAnswered, StreakReached
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.people.queries import user_by_id
from rewards.shop.facts import RedemptionSettled, RewardRedeemed
from rewards.shop.queries import settlers_of

NOTICE = "INSERT INTO notices (user_id, kind, about, cause, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, cause) DO NOTHING"


SEEN = "UPDATE notices SET seen_at = ? WHERE user_id = ? AND cause = ? AND kind = 'redemption_requested' AND seen_at IS NULL"


class NoticeKind(StrEnum):
    """What a notice tells."""

    # about: number, name
    LEVEL_REACHED = "level_reached"
    # about: achievement (its key), awarded_by (an id; absent where it came by itself), note
    ACHIEVEMENT_UNLOCKED = "achievement_unlocked"
    # about: days (how many in a row)
    STREAK_REACHED = "streak_reached"
    # about: asset, amount (below 0: taken away), reason, actor_id
    BALANCE_ADJUSTED = "balance_adjusted"
    # about: event_id, activity (its key), actor_id, reason
    EVENT_UNDONE = "event_undone"
    # about: question_id, activity (its key), outcome (paid, logged, explained), answer, actor_id
    QUESTION_ANSWERED = "question_answered"
    # For who hands it out. about: redemption_id, client_id, reward (its name), points (0 for a gift)
    REDEMPTION_REQUESTED = "redemption_requested"
    # about: redemption_id, reward (its name)
    REWARD_GIVEN = "reward_given"
    # about: redemption_id, reward (its name), points, outcome (fulfilled, rejected, cancelled, expired, reopened), note; client_id for who
    # hands it out, who is told of cancelled and expired ones
    REDEMPTION_SETTLED = "redemption_settled"


def notice_levels(facts: Sequence[LevelReached]) -> None:
    """Tell people which levels they reached."""
    _leave((fact.user_id, NoticeKind.LEVEL_REACHED, {"number": fact.number, "name": fact.name}, f"level:{fact.number}") for fact in facts)


def notice_unlocks(facts: Sequence[AchievementUnlocked]) -> None:
    """Tell people what they unlocked, and who gave it where somebody did."""
    ids = sorted({fact.achievement_id for fact in facts})
    keys: dict[int, str] = dict(sql.rows(f"SELECT id, key FROM achievements WHERE id IN ({sql.marks(ids)})", ids))
    _leave(
        (
            fact.user_id,
            NoticeKind.ACHIEVEMENT_UNLOCKED,
            _present(achievement=keys[fact.achievement_id], awarded_by=fact.awarded_by, note=fact.note),
            f"achievement:{fact.achievement_id}",
        )
        for fact in facts
    )


def notice_streaks(facts: Sequence[StreakReached]) -> None:
    """Tell people how long they have kept it up; once for each run, which a late day may lengthen at its beginning too."""
    _leave((fact.user_id, NoticeKind.STREAK_REACHED, {"days": fact.days}, f"streak:{fact.days}:{fact.began_on}") for fact in facts)


def notice_adjustments(facts: Sequence[BalanceAdjusted]) -> None:
    """Tell people what somebody on the staff gave them or took away."""
    _leave(
        (
            fact.user_id,
            NoticeKind.BALANCE_ADJUSTED,
            _present(asset=fact.asset, amount=fact.amount, reason=fact.reason, actor_id=fact.actor_id),
            f"event:{fact.event_id}:{fact.asset}",
        )
        for fact in facts
    )


def notice_redemptions(facts: Sequence[RewardRedeemed]) -> None:
    """Tell those who hand it out that somebody waits, and somebody who was given something that they were."""
    for fact in facts:
        about = {"redemption_id": fact.redemption_id, "reward": fact.name}
        cause = f"redemption:{fact.redemption_id}"
        if fact.given:
            _leave([(fact.user_id, NoticeKind.REWARD_GIVEN, about, cause)])
        if fact.pending:
            more = about | {"client_id": fact.user_id, "points": fact.points}
            _leave((reader_id, NoticeKind.REDEMPTION_REQUESTED, more, cause) for reader_id in _settlers(fact.user_id))


def notice_settlements(facts: Sequence[RedemptionSettled]) -> None:
    """Tell somebody what became of what they redeemed; of what they gave up themselves or what was too late, those who wait at the desk."""
    for fact in facts:
        about = _present(
            redemption_id=fact.redemption_id, reward=fact.name, points=fact.points, outcome=fact.outcome, note=fact.note or None
        )
        # The same can happen again after it was undone.
        cause = f"redemption:{fact.redemption_id}:{fact.outcome}:{time_text(fact.at)}"
        if fact.actor_id != fact.user_id:
            _leave([(fact.user_id, NoticeKind.REDEMPTION_SETTLED, about, cause)])
        readers = list(_settlers(fact.user_id))
        # It waits for nobody any more, so no bell need say that it does.
        sql.run_many(SEEN, [(time_text(clock.now()), reader_id, f"redemption:{fact.redemption_id}") for reader_id in readers])
        if fact.outcome in ("cancelled", "expired"):
            more = about | {"client_id": fact.user_id}
            _leave((reader_id, NoticeKind.REDEMPTION_SETTLED, more, cause) for reader_id in readers)


def _settlers(client_id: int) -> Iterator[int]:
    client = user_by_id(client_id)
    return (reader.id for reader in (settlers_of(client) if client else ()))


def notice_undone(facts: Sequence[EventUndone]) -> None:
    """Tell people which of their events somebody else has undone, and why."""
    _leave(
        (
            fact.user_id,
            NoticeKind.EVENT_UNDONE,
            _present(event_id=fact.event_id, activity=fact.activity, actor_id=fact.actor_id, reason=fact.reason),
            f"undo:{fact.event_id}",
        )
        for fact in facts
        if fact.actor_id != fact.user_id
    )


def notice_answers(facts: Sequence[QuestionAnswered]) -> None:
    """Tell people what came of a question of theirs."""
    _leave(
        (
            fact.user_id,
            NoticeKind.QUESTION_ANSWERED,
            _present(
                question_id=fact.question_id, activity=fact.activity, outcome=fact.outcome, answer=fact.answer, actor_id=fact.answered_by
            ),
            f"question:{fact.question_id}",
        )
        for fact in facts
    )


def _leave(notices: Any) -> None:
    now = time_text(clock.now())
    sql.run_many(NOTICE, [(user_id, kind, documents.canonical(about), cause, now) for user_id, kind, about, cause in notices])


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
