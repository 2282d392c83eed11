"""Coaches look after their own rewards and admins after all; what is stored reads as it was written, and every change is on record."""

from typing import Any

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound, Refused
from rewards.kit.written import read_part
from rewards.people.models import Role
from rewards.shop import offering
from rewards.shop.describing import document_of
from rewards.shop.documents import RewardDocument
from tests.cast import user
from tests.programmes import define

FULL: dict[str, Any] = {
    "key": "ticket",
    "name": "A ticket",
    "description": "For two",
    "type": "discount",
    "points_cost": 120,
    "stock": 7,
    "picture_alt": "A ticket",
    "value_minor": 1500,
    "currency": "EUR",
    "payload": {"group": "beta", "weight": 1.5, "tags": ["a", None, True]},
    "external_url": "https://tickets.example.org/7",
    "external_id": "T-7",
    "available_from": "2026-03-01",
    "available_until": "2026-04-01T10:00:00+02:00",
    "limit_count": 2,
    "limit_period": "month",
    "level_number": 2,
    "valid_days": 30,
    "active": False,
}


def change(shop, reward, by, **members):
    with db.write():
        document = RewardDocument.model_validate({"key": "bottle", "points_cost": 50, **members})
        return offering.change_reward(reward_id=reward.id, reward=document, actor=shop.person(by))


def deeds():
    with db.read():
        return [row[0] for row in sql.rows("SELECT action FROM audit_entries WHERE object_kind = 'reward' ORDER BY id")]


def test_a_reward_reads_as_it_was_written(database, shop):
    stored = document_of(shop.add(**FULL)).plain(short=True)
    moments = {"available_from": "2026-03-01T00:00:00Z", "available_until": "2026-04-01T08:00:00Z"}
    assert stored == FULL | moments
    assert document_of(shop.add(key="plain")).plain(short=True) == {"key": "plain", "name": "Plain", "points_cost": 50}


def test_a_worth_without_a_currency_is_in_the_programmes_own(database, shop):
    define(programme={"currency": "CHF"})
    assert shop.add(value_minor=5).currency == "CHF"


def test_two_of_one_name_have_keys_of_their_own(database, shop):
    assert [shop.add().key, shop.add().key, shop.add(by=shop.bo).key] == ["bottle", "bottle_2", "bottle_3"]


def test_a_coachs_reward_is_theirs_whatever_they_write(database, shop):
    assert shop.add(by=shop.bo, coach="dee@example.com").coach_id == shop.bo
    assert shop.add(by=shop.dee, coach="bo@example.com").coach_id == shop.bo
    assert shop.add(by=shop.dee).coach_id is None
    with pytest.raises(Invalid, match="coach"):
        shop.add(by=shop.dee, coach="ada@example.com")
    with pytest.raises(Forbidden):
        shop.add(by=shop.ada)


def test_what_is_another_coachs_or_the_systems_is_not_there_for_a_coach(database, shop):
    with database.write():
        eve = user("eve", Role.COACH)
    for reward in (shop.add(by=shop.bo), shop.add(by=shop.dee)):
        for verb, more in (
            (offering.remove_reward, {}),
            (offering.switch_reward, {"active": False}),
            (offering.add_codes, {"codes": ["A"]}),
            (offering.take_out_codes, {}),
            (offering.picture_reward, {"picture": "a.webp", "alt": ""}),
        ):
            with pytest.raises(NotFound), database.write():
                verb(reward_id=reward.id, actor=shop.person(eve), **more)
        with pytest.raises(NotFound):
            change(shop, reward, eve)
        change(shop, reward, shop.dee, name="Changed by an admin")
    with pytest.raises(NotFound), database.write():
        offering.remove_reward(reward_id=10**30, actor=shop.person(shop.dee))


def test_a_change_keeps_key_coach_and_stock_that_it_does_not_write(database, shop):
    bottle = shop.add(by=shop.bo, stock=5)
    changed = change(shop, bottle, shop.bo, key="other", name="Jug", coach="dee@example.com")
    assert (changed.key, changed.name, changed.coach_id, changed.stock) == ("bottle", "Jug", shop.bo, 5)
    assert change(shop, bottle, shop.bo, stock=0).stock == 0
    assert change(shop, bottle, shop.bo, stock=None).stock is None


def test_only_a_change_leaves_a_record(database, shop):
    bottle = shop.add(stock=5)
    change(shop, bottle, shop.dee)
    assert deeds() == ["reward_added"]
    change(shop, bottle, shop.dee, points_cost=60)
    for active in (False, False, True):
        with database.write():
            offering.switch_reward(reward_id=bottle.id, active=active, actor=shop.person(shop.dee))
    with database.write():
        offering.picture_reward(reward_id=bottle.id, picture="a.webp", alt="A bottle", actor=shop.person(shop.dee))
        offering.remove_reward(reward_id=bottle.id, actor=shop.person(shop.dee))
    told = ["reward_added", "reward_changed", "reward_switched", "reward_switched", "reward_pictured", "reward_removed"]
    assert deeds() == told


def test_what_was_redeemed_or_is_given_by_a_rule_is_switched_off_and_not_removed(database, shop):
    bottle, gift = shop.add(), shop.add(key="gift")
    define(rules=[{"key": "thanks", "pattern": {"action": "thanked"}, "outcome": {"type": "grant_reward", "reward": "gift"}}])
    shop.cancel(shop.redeem(shop.ada, bottle))
    for reward, reason in ((bottle, "redeemed"), (gift, "given_by_rule")):
        with pytest.raises(Refused) as refused, database.write():
            offering.remove_reward(reward_id=reward.id, actor=shop.person(shop.dee))
        assert refused.value.code == reason
        assert "Switch it off instead" in refused.value.message


def test_codes_are_counted_once_and_the_free_ones_can_be_taken_out(database, shop):
    ticket = shop.add(key="ticket", stock=40, codes=["A-1", " A-2 ", "A-1", ""])
    assert (ticket.pooled, ticket.stock) == (True, 2)
    shop.redeem(shop.ada, ticket)
    with database.write():
        assert offering.add_codes(reward_id=ticket.id, codes=["A-2", "A-3"], actor=shop.person(shop.dee)) == 1
    assert shop.stock(ticket) == 2
    with database.write():
        assert offering.take_out_codes(reward_id=ticket.id, actor=shop.person(shop.dee)) == 2
    assert shop.stock(ticket) == 0
    with pytest.raises(Invalid, match="pooled"):
        change(shop, ticket, shop.dee, stock=5)
    assert change(shop, ticket, shop.dee, pooled=True, name="Entry").stock == 0
    for wrong in ([], [" "], ["x" * 201], ["a\x00b"], [str(number) for number in range(10_001)]):
        with pytest.raises(Invalid, match="codes"), database.write():
            offering.add_codes(reward_id=ticket.id, codes=wrong, actor=shop.person(shop.dee))


def test_a_level_and_an_external_id_must_be_there_and_free(database, shop):
    shop.add(external_id="B-1")
    with pytest.raises(Invalid, match="external_id"):
        shop.add(external_id="B-1")
    with pytest.raises(Invalid, match="level_number"):
        shop.add(level_number=9)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({}, "points_cost"),
        ({"points_cost": -1}, "points_cost"),
        ({"points_cost": 1.5}, "points_cost"),
        ({"points_cost": True}, "points_cost"),
        ({"points_cost": 9_000_000_000_000_001}, "points_cost"),
        ({"points_cost": 1, "stock": -1}, "stock"),
        ({"points_cost": 1, "stock": 3, "pooled": True}, "stock"),
        ({"points_cost": 1, "type": "cashback"}, "value_minor"),
        ({"points_cost": 1, "type": "car"}, "type"),
        ({"points_cost": 1, "currency": "USD"}, "currency"),
        ({"points_cost": 1, "limit_count": 1}, "limit_period"),
        ({"points_cost": 1, "limit_period": "week"}, "limit_count"),
        ({"points_cost": 1, "valid_days": 0}, "valid_days"),
        ({"points_cost": 1, "available_from": "2026-02-01", "available_until": "2026-02-01"}, "available_until"),
        ({"points_cost": 1, "available_from": "soon"}, "available_from"),
        ({"points_cost": 1, "external_url": "javascript:alert(1)"}, "external_url"),
        ({"points_cost": 1, "external_url": "https://"}, "external_url"),
        ({"points_cost": 1, "external_id": "a/b"}, "external_id"),
        ({"points_cost": 1, "payload": [1]}, "payload"),
        ({"points_cost": 1, "payload": {"x": "x" * 20_000}}, "payload"),
        ({"points_cost": 1, "price": 3}, "price"),
    ],
)
def test_nonsense_is_refused_by_name(members, field):
    with pytest.raises(Invalid) as invalid:
        read_part(RewardDocument, {"key": "bottle", **members}, "rewards[0]")
    assert [problem.field for problem in invalid.value.problems] == [f"rewards[0].{field}"]
