"""A shop to visit: points in somebody's hand, rewards on the shelf, and what was redeemed already."""

from itertools import count
from typing import Any

from rewards.kit.database import Database
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import POINTS, Owner
from rewards.ledger.posting import Movement, post
from rewards.ledger.queries import balances_of
from rewards.people.locking import lock_people
from rewards.shop import offering, redeeming, settling
from rewards.shop.documents import RewardDocument
from rewards.shop.models import Redemption, Reward
from tests.web.conftest import somebody


class Counter:
    """Whoever stands behind it. Each deed is a write block of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers = count(1)

    def give(self, name: str, amount: int) -> None:
        """Points out of thin air."""
        with self.database.write():
            user_id = somebody(name).id
            lock_people([user_id])
            post([Movement(holding_of(user_id, POINTS), Owner.ISSUED, amount, "a test", f"given:{next(self._numbers)}")])

    def offer(self, owner: str = "dee", codes: list[str] | None = None, **members: Any) -> int:
        """A reward of Dee's is everybody's."""
        with self.database.write():
            actor = somebody(owner)
            document = RewardDocument.model_validate({"key": "bottle", "name": "Water bottle", "points_cost": 50, **members})
            reward = offering.add_reward(reward=document, actor=actor)
            if codes:
                offering.add_codes(reward_id=reward.id, codes=codes, actor=actor)
        return reward.id

    def redeem(self, name: str, reward_id: int) -> int:
        """What it is known by."""
        with self.database.write():
            key = f"at the counter {next(self._numbers)}"
            return redeeming.redeem(user_id=somebody(name).id, reward_id=reward_id, idempotency_key=key).id

    def settle(self, verb: str, redemption_id: int, by: str = "bo", **more: Any) -> None:
        """`fulfil`, `reject`, `cancel` or `reopen`."""
        with self.database.write():
            getattr(settling, verb)(redemption_id=redemption_id, actor=somebody(by), **more)

    def points(self, name: str) -> int:
        """What somebody has to spend."""
        with self.database.read():
            return balances_of(somebody(name).id).get(POINTS, 0)

    def redemption(self, redemption_id: int) -> Redemption:
        """As it is now."""
        with self.database.read() as session:
            found = session.get(Redemption, redemption_id)
            assert found
            return found

    def reward(self, reward_id: int) -> Reward | None:
        """As it is now; None where it is gone."""
        with self.database.read() as session:
            return session.get(Reward, reward_id)
