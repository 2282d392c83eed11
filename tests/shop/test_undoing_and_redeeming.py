"""EARN-12 at the counter: undone while it is spent, several times at once, and after all of it the books balance."""

from datetime import datetime
from functools import partial

import pytest

from rewards.activities.models import Recorder
from rewards.earning import unmaking
from rewards.earning.undoing import Undone, undo_event
from rewards.kit import clock as the_clock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.ledger.posting import Movement, post
from rewards.ledger.spending import spend_points
from rewards.programme.verifying import verify
from rewards.shop.models import Redemption
from tests.programmes import define, did, play, workout
from tests.racing import race
from tests.shop.conftest import NOON, Shop

ROUNDS = 10


def log(user_id: int, at: datetime = NOON) -> int:
    [answer] = play(did(user_id, at=at, source=f"page:{user_id}", actor_id=user_id, recorder=Recorder.CLIENT))
    return int(answer["event_id"])


@pytest.fixture(autouse=True)
def nothing_to_begin_with(shop: Shop) -> None:
    if points := shop.balance(shop.ada):
        with db.write():
            spend_points(user_id=shop.ada, points=points, reason="a test", reference="till")


def undo(shop: Shop, event_id: int, by: int) -> Undone:
    with db.write():
        return undo_event(event_id=event_id, actor=shop.person(by), reason="a mistake")


def in_order() -> None:
    with db.read():
        assert verify() == []
        assert sql.value("SELECT count(*) FROM accounts WHERE owner_kind = 'user' AND balance < 0") == 0


def redemptions() -> int:
    with db.read():
        return int(sql.value("SELECT count(*) FROM redemptions WHERE status = 'pending'"))


def test_either_it_is_redeemed_or_it_is_undone(shop: Shop) -> None:
    define(activities=[workout()])
    the_clock.set_to(NOON)
    reward = shop.add(points_cost=20)
    for taken in range(ROUNDS):
        event_id = log(shop.ada)
        undone, redeemed = race(partial(undo, shop, event_id, shop.ada), lambda: shop.redeem(shop.ada, reward))
        assert isinstance(undone, Undone) != isinstance(redeemed, Redemption), (taken, undone, redeemed)
        assert isinstance(undone, Undone | Refused)
        assert isinstance(redeemed, Redemption | Refused)
        assert shop.balance(shop.ada) == 0
    in_order()


def test_staff_undo_what_is_redeemed_and_the_redemption_stands(shop: Shop) -> None:
    define(activities=[workout()])
    reward = shop.add(points_cost=20)
    for taken in range(ROUNDS):
        event_id = log(shop.ada)
        undone, redeemed = race(partial(undo, shop, event_id, shop.bo), lambda: shop.redeem(shop.ada, reward))
        assert isinstance(undone, Undone), (taken, undone)
        assert undone.made_up == ({"points": 20} if isinstance(redeemed, Redemption) else {})
        assert shop.balance(shop.ada) == 0
    with db.read():
        made_up = sql.value("SELECT coalesce(sum(amount), 0) FROM transfers WHERE reference LIKE 'undo:%'")
    assert made_up == 20 * redemptions()
    in_order()


def test_a_rejected_redemption_gives_back_what_the_house_had_made_up_for(shop: Shop) -> None:
    define(activities=[workout()])
    event_id = log(shop.ada)
    redemption = shop.redeem(shop.ada, shop.add(points_cost=20))
    undo(shop, event_id, shop.bo)
    shop.reject(redemption)
    # The points of the reward come back, as always: what was written off stays written off.
    assert shop.balance(shop.ada) == 20
    in_order()


def test_undone_and_recorded_at_once_come_to_what_is_left(shop: Shop) -> None:
    define(activities=[workout(max_per_day=2)])
    first, second = log(shop.ada), log(shop.ada)
    outcomes = race(lambda: undo(shop, first, shop.bo), lambda: undo(shop, second, shop.dee), lambda: log(shop.ada), lambda: log(shop.ada))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert shop.balance(shop.ada) == 40
    in_order()


def test_the_books_find_an_undo_that_forgets_what_was_spent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an undo that makes up for something and takes nothing back is found out."""
    define(activities=[workout()])
    event_id = log(shop.ada)
    shop.redeem(shop.ada, shop.add(points_cost=20))

    def forgetful(movements: list[Movement]) -> list[int]:
        return post([one for one in movements if one.to_person])

    monkeypatch.setattr(unmaking, "post", forgetful)
    undo(shop, event_id, shop.bo)
    with db.read():
        assert verify() != []
