"""A shop with people in it, and quick ways to say what they do."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from rewards.kit.database import db
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import Owner
from rewards.ledger.posting import Movement, post
from rewards.ledger.queries import balances_of
from rewards.people.locking import lock_people
from rewards.people.models import User
from rewards.people.queries import user_by_id
from rewards.shop import offering, redeeming, settling
from rewards.shop.documents import RewardDocument
from rewards.shop.models import Redemption, Reward
from tests.cast import Cast
from tests.programmes import define

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # A Wednesday.
LEVELS = [
    {"number": 1, "name": "Bronze", "xp_required": 0},
    {"number": 2, "name": "Silver", "xp_required": 500},
    {"number": 3, "name": "Gold", "xp_required": 2000},
]
# No two of a process are the same, in whichever database they are used.
KEYS = count()


class Shop:
    """The cast in front of a counter. Each deed is a write block of its own."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ada, self.bo, self.cy, self.dee = cast.ada, cast.bo, cast.cy, cast.dee

    def person(self, user_id: int) -> User:
        found = user_by_id(user_id)
        assert found is not None
        return found

    def give(self, user_id: int, amount: int, asset: str = "points") -> None:
        with db.write():
            lock_people([user_id])
            post([Movement(holding_of(user_id, asset), Owner.ISSUED, amount, "a test", f"given:{next(KEYS)}")])

    def add(self, by: int | None = None, codes: list[str] | None = None, **members: Any) -> Reward:
        with db.write():
            actor = self.person(by or self.dee)
            document = RewardDocument.model_validate({"key": "bottle", "points_cost": 50, **members})
            reward = offering.add_reward(reward=document, actor=actor)
            if codes:
                offering.add_codes(reward_id=reward.id, codes=codes, actor=actor)
        return reward

    def redeem(self, user_id: int, reward: Reward, key: str | None = None, source: str = "page") -> Redemption:
        with db.write():
            return redeeming.redeem(user_id=user_id, reward_id=reward.id, idempotency_key=key or f"key {next(KEYS)}", source=source)

    def settle(self, verb: Callable[..., Redemption], redemption: Redemption, by: int, **more: Any) -> Redemption:
        with db.write():
            return verb(redemption_id=redemption.id, actor=self.person(by), **more)

    def fulfil(self, redemption: Redemption, by: int | None = None, **more: Any) -> Redemption:
        return self.settle(settling.fulfil, redemption, by or self.bo, **more)

    def reject(self, redemption: Redemption, by: int | None = None, reason: str = "Not today") -> Redemption:
        return self.settle(settling.reject, redemption, by or self.bo, reason=reason)

    def cancel(self, redemption: Redemption, by: int | None = None) -> Redemption:
        return self.settle(settling.cancel, redemption, by or self.ada)

    def reopen(self, redemption: Redemption, by: int | None = None) -> Redemption:
        return self.settle(settling.reopen, redemption, by or self.bo)

    def balance(self, user_id: int, asset: str = "points") -> int:
        with db.read():
            return balances_of(user_id).get(asset, 0)

    def stock(self, reward: Reward) -> int | None:
        with db.read() as session:
            found = session.get(Reward, reward.id)
            assert found is not None
            return found.stock


@pytest.fixture
def shop(cast, clock) -> Shop:
    """Ada has 200 points, Cy has none, and it is noon on a Wednesday."""
    clock.set_to(NOON)
    define(levels=LEVELS)
    made = Shop(cast)
    made.give(cast.ada, 200)
    return made
