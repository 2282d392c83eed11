"""Rewards for other systems: what there is, handing one out, redeeming one for points, and what a client has."""

import secrets
from typing import Any

from pydantic import ConfigDict, Field

from rewards.api.door import door, write_once
from rewards.api.values import MoneyShown, Page, Shown, Told, User, moment
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.ledger.models import POINTS
from rewards.ledger.money import money
from rewards.ledger.queries import balances_of
from rewards.people.references import client_id_named
from rewards.shop.catalogue import all_rewards, reward_id_named
from rewards.shop.giving import issue
from rewards.shop.models import Period, RedemptionStatus, Reward, RewardType
from rewards.shop.queries import Redeemed, redemption_of, redemptions_of
from rewards.shop.redeeming import redeem

TAG = "Rewards"


class ForUser(Told):
    """Who it is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "ext:abc"}]})

    user: User


class LimitShown(Shown):
    """How often one person may redeem it."""

    count: int
    period: Period


class RewardShown(Shown):
    """A reward."""

    id: int
    key: str
    external_id: str | None = Field(description="What your system knows it by.")
    coach_id: int | None = Field(description="Whose clients it is for; null: everybody.")
    name: str
    description: str
    type: RewardType
    points_cost: int
    stock: int | None = Field(description="How many are left; null: as many as anybody wants.")
    active: bool
    value: MoneyShown | None
    payload: dict[str, Any] | None
    external_url: str | None
    available_from: str | None
    available_until: str | None = Field(description="The first moment at which it is not offered any more.")
    limit: LimitShown | None
    level_number: int | None = Field(description="The level at which it opens.")
    valid_days: int | None


class RewardsShown(Shown):
    """One page of rewards, newest first."""

    items: list[RewardShown]
    next_cursor: str | None


class RedemptionShown(Shown):
    """A reward that somebody redeemed or was given; name, price and worth are those of that moment."""

    id: int
    reward_id: int
    user_id: int
    name: str
    type: RewardType
    points: int
    value: MoneyShown | None
    status: RedemptionStatus
    given: bool = Field(description="Issued by a system or granted by a rule, at no points.")
    source: str = Field(examples=["page", "service:1", "rule"])
    note: str = Field(description="What whoever settled it wrote for the client.")
    code: str | None = Field(description="The voucher code, once it is fulfilled.")
    requested_at: str
    expires_at: str | None = Field(description="Until when it waits to be fulfilled.")
    settled_at: str | None


class RedemptionsShown(Shown):
    """One page of redemptions, newest first."""

    items: list[RedemptionShown]
    next_cursor: str | None


class RewardTaken(RedemptionShown):
    """The redemption, and the points that are left."""

    balance: int


@door.get("/rewards", tag=TAG, permission=Permission.REWARDS_READ, answers={200: RewardsShown})
def list_rewards(caller: Caller, query: Page) -> Answer:
    """Every reward there is, coaches' own among them, switched off or not."""
    rewards = all_rewards(before_id=query.before_id, limit=query.limit + 1)
    items = rewards[: query.limit]
    return Answer(200, {"items": [_reward(one) for one in items], "next_cursor": _cursor(items, is_last=len(rewards) <= query.limit)})


@door.post("/rewards/<reward>/issue", tag=TAG, permission=Permission.REWARDS_WRITE, answers={201: RewardTaken})
def issue_reward(caller: Caller, reward: str, body: ForUser) -> Answer:
    """Hand a reward to a client at no points. It is fulfilled by that; price, level, limit and window do not count, stock does."""

    def work(key: str | None) -> Answer:
        user_id = client_id_named(body.user)
        made = issue(user_id=user_id, reward_id=reward_id_named(reward), idempotency_key=_name(key), source=caller.source)
        return _taken(user_id, made.id)

    return write_once(caller, "rewards/issue", [reward, body.user], work)


@door.post("/rewards/<reward>/redeem", tag=TAG, permission=Permission.REWARDS_WRITE, answers={201: RewardTaken})
def redeem_reward(caller: Caller, reward: str, body: ForUser) -> Answer:
    """Redeem a reward for a client's points, as they would on their page. It waits for their coach; refused with what stands in the way."""

    def work(key: str | None) -> Answer:
        user_id = client_id_named(body.user)
        made = redeem(user_id=user_id, reward_id=reward_id_named(reward), idempotency_key=_name(key), source=caller.source)
        return _taken(user_id, made.id)

    return write_once(caller, "rewards/redeem", [reward, body.user], work)


@door.get("/users/<user>/rewards", tag=TAG, permission=Permission.REWARDS_READ, answers={200: RedemptionsShown})
def list_redemptions(caller: Caller, user: str, query: Page) -> Answer:
    """What a client redeemed or was given, newest first."""
    found = redemptions_of(client_id_named(user), before_id=query.before_id, limit=query.limit + 1)
    items = found[: query.limit]
    cursor = _cursor([one.redemption for one in items], is_last=len(found) <= query.limit)
    return Answer(200, {"items": [_redemption(one) for one in items], "next_cursor": cursor})


def _name(key: str | None) -> str:
    # Whoever names no request means a new one each time.
    return key or secrets.token_hex(16)


def _cursor(items: list[Any], *, is_last: bool) -> str | None:
    return None if is_last else str(items[-1].id)


def _taken(user_id: int, redemption_id: int) -> Answer:
    told = _redemption(redemption_of(user_id, redemption_id))
    return Answer(201, told | {"balance": balances_of(user_id).get(POINTS, 0)})


def _value(one: Any) -> dict[str, object] | None:
    return money(one.currency, one.value_minor) if one.currency and one.value_minor is not None else None


def _reward(reward: Reward) -> dict[str, Any]:
    return {
        "id": reward.id,
        "key": reward.key,
        "external_id": reward.external_id,
        "coach_id": reward.coach_id,
        "name": reward.name,
        "description": reward.description,
        "type": reward.type,
        "points_cost": reward.points_cost,
        "stock": reward.stock,
        "active": reward.active,
        "value": _value(reward),
        "payload": reward.payload,
        "external_url": reward.external_url,
        "available_from": moment(reward.available_from),
        "available_until": moment(reward.available_until),
        "limit": {"count": reward.limit_count, "period": reward.limit_period} if reward.limit_count is not None else None,
        "level_number": reward.level_number,
        "valid_days": reward.valid_days,
    }


def _redemption(redeemed: Redeemed) -> dict[str, Any]:
    one = redeemed.redemption
    return {
        "id": one.id,
        "reward_id": one.reward_id,
        "user_id": one.user_id,
        "name": one.name,
        "type": one.type,
        "points": one.points,
        "value": _value(one),
        "status": one.status,
        "given": one.given,
        "source": one.source,
        "note": one.coach_note,
        "code": redeemed.code,
        "requested_at": moment(one.requested_at),
        "expires_at": moment(one.expires_at),
        "settled_at": moment(one.settled_at),
    }
