"""Finding and opening accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import Owner

INSERT = "INSERT INTO accounts (id, owner_kind, owner_id, asset, balance, spendable, last_transfer_id) VALUES (?, ?, ?, ?, 0, ?, 0)"


@dataclass(slots=True)
class Holding:
    """One account of somebody's as a running computation sees it: `balance` is kept up to date in memory by whoever holds the lock."""

    account_id: int
    owner_id: int
    asset: str
    balance: int


def holdings_of(user_ids: Sequence[int]) -> list[Holding]:
    """Every account of these people. Lock the people first if you mean to move something."""
    if not user_ids:
        return []
    question = f"SELECT id, owner_id, asset, balance FROM accounts WHERE owner_kind = 'user' AND owner_id IN ({sql.marks(user_ids)})"
    return [Holding(*row) for row in sql.rows(question, user_ids)]


def open_holdings(wanted: Iterable[tuple[int, str]]) -> list[Holding]:
    """New, empty accounts for (person, asset) pairs that have none. The people must be locked."""
    pairs = list(wanted)
    opened = [
        Holding(account_id, user_id, asset, 0)
        for account_id, (user_id, asset) in zip(sql.allocate_ids("accounts", len(pairs)), pairs, strict=True)
    ]
    sql.run_many(INSERT, [(holding.account_id, Owner.USER, holding.owner_id, holding.asset, 1) for holding in opened])
    return opened


def holding_of(user_id: int, asset: str) -> Holding:
    """One person's account of an asset, opened if need be. Lock the person first."""
    found = next((holding for holding in holdings_of([user_id]) if holding.asset == asset), None)
    return found or open_holdings([(user_id, asset)])[0]


def score_holdings(subscriber_ids: Sequence[int], asset: str) -> dict[int, Holding]:
    """What these subscribers have of a campaign's score, by subscriber; an account that was never touched is absent."""
    question = (
        "SELECT id, owner_id, asset, balance FROM accounts WHERE owner_kind = 'subscriber' AND asset = ?"
        f" AND owner_id IN ({sql.marks(subscriber_ids)})"
    )
    return {row[1]: Holding(*row) for row in sql.rows(question, (asset, *subscriber_ids))} if subscriber_ids else {}


def open_score(subscriber_id: int, asset: str) -> Holding:
    """A new, empty account of a campaign's score, which may fall below 0. The subscriber must be held."""
    holding = Holding(sql.allocate_ids("accounts", 1)[0], subscriber_id, asset, 0)
    sql.run(INSERT, (holding.account_id, Owner.SUBSCRIBER, subscriber_id, asset, 0))
    return holding


def system_account(owner: Owner, asset: str) -> int:
    """The id of one of the system's own accounts."""
    if known := db.recall("system account", (owner, asset)):
        return int(known)
    find = "SELECT id FROM accounts WHERE owner_kind = ? AND owner_id = 0 AND asset = ?"
    found = sql.value(find, (owner, asset))
    if found is None:
        opening = "INSERT INTO accounts (owner_kind, owner_id, asset, balance, spendable, last_transfer_id) VALUES (?, 0, ?, 0, 0, 0)"
        sql.run(f"{opening} ON CONFLICT (owner_kind, owner_id, asset) DO NOTHING", (owner, asset))
        found = sql.value(find, (owner, asset))
    db.remember("system account", (owner, asset), found)
    return int(found)
