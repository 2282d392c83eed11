"""Everybody sees what is theirs to see: clients their shelf, coaches the redemptions of their clients, admins all."""

from datetime import timedelta

import pytest

from rewards.kit.errors import NotFound
from rewards.people.models import Role
from rewards.shop.aiming import aim_at, stop_aiming
from rewards.shop.catalogue import reward_of, rewards_of
from rewards.shop.queries import desk, desk_row, next_reward, offer, redemptions_of, shelf, waiting
from tests.cast import user
from tests.shop.conftest import NOON


def names(offers):
    return [one.reward.key for one in offers]


def code(one):
    return one.obstacle and one.obstacle.code


def next_of(shop, user_id):
    found = next_reward(shop.person(user_id))
    assert found is not None
    return found


def test_a_shelf_holds_the_systems_rewards_and_those_of_ones_own_coach(database, shop):
    with database.write():
        eve = user("eve", Role.COACH)
    shop.add(key="dear", points_cost=900)
    shop.add(key="own", by=shop.bo, points_cost=100)
    shop.add(key="others", by=eve)
    shop.add(key="off", active=False)
    shop.add(key="over", available_until="2026-01-01")
    shop.add(key="soon", points_cost=10, available_from="2026-05-01")
    with database.read():
        offers = shelf(shop.person(shop.ada))
        assert names(offers) == ["soon", "own", "dear"]
        assert [one.owner for one in offers] == [None, "Bo", None]
        assert [one.may_redeem for one in offers] == [False, True, False]
        assert [one.sentence for one in offers] == ["Opens on 1 May 2026 at 02:00.", "", "700 points to go."]
        assert (offers[2].missing, round(offers[2].ratio, 3)) == (700, 0.222)
        assert names(shelf(shop.person(shop.cy))) == ["soon", "dear"]
        with pytest.raises(NotFound):
            offer(shop.person(shop.ada), 3)


def test_a_shelf_tells_limits_and_what_is_gone(database, shop):
    once = shop.add(key="once", points_cost=10, limit_count=1, limit_period="week")
    shop.add(key="gone", points_cost=20, stock=0)
    shop.redeem(shop.ada, once)
    with database.read():
        assert [code(one) for one in shelf(shop.person(shop.ada))] == ["limit_reached", "sold_out"]
        assert shelf(shop.person(shop.ada))[1].sentence == "None are left."
        assert code(offer(shop.person(shop.cy), once.id)) == "too_few_points"


def test_the_next_reward_is_the_aim_or_the_dearest_within_reach_or_the_nearest(database, shop):
    with database.read():
        assert next_reward(shop.person(shop.ada)) is None
    far, near = shop.add(key="far", points_cost=900), shop.add(key="near", points_cost=300)
    with database.read():
        assert next_of(shop, shop.ada).reward.id == near.id
    shop.add(key="cheap", points_cost=10)
    dearer = shop.add(key="dearer", points_cost=190)
    with database.read():
        assert next_of(shop, shop.ada).reward.id == dearer.id
    for target in (near, far):
        with database.write():
            aim_at(user_id=shop.ada, reward_id=target.id)
        with database.read():
            found = next_of(shop, shop.ada)
            assert (found.reward.id, found.is_aim) == (target.id, True)
            assert not next_of(shop, shop.cy).is_aim
    with database.write():
        stop_aiming(user_id=shop.ada)
    with database.read():
        assert next_of(shop, shop.ada).reward.id == dearer.id


def test_nobody_aims_at_what_is_not_theirs(database, shop):
    own = shop.add(by=shop.bo)
    for reward_id in (own.id, 0, 10**30):
        with pytest.raises(NotFound), database.write():
            aim_at(user_id=shop.cy, reward_id=reward_id)


def test_a_desk_shows_what_waits_the_oldest_first_and_what_is_done_the_latest_first(database, shop, clock):
    shop.give(shop.cy, 200)
    bottle = shop.add(points_cost=10)
    redeemed = []
    for number, who in enumerate((shop.ada, shop.cy, shop.ada)):
        clock.set_to(NOON + timedelta(minutes=number))
        redeemed.append(shop.redeem(who, bottle))
    ids = [one.id for one in redeemed]
    with database.read():
        assert [row.redemption.id for row in desk(shop.person(shop.dee), "pending")] == ids
        assert [row.client for row in desk(shop.person(shop.bo), "pending")] == ["Ada", "Ada"]
        assert [row.redemption.id for row in desk(shop.person(shop.dee), "pending", limit=1)] == ids[:2]
        assert [row.redemption.id for row in desk(shop.person(shop.dee), "pending", limit=1, page=3)] == ids[2:]
        assert (waiting(shop.person(shop.dee)), waiting(shop.person(shop.bo))) == (3, 2)
        assert waiting(shop.person(shop.ada)) == 0
        assert desk(shop.person(shop.ada), "pending") == []
        with pytest.raises(NotFound):
            desk_row(shop.person(shop.bo), ids[1])
        assert desk_row(shop.person(shop.dee), ids[1]).client == "Cy"
    for number, one in enumerate((redeemed[2], redeemed[0])):
        clock.set_to(NOON + timedelta(hours=1 + number))
        shop.fulfil(one)
    with database.read():
        rows = desk(shop.person(shop.bo), "fulfilled")
        assert [(row.redemption.id, row.settler) for row in rows] == [(ids[0], "Bo"), (ids[2], "Bo")]


def test_what_somebody_redeemed_comes_page_by_page_newest_first(database, shop):
    bottle = shop.add(points_cost=1)
    ids = [shop.redeem(shop.ada, bottle).id for _ in range(5)]
    with database.read():
        first = redemptions_of(shop.ada, limit=3)
        rest = redemptions_of(shop.ada, limit=3, before_id=first[-1].redemption.id)
        assert [row.redemption.id for row in first + rest] == ids[::-1]
        assert redemptions_of(shop.cy) == []


def test_a_coach_looks_after_their_own_and_sees_the_systems(database, shop):
    with database.write():
        eve = user("eve", Role.COACH)
    own, system, others = shop.add(key="own", by=shop.bo), shop.add(key="system", stock=5), shop.add(key="others", by=eve)
    shop.redeem(shop.ada, system)
    shop.cancel(shop.redeem(shop.ada, system))
    with database.read():
        seen = {row.reward.id: (row.owner, row.redeemed) for row in rewards_of(shop.person(shop.bo))}
        assert seen == {own.id: ("Bo", 0), system.id: (None, 1)}
        assert len(rewards_of(shop.person(shop.dee))) == 3
        assert reward_of(shop.person(shop.bo), system.id).redeemed == 1
        for reward_id in (others.id, 0, 10**30):
            with pytest.raises(NotFound):
                reward_of(shop.person(shop.bo), reward_id)
