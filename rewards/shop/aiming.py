"""What somebody saves for: one reward at a time, for as long as they like."""

from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.shop.models import Reward
from rewards.shop.redeeming import ID_MAX, held_person, is_for

AIM = "INSERT INTO aims (user_id, reward_id) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET reward_id = excluded.reward_id"


def aim_at(*, user_id: int, reward_id: int) -> None:
    """Save for this one from now on, and for no other. Raises NotFound where it is not offered to them."""
    person = held_person(user_id)
    reward = db.session.get(Reward, reward_id) if 0 < reward_id < ID_MAX else None
    if reward is None or not is_for(reward, person):
        raise NotFound(f"reward {reward_id}")
    sql.run(AIM, (user_id, reward_id))


def stop_aiming(*, user_id: int) -> None:
    """Save for nothing in particular."""
    sql.run("DELETE FROM aims WHERE user_id = ?", (user_id,))
