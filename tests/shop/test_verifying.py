"""Whatever in the shop is not as the ledger says is found and named; each test spoils one thing behind the shop's back."""

import pytest

from rewards.kit import sql
from rewards.kit.database import db
from rewards.programme.verifying import recalculate, verify


def differences():
    with db.read():
        return [(one.kind, one.what) for one in verify()]


@pytest.fixture
def busy(shop):
    """A shop in which everything has happened once: redemptions 1 to 5, the last two with code and cashback."""
    bottle = shop.add(points_cost=10)
    shop.redeem(shop.ada, bottle)
    shop.fulfil(shop.redeem(shop.ada, bottle))
    shop.reject(shop.redeem(shop.ada, bottle))
    shop.fulfil(shop.redeem(shop.ada, shop.add(key="ticket", points_cost=10, codes=["A-1", "A-2"])))
    shop.fulfil(shop.redeem(shop.ada, shop.add(key="cash", points_cost=10, type="cashback", value_minor=70)))
    assert differences() == []
    return shop


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("UPDATE redemptions SET points = 11 WHERE id = 1", [("payment", "redemption 1")]),
        ("UPDATE redemptions SET points = 0 WHERE id = 1", [("payment", "redemption 1")]),
        ("UPDATE redemptions SET user_id = {cy} WHERE id = 1", [("payment", "redemption 1")]),
        (
            "UPDATE redemptions SET status = 'cancelled', settled_at = requested_at WHERE id = 1",
            [("refund", "redemption 1, which is cancelled")],
        ),
        ("UPDATE redemptions SET status = 'fulfilled' WHERE id = 3", [("refund", "redemption 3, which is fulfilled")]),
        ("UPDATE redemptions SET status = 'pending', settled_at = NULL WHERE id = 5", [("cashback", "redemption 5")]),
        ("UPDATE redemptions SET value_minor = 71 WHERE id = 5", [("cashback", "redemption 5")]),
        ("UPDATE redemptions SET currency = 'EUR' WHERE id = 5", [("cashback", "redemption 5")]),
        ("UPDATE redemptions SET type = 'cashback', value_minor = 5, currency = 'USD' WHERE id = 2", [("cashback", "redemption 2")]),
        ("UPDATE rewards SET stock = 2 WHERE key = 'ticket'", [("stock", "the pool of reward 2")]),
        ("UPDATE voucher_codes SET redemption_id = 3 WHERE code = 'A-1'", [("code", "code 1 of reward 2")]),
        ("UPDATE voucher_codes SET redemption_id = 1 WHERE code = 'A-1'", [("code", "code 1 of reward 2")]),
    ],
)
def test_what_was_spoilt_is_named(database, busy, spoil, found):
    with database.write():
        sql.run(spoil.format(cy=busy.cy))
    assert differences() == found


def test_a_payment_without_its_redemption_is_named(database, busy):
    with database.write():
        sql.run("DELETE FROM redemptions WHERE id = 1")
    assert [kind for kind, _ in differences()] == ["payment"]


def test_a_pool_is_counted_again(database, busy):
    with database.write():
        sql.run("UPDATE rewards SET stock = 5 WHERE key = 'ticket'")
        assert recalculate() == 1
    assert differences() == []
