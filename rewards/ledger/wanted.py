"""Which movements somebody asks for, and the question for their ids: each walks an index from its edge."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rewards.kit import sql
from rewards.kit.columns import time_text
from rewards.ledger.models import HOLDERS, Owner

SYSTEM = tuple(owner for owner in Owner if owner not in HOLDERS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which movements. `first` and `last` are days, both included: UTC days of the whole ledger, of `zone` in one person's history."""

    user_id: int | None = None
    asset: str | None = None
    # The system's side: issued, redeemed, adjusted, ...
    counterpart: Owner | None = None
    reason: str | None = None
    first: date | None = None
    last: date | None = None
    zone: tzinfo = UTC

    @property
    def since(self) -> str | None:
        """The first moment, as it is stored."""
        return self._midnight(self.first) if self.first else None

    @property
    def until(self) -> str | None:
        """The first moment after the last one, as it is stored."""
        return self._midnight(self.last + timedelta(days=1)) if self.last and self.last < date.max else None

    def _midnight(self, day: date) -> str:
        zone = UTC if self.user_id is None or day.year < 2 else self.zone
        return time_text(datetime.combine(day, time(), zone))


def ids_of(wanted: Wanted, before_id: int, limit: int) -> tuple[str, list[object]]:
    """A question for the ids of a page; empty where there can be none."""
    low, high = (0, before_id) if wanted.user_id is not None else _id_range(wanted, before_id)
    sides = _sides(wanted)
    if sides == []:
        return "", []
    rest, rest_params = _rest(wanted)
    halves: list[str] = []
    params: list[object] = []
    for side in sides or [("", ())]:
        condition, values = side
        halves.append(
            f"SELECT id FROM (SELECT id FROM transfers WHERE {condition}id < ? AND id >= ?{rest} ORDER BY id DESC LIMIT ?) AS half"
        )
        params += [*values, high, low, *rest_params, limit]
    return f"SELECT id FROM ({' UNION ALL '.join(halves)}) AS halves ORDER BY id DESC LIMIT ?", [*params, limit]


def _sides(wanted: Wanted) -> list[tuple[str, tuple[int, ...]]] | None:
    """The accounts to walk along, each by its own index; None: the ledger itself, which has every movement once."""
    system = _system_accounts(wanted) if wanted.counterpart or (wanted.asset and wanted.user_id is None) else None
    if wanted.user_id is None:
        if system is None:
            return None
        return [(f"{column} = ? AND ", (account_id,)) for account_id in system for column in ("debit_id", "credit_id")]
    question = "SELECT id FROM accounts WHERE owner_kind = 'user' AND owner_id = ?" + (" AND asset = ?" if wanted.asset else "")
    own = [row[0] for row in sql.rows(question, (wanted.user_id, wanted.asset) if wanted.asset else (wanted.user_id,))]
    if system is None:
        return [(f"{column} = ? AND ", (account_id,)) for account_id in own for column in ("debit_id", "credit_id")]
    pairs = (("debit_id", "credit_id"), ("credit_id", "debit_id")) if system else ()
    return [(f"{mine} = ? AND {other} IN ({sql.marks(system)}) AND ", (account_id, *system)) for account_id in own for mine, other in pairs]


def _system_accounts(wanted: Wanted) -> list[int]:
    kinds = [wanted.counterpart] if wanted.counterpart else list(SYSTEM)
    question = f"SELECT id FROM accounts WHERE owner_kind IN ({sql.marks(kinds)}) AND owner_id = 0" + (
        " AND asset = ?" if wanted.asset else ""
    )
    return [row[0] for row in sql.rows(question, (*kinds, wanted.asset) if wanted.asset else kinds)]


def _rest(wanted: Wanted) -> tuple[str, list[object]]:
    asked = (("posted_at >= ?", wanted.since), ("posted_at < ?", wanted.until), ("reason = ?", wanted.reason))
    return "".join(f" AND {condition}" for condition, value in asked if value is not None), [
        value for _, value in asked if value is not None
    ]


def _id_range(wanted: Wanted, before_id: int) -> tuple[int, int]:
    """Between which ids the movements of these days lie, the second one excluded."""
    if not (wanted.first or wanted.last):
        return 0, before_id
    question = f"SELECT min(first_id), max(last_id) FROM daily_flows WHERE {asked_days(wanted)[0]}"
    first_id, last_id = sql.rows(question, asked_days(wanted)[1])[0]
    return (first_id, min(before_id, last_id + 1)) if first_id is not None else (0, 0)


def asked_days(wanted: Wanted) -> tuple[str, list[object]]:
    """A condition on the days' flows, and its values; who and why are not in them."""
    asked = [
        ("day >= ?", wanted.first and wanted.first.isoformat()),
        ("day <= ?", wanted.last and wanted.last.isoformat()),
        ("asset = ?", wanted.asset),
        ("counterpart = ?", wanted.counterpart),
    ]
    found = [(condition, value) for condition, value in asked if value]
    return " AND ".join(condition for condition, _ in found) or "1 = 1", [value for _, value in found]
