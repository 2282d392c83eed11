"""Gives what is neither an event nor a movement its place in the order of what was decided about a person."""

from typing import Literal

from rewards.kit import sql

INSERT = "INSERT INTO inputs (decided_no, user_id, kind, event_id, achievement_id, version_id, actor_id) VALUES (?, ?, ?, ?, ?, ?, ?)"


def take_turn(
    *,
    user_id: int,
    kind: Literal["undo", "unlock"],
    version_id: int,
    event_id: int | None = None,
    achievement_id: int | None = None,
    actor_id: int | None = None,
    ids: sql.IdSource | None = None,
) -> int:
    """Record that it happens now, after everything else; its number. The person must be locked.

    `ids`: where ids of events are given out in the same block already.
    """
    number = ids.take() if ids else sql.take_ids("events", 1)[0]
    sql.run(INSERT, (number, user_id, kind, event_id, achievement_id, version_id, actor_id))
    return number
