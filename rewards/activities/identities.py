"""The ids of activities, by key. A key that was never seen gets one: what is not registered is recorded all the same."""

from collections.abc import Iterable

from rewards.kit import sql
from rewards.kit.database import db

TOPIC = "activity id"
INSERT = "INSERT INTO activities (key, category) VALUES (?, 'participation') ON CONFLICT (key) DO NOTHING"


def activity_ids(keys: Iterable[str]) -> dict[str, int]:
    """The id of each of these keys, made where it is missing. A read block makes none: 0 is there the id of what was never seen."""
    found: dict[str, int | None] = {key: db.recall(TOPIC, key) for key in keys}
    absent = sorted(key for key, known in found.items() if known is None)
    if absent:
        if db.is_writing:
            sql.run_many(INSERT, [(key,) for key in absent])
        for activity_id, key in sql.rows(f"SELECT id, key FROM activities WHERE key IN ({sql.marks(absent)})", absent):
            found[key] = activity_id
            db.remember(TOPIC, key, activity_id)
    return {key: activity_id or 0 for key, activity_id in found.items()}


def activity_keys(ids: Iterable[int]) -> dict[int, str]:
    """The key of each of these ids."""
    found = {activity_id: db.recall("activity key", activity_id) for activity_id in ids}
    absent = [activity_id for activity_id, known in found.items() if known is None]
    if absent:
        for activity_id, key in sql.rows(f"SELECT id, key FROM activities WHERE id IN ({sql.marks(absent)})", absent):
            found[activity_id] = key
            db.remember("activity key", activity_id, key)
    return found
