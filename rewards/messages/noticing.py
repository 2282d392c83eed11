"""Leaves notices for people, beside what they tell of. What is told again finds the notice that is there."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from rewards.earning.facts import AchievementUnlocked, BalanceAdjusted, LevelReached
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text

NOTICE = "INSERT INTO notices (user_id, kind, about, cause, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, cause) DO NOTHING"


class NoticeKind(StrEnum):
    """What a notice tells."""

    # about: number, name
    LEVEL_REACHED = "level_reached"
    # about: achievement (its key), awarded_by (an id; absent where it came by itself), note
    ACHIEVEMENT_UNLOCKED = "achievement_unlocked"
    # about: asset, amount (below 0: taken away), reason, actor_id
    BALANCE_ADJUSTED = "balance_adjusted"


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


def _leave(notices: Any) -> None:
    now = time_text(clock.now())
    sql.run_many(NOTICE, [(user_id, kind, documents.canonical(about), cause, now) for user_id, kind, about, cause in notices])


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
