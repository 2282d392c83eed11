"""What movements add up to: read from what each day moved where that is enough, otherwise from the movements themselves."""

from dataclasses import dataclass

from rewards.kit import sql
from rewards.ledger.listing import GIVEN, LAST_ID
from rewards.ledger.wanted import Wanted, asked_days, ids_of


@dataclass(frozen=True, slots=True)
class Total:
    """What a filter shows of one asset, to people and from them, against one of the system's accounts."""

    asset: str
    counterpart: str
    transfers: int
    given: int
    taken: int

    @property
    def net(self) -> int:
        """What people have more by it."""
        return self.given - self.taken


def totals(wanted: Wanted) -> list[Total]:
    """What all pages together show, by asset and counterpart; their `transfers` add up to the number of lines."""
    by_day = wanted.user_id is None and wanted.reason is None
    rows = _totals_of_days(wanted) if by_day else _totals_of_lines(wanted)
    return [Total(asset, counterpart, *map(int, amounts)) for asset, counterpart, *amounts in rows]


def count_accounts() -> int:
    """How many there are: none is ever removed."""
    return int(sql.value("SELECT max(id) FROM accounts") or 0)


def unbalanced() -> dict[str, int]:
    """Per asset, what people hold beyond what the days moved to them; empty where the books agree, as they always should."""
    # The system's own accounts keep no balance, so nobody need leave them out.
    question = (
        "SELECT asset, sum(amount) FROM (SELECT asset, sum(balance) AS amount FROM accounts GROUP BY asset"
        " UNION ALL SELECT asset, sum(taken) - sum(given) FROM daily_flows GROUP BY asset) AS sides GROUP BY asset"
    )
    return {asset: int(amount) for asset, amount in sql.rows(question) if amount}


def _totals_of_days(wanted: Wanted) -> list[sql.Row]:
    which, params = asked_days(wanted)
    sums = "sum(transfers), sum(given), sum(taken)"
    return sql.rows(f"SELECT asset, counterpart, {sums} FROM daily_flows WHERE {which} GROUP BY asset, counterpart ORDER BY 1, 2", params)


def _totals_of_lines(wanted: Wanted) -> list[sql.Row]:
    ids, params = ids_of(wanted, LAST_ID, LAST_ID)
    if not ids:
        return []
    question = (
        f"SELECT t.asset, CASE WHEN {GIVEN} THEN d.owner_kind ELSE c.owner_kind END, count(*),"
        f" sum(CASE WHEN {GIVEN} THEN t.amount ELSE 0 END), sum(CASE WHEN {GIVEN} THEN 0 ELSE t.amount END)"
        f" FROM ({ids}) AS page JOIN transfers t ON t.id = page.id JOIN accounts d ON d.id = t.debit_id"
        " JOIN accounts c ON c.id = t.credit_id GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return sql.rows(question, params)
