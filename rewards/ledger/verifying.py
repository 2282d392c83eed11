"""Holds every cached balance against the transfers."""

from dataclasses import dataclass

from rewards.kit import sql
from rewards.ledger.models import HELD


@dataclass(frozen=True, slots=True)
class WrongBalance:
    """An account whose cached balance is not what its transfers say."""

    account_id: int
    # Whose: `user` or `subscriber`, and which.
    owner_kind: str
    owner_id: int
    asset: str
    cached: int
    transferred: int


MOVED = (
    "SELECT account_id, sum(amount) AS total FROM (SELECT credit_id AS account_id, amount FROM transfers"
    " UNION ALL SELECT debit_id, -amount FROM transfers) AS movements GROUP BY account_id"
)


def wrong_balances() -> list[WrongBalance]:
    """Every account of somebody's whose balance differs from the sum of its transfers."""
    question = (
        "SELECT a.id, a.owner_kind, a.owner_id, a.asset, a.balance, coalesce(m.total, 0)"
        f" FROM accounts a LEFT JOIN ({MOVED}) AS m ON m.account_id = a.id"
        f" WHERE {HELD.format(kind='a.owner_kind')} AND a.balance <> coalesce(m.total, 0) ORDER BY a.id"
    )
    return [WrongBalance(*row) for row in sql.rows(question)]


def sums_by_asset() -> dict[str, int]:
    """Per asset, all cached balances plus what the transfers say of the system's accounts: 0 each, or it is wrong."""
    question = (
        f"SELECT a.asset, sum(CASE WHEN {HELD.format(kind='a.owner_kind')} THEN a.balance ELSE coalesce(m.total, 0) END)"
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


@dataclass(frozen=True, slots=True)
class WrongFlow:
    """What a day is said to have moved between people and one of the system's accounts, where its transfers say something else."""

    day: str
    asset: str
    counterpart: str
    stored: tuple[int, ...] | None
    transferred: tuple[int, ...] | None


GIVEN = HELD.format(kind="c.owner_kind")
FLOWED = (
    f"SELECT substr(t.posted_at, 1, 10) AS day, t.asset, CASE WHEN {GIVEN} THEN d.owner_kind ELSE c.owner_kind END AS side,"
    f" count(*) AS transfers, sum(CASE WHEN {GIVEN} THEN t.amount ELSE 0 END) AS given,"
    f" sum(CASE WHEN {GIVEN} THEN 0 ELSE t.amount END) AS taken, min(t.id) AS first_id, max(t.id) AS last_id"
    " FROM transfers t JOIN accounts c ON c.id = t.credit_id JOIN accounts d ON d.id = t.debit_id GROUP BY 1, 2, 3"
)
STORED_FLOWS = (
    "SELECT day, asset, counterpart, sum(transfers), sum(given), sum(taken), min(first_id), max(last_id) FROM daily_flows"
    " GROUP BY day, asset, counterpart"
)


def wrong_flows() -> list[WrongFlow]:
    """Every day's flow that is not the sum of its transfers."""
    stored, transferred = ({row[:3]: tuple(map(int, row[3:])) for row in sql.rows(question)} for question in (STORED_FLOWS, FLOWED))
    keys = sorted(key for key in stored.keys() | transferred.keys() if stored.get(key) != transferred.get(key))
    return [WrongFlow(day, asset, side, stored.get(key), transferred.get(key)) for key in keys for day, asset, side in [key]]


def restore_flows() -> int:
    """Tell all flows anew where one is wrong; how many were."""
    wrong = wrong_flows()
    if wrong:
        sql.run("DELETE FROM daily_flows")
        told = f"SELECT day, asset, side, 0, transfers, given, taken, first_id, last_id FROM ({FLOWED}) AS flowed"
        sql.run(f"INSERT INTO daily_flows (day, asset, counterpart, writer, transfers, given, taken, first_id, last_id) {told}")
    return len(wrong)
