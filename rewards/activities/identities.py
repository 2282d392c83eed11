"""The ids of activities, by key. A key that was never seen gets one: what is not registered is recorded all the same."""

from collections.abc import Iterable

from rewards.kit import sql
from rewards.kit.database import db

TOPIC = "activity id"


def activity_ids(keys: Iterable[str]) -> dict[str, int]:
    """The id of each of these keys, made where it is missing."""
    found = {key: db.recall(TOPIC, key) for key in keys}
    absent = sorted(key for key, known in found.items() if known is None)
    if absent:
        sql.run_many(
            "INSERT INTO activities (key, category) VALUES (?, 'participation') ON CONFLICT (key) DO NOTHING", [(key,) for key in absent]
        )
        for activity_id, key in sql.rows(f"SELECT id, key FROM activities WHERE key IN ({sql.marks(absent)})", absent):
            found[key] = activity_id
            db.remember(TOPIC, key, activity_id)
    return found


def activity_keys(ids: Iterable[int]) -> dict[int, str]:
    """The key of each of these ids."""
    found = {activity_id: db.recall("activity key", activity_id) for activity_id in ids}
    absent = [activity_id for activity_id, known in found.items() if known is None]
    if absent:
        for activity_id, key in sql.rows(f"SELECT id, key FROM activities WHERE id IN ({sql.marks(absent)})", absent):
            found[activity_id] = key
            db.remember("activity key", activity_id, key)
    return found
