"""An achievement for what was done before it existed: first a look at who would have it, then the unlocking."""

from collections.abc import Iterator

import structlog

from rewards.achievements.identities import achievement_ids
from rewards.achievements.measuring import reached
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED
from rewards.earning.compiled import CompiledAchievement
from rewards.earning.in_force import programme_in_force
from rewards.earning.measured import MeasuredEver
from rewards.earning.numbering import take_turn
from rewards.earning.settling import Settling
from rewards.earning.standing_by import open_settlings
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.kit.sql import IdSource
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import lock_people, look_at_people

log = structlog.get_logger()

# So few hold the write lock for some 50 ms at most.
CHUNK = 100


def who_would_unlock(*, achievement: str) -> list[int]:
    """The ids of those who have done enough for it already and do not have it; it changes nothing. Raises NotFound, Refused."""
    found, achievement_id = _automatic(achievement)
    would: list[int] = []
    for ids in _candidates(found, achievement_id):
        settlings = open_settlings(look_at_people(ids), ACHIEVEMENT_UNLOCKED, IdSource("events"))
        would += [settling.event.person.id for settling in settlings if _has_earned(settling, found)]
    return would


def unlock_retroactively(*, achievement: str, actor_id: int | None = None) -> list[int]:
    """Give it to them, with its bonus and everything that follows; their ids. Takes write blocks of its own, a few people at a time.

    Whoever has it already is passed over, so it can be run again after it was interrupted. Raises NotFound, Refused.
    """
    with db.read():
        found, achievement_id = _automatic(achievement)
        chunks = list(_candidates(found, achievement_id))
    unlocked: list[int] = []
    for ids in chunks:
        with db.write():
            done = _unlock(ids, found, achievement_id)
            if done:
                record_deed(Done("unlocked_retroactively", "achievement", achievement, after={"user_ids": done}), actor_id=actor_id)
            unlocked += done
    return unlocked


def _unlock(user_ids: list[int], found: CompiledAchievement, achievement_id: int) -> list[int]:
    ids = IdSource("events")
    done = []
    for settling in open_settlings(lock_people(user_ids), ACHIEVEMENT_UNLOCKED, ids):
        if achievement_id not in settling.book.unlocked and _has_earned(settling, found):
            try:
                settling.award(achievement_id, found)
                settling.unlock()
            except Refused as refusal:
                # Their account is full. Nothing of theirs is written, and the others have theirs.
                log.warning("not unlocked", achievement=found.key, user_id=settling.event.person.id, reason=str(refusal))
                continue
            done.append(settling)
    for settling in done:
        user_id = settling.event.person.id
        take_turn(user_id=user_id, kind="unlock", achievement_id=achievement_id, version_id=settling.programme.version, ids=ids)
        settling.writes.flush({user_id: settling.book})
    return [settling.event.person.id for settling in done]


def _has_earned(settling: Settling, found: CompiledAchievement) -> bool:
    return reached(found, MeasuredEver(settling.book, settling.event, settling.level)) >= (found.value or 0)


def _automatic(key: str) -> tuple[CompiledAchievement, int]:
    found = next((one for one in programme_in_force().achievements if one.key == key and one.active), None)
    if found is None:
        raise NotFound(f"achievement {key}")
    if found.type != "automatic":
        raise Refused("not_automatic", f"{found.name} is awarded by hand; nobody can have earned it already.")
    return found, achievement_ids([key])[key]


def _candidates(found: CompiledAchievement, achievement_id: int) -> Iterator[list[int]]:
    """People who do not have it yet, a few at a time."""
    question = (
        "SELECT id FROM users WHERE status = 'active' AND id > ? AND NOT EXISTS"
        " (SELECT 1 FROM unlocks WHERE user_id = users.id AND achievement_id = ?)"
    )
    question += " AND coach_id = ?" if found.coach_id else ""
    last = 0
    while ids := [row[0] for row in sql.rows(f"{question} ORDER BY id LIMIT {CHUNK}", (last, achievement_id, *_coach(found)))]:
        yield ids
        last = ids[-1]


def _coach(found: CompiledAchievement) -> tuple[int, ...]:
    return (found.coach_id,) if found.coach_id else ()
