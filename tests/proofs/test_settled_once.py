"""A redemption is settled once and every transfer is reversed once, however many try in the same moment."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from rewards.earning.reversing import reverse_transfer
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.programme.verifying import verify
from rewards.shop import settling
from rewards.shop.expiring import expire_due
from rewards.shop.models import Redemption
from tests.programmes import define, did, play, workout
from tests.racing import race
from tests.shop.conftest import NOON, Shop

ROUNDS, LONG = 50, 500


@pytest.fixture
def shop(cast, clock) -> Shop:
    """Ada has points for every round, and Bo and Dee may settle what she redeems."""
    clock.set_to(NOON)
    made = Shop(cast)
    made.give(cast.ada, 100_000)
    return made


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often chance decides."""
    return LONG if request.getfixturevalue("proof") else ROUNDS


def won(outcomes: list[Any]) -> list[str]:
    """The states of those who got their way; everybody else must have been refused for a reason of business."""
    for outcome in outcomes:
        assert isinstance(outcome, Redemption | Refused), repr(outcome)
    return [outcome.status for outcome in outcomes if isinstance(outcome, Redemption)]


def test_of_cancelling_and_fulfilling_one_wins(database, shop, rounds):
    bottle = shop.add(stock=rounds, points_cost=10)
    winners: Counter[str] = Counter()
    for _ in range(rounds):
        redemption = shop.redeem(shop.ada, bottle)
        works = [partial(shop.cancel, redemption), partial(shop.fulfil, redemption)]
        random.shuffle(works)
        [state] = won(race(*works))
        winners[state] += 1
    assert set(winners) <= {"cancelled", "fulfilled"}
    assert winners.total() == rounds
    print(dict(winners))
    assert shop.balance(shop.ada) == 100_000 - 10 * winners["fulfilled"]
    assert shop.stock(bottle) == winners["cancelled"]
    with database.read():
        assert verify() == []


def test_whatever_two_do_at_once_points_stock_code_and_cashback_go_back_at_most_once(database, shop):
    """Every pair of deeds, on a reward with a code and on one that pays money."""
    deeds: dict[str, Callable[[Redemption], Redemption]] = {
        "fulfil": shop.fulfil,
        "fulfil too": partial(shop.fulfil, by=shop.dee),
        "reject": shop.reject,
        "reject too": partial(shop.reject, by=shop.dee),
        "cancel": shop.cancel,
    }
    names = sorted(deeds)
    pairs = [(one, other) for one in names for other in names]
    coded = shop.add(key="coded", points_cost=10, codes=[f"C-{number}" for number in range(len(pairs))])
    money = shop.add(key="money", points_cost=10, type="cashback", value_minor=5)
    kept = 0
    for one, other in pairs:
        for reward in (coded, money):
            redemption = shop.redeem(shop.ada, reward)
            states = set(won(race(partial(deeds[one], redemption), partial(deeds[other], redemption))))
            assert len(states) == 1
            kept += states == {"fulfilled"}
            with database.read():
                assert sql.value("SELECT status FROM redemptions WHERE id = ?", (redemption.id,)) in states
    assert shop.balance(shop.ada) == 100_000 - 10 * kept
    with database.read():
        assert verify() == []


def test_a_limit_holds_though_many_of_one_persons_redeem_at_once(database, shop):
    bottle = shop.add(points_cost=10, limit_count=2, limit_period="day")
    outcomes = race(*(partial(shop.redeem, shop.ada, bottle, f"at once {number}") for number in range(8)))
    assert won(outcomes) == ["pending"] * 2
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"limit_reached"}
    assert shop.balance(shop.ada) == 100_000 - 20


def test_what_expires_in_two_places_at_once_or_is_fulfilled_then_is_settled_once(database, shop, clock):
    late = [shop.add(key=f"late_{number}", points_cost=10, stock=30, valid_days=1) for number in range(4)]
    redeemed = [shop.redeem(shop.ada, random.choice(late)) for _ in range(30)]
    clock.set_to(NOON + timedelta(days=3))
    outcomes = race(expire_due, expire_due, *(partial(shop.fulfil, redemption) for redemption in redeemed[::5]))
    fulfilled = len(won(outcomes[2:]))
    assert not [outcome for outcome in outcomes[:2] if not isinstance(outcome, int)]
    assert expire_due() + sum(outcomes[:2]) == len(redeemed) - fulfilled
    assert shop.balance(shop.ada) == 100_000 - 10 * fulfilled
    assert sum(shop.stock(reward) or 0 for reward in late) == 120 - fulfilled
    with database.read():
        assert verify() == []


def test_undoing_and_rejecting_at_once_leave_nothing_half_done(database, shop, rounds):
    bottle = shop.add(stock=1, points_cost=10, type="cashback", value_minor=5)
    for _ in range(rounds // 5):
        redemption = shop.redeem(shop.ada, bottle)
        shop.fulfil(redemption)
        race(partial(shop.reopen, redemption), partial(shop.reopen, redemption, by=shop.dee), partial(shop.reject, redemption))
        with database.read():
            assert verify() == []
            state = sql.value("SELECT status FROM redemptions WHERE id = ?", (redemption.id,))
        assert state in ("pending", "rejected")
        assert shop.balance(shop.ada, "USD") == 0
        shop.reject(redemption)
        assert (shop.balance(shop.ada), shop.stock(bottle)) == (100_000, 1)


def test_every_transfer_is_reversed_once_though_each_is_reversed_twice_at_once(database, shop, rounds):
    define(activities=[workout()])
    play(*(did(shop.ada, at=NOON, idempotency_key=f"{number}") for number in range(rounds // 5)))
    with database.read():
        transfers = [row[0] for row in sql.rows("SELECT id FROM transfers WHERE reason = 'award' ORDER BY id")]

    def reverse(transfer_id: int) -> int:
        with db.write():
            return reverse_transfer(transfer_id=transfer_id, actor_id=shop.dee, reason="Mistaken")

    done = refused = 0
    for transfer_id in transfers:
        outcomes = race(partial(reverse, transfer_id), partial(reverse, transfer_id))
        done += sum(isinstance(outcome, int) for outcome in outcomes)
        refused += sum(isinstance(outcome, Refused) and outcome.code == "already_reversed" for outcome in outcomes)
    assert (done, refused) == (len(transfers), len(transfers))
    assert (shop.balance(shop.ada), shop.balance(shop.ada, "xp")) == (100_000, 0)
    with database.read():
        assert verify() == []


def test_a_build_that_settles_without_asking_gives_the_stock_back_twice(database, shop, monkeypatch):
    """The control: what is free of charge has no transfer that would be reversed once only."""
    bottle = shop.add(stock=10, points_cost=0)

    def settle(redemption: Redemption, status: str, actor: Any, note: str) -> None:
        sql.run("UPDATE redemptions SET status = ?, settled_at = '2026-03-04T12:00:00.000000Z' WHERE id = ?", (status, redemption.id))
        db.session.refresh(redemption)

    monkeypatch.setattr(settling, "_settle", settle)
    redemption = shop.redeem(shop.ada, bottle)
    outcomes = race(partial(shop.cancel, redemption), partial(shop.reject, redemption))
    assert len(won(outcomes)) == 2
    assert shop.stock(bottle) == 11
