"""Holds redemptions, codes and the stock of pools against the ledger and against each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rewards.kit import sql
from rewards.shop.models import IS_FREE

# Each redemption beside its payment, and what took that back.
PAYMENTS = (
    "SELECT r.id, r.user_id, r.points, r.status, p.asset, p.amount, d.owner_kind, d.owner_id, c.owner_kind, b.amount"
    " FROM redemptions r LEFT JOIN transfers p ON p.idempotency_key = 'redemption:' || r.id"
    " LEFT JOIN accounts d ON d.id = p.debit_id LEFT JOIN accounts c ON c.id = p.credit_id"
    " LEFT JOIN transfers b ON b.reverses_id = p.id ORDER BY r.id"
)
# What each was paid as cashback and still has.
CASHBACK = (
    "SELECT r.id, CASE WHEN r.status = 'fulfilled' AND r.type = 'cashback' THEN r.value_minor END, r.currency, t.asset, count(t.id),"
    " coalesce(sum(t.amount), 0) FROM redemptions r LEFT JOIN transfers t ON t.reference = 'redemption:' || r.id AND t.asset <> 'points'"
    " AND NOT EXISTS (SELECT 1 FROM transfers b WHERE b.reverses_id = t.id)"
    " GROUP BY r.id, r.status, r.type, r.value_minor, r.currency, t.asset ORDER BY r.id"
)
STRAY = (
    "SELECT id, reference FROM transfers WHERE reference LIKE 'redemption:%'"
    " AND reference NOT IN (SELECT 'redemption:' || id FROM redemptions) ORDER BY id"
)
FREE = f"(SELECT count(*) FROM voucher_codes WHERE reward_id = rewards.id AND {IS_FREE})"
POOLS = f"SELECT id, {FREE}, stock FROM rewards WHERE pooled = 1 AND stock <> {FREE} ORDER BY id"
CODES = (
    "SELECT v.id, v.reward_id, r.reward_id, r.status FROM voucher_codes v JOIN redemptions r ON r.id = v.redemption_id"
    " WHERE r.status NOT IN ('pending', 'fulfilled') OR r.reward_id <> v.reward_id ORDER BY v.id"
)


@dataclass(frozen=True, slots=True)
class WrongRedemption:
    """Something in the shop that is not as the rest says."""

    kind: str
    what: str
    expected: Any
    found: Any


def wrong_redemptions() -> Iterator[WrongRedemption]:
    """Everything that differs: payments, refunds, cashback, pools and codes."""
    for row in sql.rows(PAYMENTS):
        yield from _wrong_payment(row)
    for redemption_id, due, currency, asset, count, amount in sql.rows(CASHBACK):
        expected, found = ((currency, 1, due) if due else (None, 0, 0)), (asset, count, int(amount))
        if expected != found:
            yield WrongRedemption("cashback", f"redemption {redemption_id}", expected, found)
    for transfer_id, reference in sql.rows(STRAY):
        yield WrongRedemption("payment", f"transfer {transfer_id}", reference, None)
    for reward_id, free, stock in sql.rows(POOLS):
        yield WrongRedemption("stock", f"the pool of reward {reward_id}", free, stock)
    for code_id, reward_id, redeemed_id, status in sql.rows(CODES):
        yield WrongRedemption("code", f"code {code_id} of reward {reward_id}", "a redemption of it that stands", (redeemed_id, status))


def restore_pools() -> int:
    """Set the stock of every pool that is counted wrongly to the codes that are free; how many."""
    return sql.run(f"UPDATE rewards SET stock = {FREE} WHERE pooled = 1 AND stock <> {FREE}")


def _wrong_payment(row: sql.Row) -> Iterator[WrongRedemption]:
    redemption_id, user_id, points, status, asset, amount, from_kind, from_id, to_kind, back = row
    expected = ("points", points, "user", user_id, "redeemed") if points else (None,) * 5
    found = (asset, amount, from_kind, from_id, to_kind)
    if expected != found:
        yield WrongRedemption("payment", f"redemption {redemption_id}", expected, found)
    due_back = amount if points and status not in ("pending", "fulfilled") else None
    if back != due_back:
        yield WrongRedemption("refund", f"redemption {redemption_id}, which is {status}", due_back, back)
