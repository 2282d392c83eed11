"""Reaching a level is a moment that is shown once: until the person has seen it."""

from rewards.kit import clock, sql
from rewards.kit.columns import time_text


def acknowledge_reaches(*, user_id: int, up_to: int) -> int:
    """They have seen what they reached, up to the level with this number; how many were new."""
    statement = "UPDATE level_reaches SET seen_at = ? WHERE user_id = ? AND number <= ? AND seen_at IS NULL"
    return sql.run(statement, (time_text(clock.now()), user_id, up_to))
