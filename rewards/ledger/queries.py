"""What people ask the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement as its owner sees it: `amount` is signed, `balance_after` is the account's balance once it was in."""

    id: int
    asset: str
    amount: int
    balance_after: int
    reason: str
    counterpart: str
    posted_at: datetime
    event_id: int | None
    actor_id: int | None
    reference: str | None
    reverses_id: int | None
    details: Any


def balances_of(user_id: int) -> dict[str, int]:
    """What a person has, by asset; an asset never touched is absent."""
    return dict(sql.rows("SELECT asset, balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ?", (user_id,)))


def moved_by(event_id: int) -> list[tuple[int, str, int]]:
    """What an event moved for its person: id of the transfer, asset, signed amount, in the order in which it was posted."""
    return [(transfer_id, asset, amount) for transfer_id, asset, amount, *_ in transfers_of(event_id)]


def transfers_of(event_id: int) -> list[sql.Row]:
    """The same with the version of its rule, the kind of the other account, and the transfer that it reverses."""
    # Along the accounts of its person: events have no place in an index of transfers, for there are as many of the one as of the other.
    half = (
        "SELECT t.id, t.asset, {sign}t.amount, t.rule_version_id, o.owner_kind, t.reverses_id FROM events e JOIN accounts a"
        " ON a.owner_kind = 'user' AND a.owner_id = e.user_id JOIN transfers t ON t.{mine}_id = a.id AND t.event_id = e.id"
        " JOIN accounts o ON o.id = t.{other}_id WHERE e.id = ?"
    )
    given, taken = half.format(sign="", mine="credit", other="debit"), half.format(sign="-", mine="debit", other="credit")
    return sql.rows(f"{given} UNION ALL {taken} ORDER BY 1", (event_id, event_id))


def history(*, user_id: int, asset: str | None = None, limit: int = 50, before_id: int | None = None) -> list[Entry]:
    """A person's movements, newest first, at most `limit`, those with an id below `before_id`."""
    mine = "SELECT id, asset, balance FROM accounts WHERE owner_kind = 'user' AND owner_id = ?" + (" AND asset = ?" if asset else "")
    accounts = {account_id: balance for account_id, _, balance in sql.rows(mine, (user_id, asset) if asset else (user_id,))}
    if not accounts:
        return []
    entries = sql.rows(_page(len(accounts)), (*accounts, before_id or 2**62, *accounts, before_id or 2**62, limit))
    return _with_balances(accounts, entries)


def _page(accounts: int) -> str:
    columns = "t.id, t.asset, t.amount, t.reason, t.posted_at, t.event_id, t.actor_id, t.reference, t.reverses_id, t.metadata"
    marks = ",".join("?" * accounts)
    # Two halves, each along its own index, so that a page costs the same however long the history is.
    half = "SELECT {columns}, t.{mine}_id AS account_id, {sign} * t.amount AS signed, a.owner_kind FROM transfers t"
    half += " JOIN accounts a ON a.id = t.{other}_id WHERE t.{mine}_id IN ({marks}) AND t.id < ?"
    credited = half.format(columns=columns, marks=marks, mine="credit", other="debit", sign="1")
    debited = half.format(columns=columns, marks=marks, mine="debit", other="credit", sign="-1")
    return f"SELECT * FROM ({credited} UNION ALL {debited}) AS movements ORDER BY id DESC LIMIT ?"


def _with_balances(accounts: dict[int, int], rows: list[sql.Row]) -> list[Entry]:
    running = {account_id: balance - _moved_since(account_id, rows[0][0]) for account_id, balance in accounts.items()} if rows else {}
    entries = []
    for row in rows:
        transfer_id, asset, _, reason, posted_at, event_id, actor_id, reference, reverses_id, details, account_id, signed, counterpart = row
        entries.append(
            Entry(
                id=transfer_id,
                asset=asset,
                amount=signed,
                balance_after=running[account_id],
                reason=reason,
                counterpart=counterpart,
                posted_at=time_from_text(posted_at),
                event_id=event_id,
                actor_id=actor_id,
                reference=reference,
                reverses_id=reverses_id,
                details=documents.parse(details),
            )
        )
        running[account_id] -= signed
    return entries


def _moved_since(account_id: int, transfer_id: int) -> int:
    credited = sql.value("SELECT coalesce(sum(amount), 0) FROM transfers WHERE credit_id = ? AND id > ?", (account_id, transfer_id))
    debited = sql.value("SELECT coalesce(sum(amount), 0) FROM transfers WHERE debit_id = ? AND id > ?", (account_id, transfer_id))
    return int(credited) - int(debited)
