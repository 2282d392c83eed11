"""Rewards in the programme's document: made, changed and left alone as it says; what was exported changes nothing."""

from typing import Any

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.programme.changing import Defined, change_programme
from rewards.programme.exporting import as_json, as_yaml, export_programme
from rewards.programme.reading import read_programme
from rewards.programme.verifying import verify
from rewards.shop.redeeming import redeem
from tests.programme.test_changing import change, complaints
from tests.shop.conftest import NOON, Shop
from tests.shop.test_offering import FULL

BOTTLE: dict[str, Any] = {"key": "water_bottle", "name": "Water bottle", "points_cost": 500, "stock": 20}
LEVELS = [{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 100}]


def row(key: str = "water_bottle") -> Any:
    with db.read():
        return sql.rows("SELECT name, points_cost, stock, coach_id FROM rewards WHERE key = ?", (key,))[0]


def test_a_document_makes_changes_and_leaves_rewards(database, cast):
    first = change(rewards=[BOTTLE, {"key": "jug", "points_cost": 5}])
    assert first.created == (Defined("reward", "water_bottle"), Defined("reward", "jug"))
    assert str(first.created[0]) == "reward water_bottle"
    assert row() == ("Water bottle", 500, 20, None)
    second = change(rewards=[BOTTLE | {"points_cost": 450}, {"key": "jug", "points_cost": 5}])
    assert (second.changed, second.unchanged) == ((Defined("reward", "water_bottle"),), (Defined("reward", "jug"),))
    assert second.version is None
    assert row() == ("Water bottle", 450, 20, None)
    change(activities=[{"key": "walk_taken"}])
    assert row() == ("Water bottle", 450, 20, None)


def test_a_dry_run_tells_the_same_and_writes_nothing(database, cast):
    change(rewards=[BOTTLE])
    told = change(rewards=[BOTTLE | {"points_cost": 450}, {"key": "jug", "points_cost": 5}], dry_run=True)
    assert (told.created, told.changed) == ((Defined("reward", "jug"),), (Defined("reward", "water_bottle"),))
    assert row() == ("Water bottle", 500, 20, None)
    with db.read():
        assert sql.value("SELECT count(*) FROM rewards") == 1


def test_a_stock_that_is_not_written_stays_what_redemptions_left_of_it(database, cast):
    change(rewards=[BOTTLE | {"points_cost": 0}])
    with db.write():
        redeem(user_id=cast.ada, reward_id=sql.value("SELECT id FROM rewards"), idempotency_key="k")
    unwritten = {name: value for name, value in BOTTLE.items() if name != "stock"}
    change(rewards=[unwritten])
    assert row()[2] == 19
    change(rewards=[BOTTLE])
    assert row()[2] == 20
    change(rewards=[BOTTLE | {"stock": None}])
    assert row()[2] is None


def test_a_coachs_own_reward_names_its_coach(database, cast):
    change(rewards=[BOTTLE | {"coach": "Bo@Example.com"}])
    assert row()[3] == cast.bo
    with db.read():
        assert export_programme().rewards[0].coach == "bo@example.com"
    assert complaints(rewards=[BOTTLE | {"coach": "ada@example.com"}]) == {"rewards[0].coach": "somebody who coaches here is expected"}


@pytest.mark.parametrize(("as_text", "name"), [(as_yaml, "p.yaml"), (as_json, "p.json")])
def test_what_was_exported_changes_nothing(cast, clock, as_text, name):
    clock.set_to(NOON)
    shop = Shop(cast)
    change(levels=LEVELS, programme={"timezone": "Asia/Kathmandu"})
    shop.add(**FULL)
    shop.add(by=cast.bo, key="own", type="cashback", value_minor=250)
    shop.add(key="pool", codes=["A", "B"])
    shop.redeem(cast.ada, shop.add(key="free", points_cost=0, stock=3))
    with db.read():
        text = as_text(export_programme())
    with db.write():
        again = change_text(text, name)
    assert (again.created, again.changed, again.version) == ((), (), None)
    assert len([one for one in again.unchanged if one.kind == "reward"]) == 4
    with db.read():
        assert as_text(export_programme()) == text
        assert verify() == []


def change_text(text: str, name: str) -> Any:
    return change_programme(document=read_programme(text.encode(), name=name), actor_id=None)


def test_a_level_of_the_same_document_is_known_and_another_is_named_with_its_place(database, cast):
    change(levels=LEVELS, rewards=[BOTTLE | {"level_number": 2}])
    assert complaints(rewards=[{"key": "a", "points_cost": 1}, BOTTLE | {"level_number": 3}]) == {
        "rewards[1].level_number": "the number of a level is expected"
    }


def test_every_problem_is_named_with_its_place_and_nothing_is_kept(database, cast):
    assert complaints(
        rewards=[{"key": "good", "points_cost": 1}, {"key": "a", "points_cost": -1}, {"key": "b", "points_cost": 1, "type": "cashback"}]
    ) == {
        "rewards[1].points_cost": "a number of at least 0 is expected, not -1",
        "rewards[2].value_minor": "cashback needs it: what is paid, in the currency's smallest unit",
    }
    assert complaints(rewards=[BOTTLE, BOTTLE]) == {"rewards[1].key": "stands at rewards[0] already"}
    assert complaints(activities=[{"key": "walk_taken"}], rewards=[BOTTLE | {"coach": "nobody@example.com"}])
    with db.read():
        assert sql.value("SELECT count(*) FROM rewards") == 0
        assert sql.value("SELECT count(*) FROM definitions WHERE key = 'walk_taken'") == 0
