"""Holds every cached balance against the transfers."""

from dataclasses import dataclass

from rewards.kit import sql


@dataclass(frozen=True, slots=True)
class WrongBalance:
    """An account whose cached balance is not what its transfers say."""

    account_id: int
    user_id: int
    asset: str
    cached: int
    transferred: int


MOVED = (
    "SELECT account_id, sum(amount) AS total FROM (SELECT credit_id AS account_id, amount FROM transfers"
    " UNION ALL SELECT debit_id, -amount FROM transfers) AS movements GROUP BY account_id"
)


def wrong_balances() -> list[WrongBalance]:
    """Every person's account whose balance differs from the sum of its transfers."""
    question = (
        "SELECT a.id, a.owner_id, a.asset, a.balance, coalesce(m.total, 0)"
        f" FROM accounts a LEFT JOIN ({MOVED}) AS m ON m.account_id = a.id"
        " WHERE a.owner_kind = 'user' AND a.balance <> coalesce(m.total, 0) ORDER BY a.id"
    )
    return [WrongBalance(*row) for row in sql.rows(question)]


def sums_by_asset() -> dict[str, int]:
    """Per asset, the cached balances of all people plus what the transfers say of the system's accounts: 0 each, or it is wrong."""
    question = (
        f"SELECT a.asset, sum(CASE WHEN a.owner_kind = 'user' THEN a.balance ELSE coalesce(m.total, 0) END)"
        f" FROM accounts a LEFT JOIN ({MOVED}) AS m ON m.account_id = a.id GROUP BY a.asset"
    )
    return {asset: int(total) for asset, total in sql.rows(question)}


def restore_balances() -> int:
    """Set every wrong balance to what its transfers say; how many."""
    wrong = wrong_balances()
    # The trigger that guards balances lets exactly this through: what all transfers together say.
    sql.run_many(
        "UPDATE accounts SET balance = ?, last_transfer_id ="
        " (SELECT coalesce(max(id), 0) FROM transfers WHERE credit_id = accounts.id OR debit_id = accounts.id) WHERE id = ?",
        [(account.transferred, account.account_id) for account in wrong],
    )
    return len(wrong)
