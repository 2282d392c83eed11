"""Takes people one at a time: whoever changes what somebody earned holds them until commit."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.people.zones import zone_in_force


class Person(NamedTuple):
    """What a decision needs to know of somebody, besides what they earned."""

    id: int
    timezone: str
    timezone_since: datetime | None
    joined_on: date
    tags: tuple[str, ...]
    coach_id: int | None
    is_active: bool

    def zone_at(self, moment: datetime) -> ZoneInfo:
        """The zone in force for them at `moment`: what is a day there."""
        return zone_in_force(user_id=self.id, timezone=self.timezone, since=self.timezone_since, moment=moment)


def look_at_people(user_ids: Iterable[int]) -> dict[int, Person]:
    """These people as they are, held by nobody: for questions."""
    return _people(sorted(set(user_ids)), "")


def lock_people(user_ids: Iterable[int]) -> dict[int, Person]:
    """Hold these people until commit, in the order of their ids, so that nobody waits in a circle. Absent ones are left out."""
    return _people(sorted(set(user_ids)), sql.lock_clause())


def _people(ids: Sequence[int], lock: str) -> dict[int, Person]:
    if not ids:
        return {}
    columns = "id, timezone, timezone_since, joined_on, tags, coach_id, status"
    question = f"SELECT {columns} FROM users WHERE id IN ({sql.marks(ids)}) ORDER BY id{lock}"
    return {row[0]: _person(*row) for row in sql.rows(question, ids)}


def _person(user_id: int, timezone: str, since: str | None, joined_on: str, tags: str, coach_id: int | None, status: str) -> Person:
    return Person(
        id=user_id,
        timezone=timezone,
        timezone_since=time_from_text(since) if since else None,
        joined_on=date.fromisoformat(joined_on),
        tags=tuple(documents.parse(tags)) if tags != "[]" else (),
        coach_id=coach_id,
        is_active=status == "active",
    )
