"""A reward that is given costs nothing, is given once for its cause, and takes what there is of it like any other."""

from datetime import timedelta

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.programme.verifying import verify
from rewards.shop.giving import issue
from rewards.shop.queries import redemptions_of
from tests.programmes import define, did, play, play_one_by_one, workout
from tests.shop.conftest import NOON

GIFT = {"key": "gift", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "grant_reward", "reward": "bottle"}}


pytestmark = pytest.mark.usefixtures("wired")


def had(user_id):
    with db.read():
        return [(row.redemption.status, row.redemption.points, row.redemption.source) for row in redemptions_of(user_id)]


def give(shop, user_id, reward, key="k"):
    with db.write():
        return issue(user_id=user_id, reward_id=reward.id, idempotency_key=key, source="service:1")


def test_a_rule_gives_a_reward_once_for_each_event(database, shop):
    bottle = shop.add(stock=5)
    define(activities=[workout()], rules=[GIFT, GIFT | {"key": "again"}])
    answers = play(did(shop.ada, at=NOON, idempotency_key="one"), did(shop.ada, at=NOON, idempotency_key="two"))
    assert [answer["points_awarded"] for answer in answers] == [20, 20]
    play(did(shop.ada, at=NOON, idempotency_key="one"))
    assert had(shop.ada) == [("pending", 0, "rule")] * 2
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (240, 3)
    with database.read():
        assert verify() == []


def test_what_a_rule_gave_is_handed_out_or_not_and_never_costs_anything(database, shop):
    bottle = shop.add(stock=2)
    define(activities=[workout()], rules=[GIFT])
    play_one_by_one(did(shop.ada, at=NOON, idempotency_key="one"), did(shop.ada, at=NOON, idempotency_key="two"))
    with database.read():
        first, second = [row.redemption for row in redemptions_of(shop.ada)]
    shop.fulfil(first)
    shop.reject(second)
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (240, 1)
    with database.read():
        assert verify() == []


def test_what_cannot_be_given_fails_no_event_and_is_on_record(database, shop):
    shop.add(stock=1)
    define(activities=[workout()], rules=[GIFT])
    answers = play(*(did(who, at=NOON) for who in (shop.ada, shop.cy)))
    assert [answer["points_awarded"] for answer in answers] == [20, 20]
    assert (had(shop.ada), had(shop.cy)) == ([("pending", 0, "rule")], [])
    with database.read():
        found = sql.rows("SELECT object_id, note FROM audit_entries WHERE action = 'reward_not_given'")
        assert found == [("bottle", "sold_out")]


def test_a_coachs_reward_is_given_to_that_coachs_clients_alone(database, shop):
    shop.add(by=shop.bo)
    define(activities=[workout()], rules=[GIFT])
    play(*(did(who, at=NOON) for who in (shop.ada, shop.cy)))
    assert (len(had(shop.ada)), len(had(shop.cy))) == (1, 0)


def test_a_gift_counts_to_nobodys_limit(database, shop, clock):
    bottle = shop.add(limit_count=1, limit_period="ever")
    define(activities=[workout()], rules=[GIFT])
    play(did(shop.ada, at=NOON))
    assert shop.redeem(shop.ada, bottle).is_pending


def test_what_another_system_issues_is_handed_out_by_that(database, shop):
    ticket = shop.add(key="ticket", codes=["A-1"], level_number=3, available_from="2027-01-01")
    redemption = give(shop, shop.cy, ticket)
    assert (redemption.status, redemption.points, redemption.given, redemption.settled_at) == ("fulfilled", 0, True, NOON)
    assert give(shop, shop.cy, ticket).id == redemption.id
    with database.read():
        assert redemptions_of(shop.cy)[0].code == "A-1"
        assert verify() == []
    with pytest.raises(Refused, match="last one"):
        give(shop, shop.ada, ticket, "other")
    with pytest.raises(Invalid, match="idempotency_key"):
        give(shop, shop.ada, ticket)


def test_issued_cashback_is_paid(database, shop):
    give(shop, shop.ada, shop.add(type="cashback", value_minor=300))
    assert (shop.balance(shop.ada, "USD"), shop.balance(shop.ada)) == (300, 200)
    with database.read():
        assert verify() == []


def test_nothing_is_issued_of_what_is_not_offered_or_to_who_is_switched_off(database, shop, clock):
    with pytest.raises(NotFound):
        give(shop, shop.cy, shop.add(by=shop.bo))
    with pytest.raises(Refused) as refused:
        give(shop, shop.ada, shop.add(active=False))
    assert refused.value.code == "switched_off"
    bottle = shop.add()
    clock.set_to(NOON + timedelta(days=1))
    with database.write():
        sql.run("UPDATE users SET status = 'disabled' WHERE id = ?", (shop.ada,))
    with pytest.raises(Refused) as refused:
        give(shop, shop.ada, bottle)
    assert refused.value.code == "disabled"
