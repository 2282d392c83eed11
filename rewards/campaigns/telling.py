"""Announces who has earned a campaign's reward, each once and in turn: many at a time, and never so many that others wait long."""

from collections.abc import Iterable

from rewards.campaigns.facts import RewardEarned
from rewards.kit import sql
from rewards.kit.announcing import announce
from rewards.kit.database import db

NEW = (
    "SELECT id, subscriber_id FROM subscriber_rewards WHERE reward_id = ? AND status = 'earned'"
    " AND id > (SELECT announced_id FROM campaign_rewards WHERE id = ?) ORDER BY id LIMIT ?"
)
UNTOLD = (
    "SELECT id FROM campaign_rewards WHERE EXISTS (SELECT 1 FROM subscriber_rewards w WHERE w.reward_id = campaign_rewards.id"
    " AND w.status = 'earned' AND w.id > campaign_rewards.announced_id) ORDER BY id"
)
BLOCK = 500
BLOCKS_MAX = 20


def tell_winners(reward_ids: Iterable[int], *, limit: int) -> int:
    """Announce so many of each reward at most, whoever earned it first; how many. The rewards must be held."""
    told = 0
    for reward_id in reward_ids:
        if found := sql.rows(NEW, (reward_id, reward_id, limit)):
            sql.run("UPDATE campaign_rewards SET announced_id = ? WHERE id = ?", (found[-1][0], reward_id))
            announce(RewardEarned(row_id, subscriber_id) for row_id, subscriber_id in found)
            told += len(found)
    return told


def tell_waiting() -> int:
    """Announce those who wait for it, some hundred in each write block; how many. What is left is for the next run."""
    with db.read():
        untold = [row[0] for row in sql.rows(UNTOLD)]
    told = 0
    for _ in range(BLOCKS_MAX):
        if not untold:
            break
        with db.write():
            sql.rows(f"SELECT id FROM campaign_rewards WHERE id = ?{sql.lock_clause()}", (untold[0],))
            some = tell_winners(untold[:1], limit=BLOCK)
        told += some
        if some < BLOCK:
            untold.pop(0)
    return told
