"""Amounts move through one door, exactly, and never below zero."""

import threading

import pytest

from rewards.kit import sql
from rewards.kit.database import Database
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import AMOUNT_MAX, Owner
from rewards.ledger.posting import Movement, post, reverse
from rewards.ledger.queries import balances_of, history
from rewards.ledger.verifying import sums_by_asset, wrong_balances
from rewards.people.locking import lock_people
from tests.cast import Cast


def move(user_id: int, amount: int, key: str, *, asset: str = "points", to_person: bool = True) -> int:
    lock_people([user_id])
    holding = holding_of(user_id, asset)
    return post([Movement(holding, Owner.ISSUED if to_person else Owner.REDEEMED, amount, "a test", key, to_person=to_person)])[0]


def test_a_transfer_moves_both_sides_and_the_sum_stays_zero(database: Database, cast: Cast) -> None:
    with database.write():
        move(cast.ada, 50, "a")
        move(cast.ada, 20, "b", to_person=False)
    with database.read():
        assert balances_of(cast.ada) == {"points": 30}
        assert sums_by_asset() == {"points": 0}
        assert wrong_balances() == []


def test_nobody_spends_more_than_they_have_and_the_gap_is_told(database: Database, cast: Cast) -> None:
    with database.write():
        move(cast.ada, 50, "a")
    with pytest.raises(Refused, match="30 points to go") as refusal, database.write():
        move(cast.ada, 80, "b", to_person=False)
    assert (refusal.value.code, refusal.value.gap) == ("insufficient", {"points": 30})
    with database.read():
        assert balances_of(cast.ada) == {"points": 50}
        assert len(history(user_id=cast.ada)) == 1


@pytest.mark.parametrize("amount", [0, -1, AMOUNT_MAX + 1, 2**63])
def test_an_amount_out_of_range_is_refused_by_name(database: Database, cast: Cast, amount: int) -> None:
    with pytest.raises(Invalid, match="amount: a whole number from 1"), database.write():
        move(cast.ada, amount, "a")


def test_a_reversal_happens_once(database: Database, cast: Cast) -> None:
    with database.write():
        transfer = move(cast.ada, 50, "a")
        reversal = reverse(transfer_id=transfer, actor_id=cast.dee, reason="a mistake")
    for wanted, code in ((transfer, "already_reversed"), (reversal, "is_a_reversal")):
        with pytest.raises(Refused) as refusal, database.write():
            reverse(transfer_id=wanted, actor_id=cast.dee, reason="again")
        assert refusal.value.code == code
    with database.read():
        assert balances_of(cast.ada) == {"points": 0}


def test_two_reversals_at_once_make_one(database: Database, cast: Cast) -> None:
    with database.write():
        transfers = [move(cast.ada, 10, f"t{number}") for number in range(10)]
    outcomes: list[str] = []

    def attempt(transfer: int) -> None:
        try:
            with database.write():
                lock_people([cast.ada])
                reverse(transfer_id=transfer, actor_id=None, reason="twice")
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=attempt, args=(transfer,)) for transfer in transfers for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("done"), outcomes.count("already_reversed")) == (10, 10)
    with database.read():
        assert balances_of(cast.ada) == {"points": 0}
        assert sums_by_asset() == {"points": 0}


def test_reversing_what_does_not_exist_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.write():
        reverse(transfer_id=999, actor_id=None, reason="none")


def test_the_history_tells_every_movement_with_the_balance_after_it(database: Database, cast: Cast) -> None:
    with database.write():
        for number in range(1, 8):
            move(cast.ada, number * 10, f"points {number}")
            move(cast.ada, number, f"xp {number}", asset="xp")
        move(cast.ada, 100, "spent", to_person=False)
        move(cast.cy, 5, "of somebody else")
    with database.read():
        everything = history(user_id=cast.ada, limit=100)
        pages = [history(user_id=cast.ada, limit=4)]
        while pages[-1]:
            pages.append(history(user_id=cast.ada, limit=4, before_id=pages[-1][-1].id))
        points = [entry for entry in everything if entry.asset == "points"]
        assert [entry for page in pages for entry in page] == everything
        assert history(user_id=cast.ada, asset="points", limit=100) == points
    assert [entry.amount for entry in points] == [-100, 70, 60, 50, 40, 30, 20, 10]
    assert [entry.balance_after for entry in points] == [180, 280, 210, 150, 100, 60, 30, 10]
    assert points[0].counterpart == "redeemed"


def test_the_same_key_cannot_move_twice(database: Database, cast: Cast) -> None:
    with database.write():
        move(cast.ada, 50, "the key")
    with pytest.raises(Exception, match=r"append-only|unique|UNIQUE"), database.write():
        move(cast.ada, 50, "the key")
    with database.read():
        assert sql.value("SELECT count(*) FROM transfers") == 1
