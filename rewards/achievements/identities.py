"""The ids of achievements, by key."""

from collections.abc import Iterable

from rewards.kit import sql
from rewards.kit.database import db

TOPIC = "achievement id"


def achievement_ids(keys: Iterable[str]) -> dict[str, int]:
    """The id of each of these keys; every defined achievement has one."""
    found = {key: db.recall(TOPIC, key) for key in keys}
    absent = [key for key, known in found.items() if known is None]
    if absent:
        for achievement_id, key in sql.rows(f"SELECT id, key FROM achievements WHERE key IN ({sql.marks(absent)})", absent):
            found[key] = achievement_id
            db.remember(TOPIC, key, achievement_id)
    return found
