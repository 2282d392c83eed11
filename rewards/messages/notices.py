"""What people ask about their notices, and how one comes to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select

from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import NotFound
from rewards.messages.models import Notice

PAGE_ROWS = 25
ID_MAX = 2**62
SEEN_KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice; what `about` holds is told with each kind."""

    id: int
    kind: str
    about: Mapping[str, Any]
    created_at: datetime
    seen_at: datetime | None


def unseen_of(user_id: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """How many somebody has not seen, as a part of a larger question that has them in this column."""
    return select(func.count()).where(Notice.user_id == user_id, Notice.seen_at.is_(None)).scalar_subquery()


def notices_of(user_id: int, *, seen: bool | None = None, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[NoticeLine]:
    """A page of somebody's, newest first, those with an id below `before_id`; only the seen or the unseen ones, where it says so."""
    which = {None: "", True: " AND seen_at IS NOT NULL", False: " AND seen_at IS NULL"}[seen]
    question = f"SELECT id, kind, about, created_at, seen_at FROM notices WHERE user_id = ? AND id < ?{which} ORDER BY id DESC LIMIT ?"
    return [
        NoticeLine(notice_id, kind, documents.parse(about), time_from_text(at), time_from_text(seen_at) if seen_at else None)
        for notice_id, kind, about, at, seen_at in sql.rows(question, (user_id, min(before_id or ID_MAX, ID_MAX), limit))
    ]


def mark_seen(*, user_id: int, up_to_id: int = ID_MAX, kinds: Sequence[str] = ()) -> int:
    """They have seen theirs, as far as they were shown, and only of some kinds where it says so; how many were new."""
    only = f" AND kind IN ({sql.marks(kinds)})" if kinds else ""
    statement = f"UPDATE notices SET seen_at = ? WHERE user_id = ? AND id <= ? AND seen_at IS NULL{only}"
    return sql.run(statement, (time_text(clock.now()), user_id, min(up_to_id, ID_MAX), *kinds))


def mark_one_seen(*, user_id: int, notice_id: int) -> None:
    """They have seen this one; again changes nothing. Raises NotFound for another's, as for none."""
    statement = "UPDATE notices SET seen_at = coalesce(seen_at, ?) WHERE user_id = ? AND id = ?"
    if not sql.run(statement, (time_text(clock.now()), user_id, min(notice_id, ID_MAX))):
        raise NotFound(f"notice {notice_id}")


def forget_old_notices() -> int:
    """Delete those that were seen a year ago; how many."""
    return sql.run("DELETE FROM notices WHERE seen_at < ?", (time_text(clock.now() - SEEN_KEPT_FOR),))
