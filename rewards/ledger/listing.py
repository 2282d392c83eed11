"""Lists of movements as pages show them: one person's history or the whole ledger, filtered, newest first, each with the balance after it.

A page costs the same however long the ledger is: it walks an index from its edge, and totals come from what each day moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import NotFound
from rewards.ledger.models import HELD, HOLDERS, Owner

PAGE_ROWS = 25
BATCH_ROWS = 500
LAST_ID = 2**62
SYSTEM = tuple(owner for owner in Owner if owner not in HOLDERS)
# Whether what moved was credited to whoever is not the system.
GIVEN = HELD.format(kind="c.owner_kind")
HOLDER = f"CASE WHEN {GIVEN} THEN c.{{0}} ELSE d.{{0}} END"
COLUMNS = (
    f"t.id, t.asset, CASE WHEN {GIVEN} THEN t.amount ELSE -t.amount END, {HOLDER.format('id')}, {HOLDER.format('balance')},"
    f" {HOLDER.format('owner_kind')}, {HOLDER.format('owner_id')}, u.name,"
    f" CASE WHEN {GIVEN} THEN d.owner_kind ELSE c.owner_kind END, t.reason, t.posted_at, t.event_id, act.key, e.happened_on,"
    " e.source, def.key, t.actor_id, actor.name, t.reference, t.metadata, t.reverses_id, r.id"
)
# Every join is by a key, and only the page's own rows are joined.
JOINS = (
    " JOIN transfers t ON t.id = page.id JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id"
    f" LEFT JOIN users u ON u.id = {HOLDER.format('owner_id')} AND {HOLDER.format('owner_kind')} = 'user'"
    " LEFT JOIN events e ON e.id = t.event_id LEFT JOIN activities act ON act.id = e.activity_id"
    " LEFT JOIN definitions def ON def.id = t.rule_version_id LEFT JOIN users actor ON actor.id = t.actor_id"
    " LEFT JOIN transfers r ON r.reverses_id = t.id"
)


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


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a person's. `amount` is signed as they see it; `balance_after` is what that account held once it was in."""

    id: int
    asset: str
    amount: int
    balance_after: int
    # Whose it is: a person here, or somebody on a waitlist.
    user_id: int | None
    person: str | None
    subscriber_id: int | None
    counterpart: str
    reason: str
    posted_at: datetime
    # What was done for it, when that was for the person, and where it came from.
    event_id: int | None
    activity: str | None
    happened_on: date | None
    source: str | None
    # The key of the first rule that paid.
    rule: str | None
    actor_id: int | None
    actor: str | None
    reference: str | None
    details: Any
    reverses_id: int | None
    reversed_by_id: int | None

    @property
    def whose(self) -> str:
        """Who has it, in words."""
        return self.person if self.person is not None else f"Subscriber {self.subscriber_id}"


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


def lines(wanted: Wanted, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Line]:
    """A page of movements, newest first, those with an id below `before_id`."""
    ids, params = _ids(wanted, before_id or LAST_ID, limit)
    if not ids:
        return []
    rows = sql.rows(f"SELECT {COLUMNS} FROM ({ids}) AS page{JOINS} ORDER BY t.id DESC", params)
    return list(_with_balances(rows))


def line_of(transfer_id: int) -> Line:
    """One movement. Raises NotFound."""
    ids = "SELECT id FROM transfers WHERE id = ?"
    rows = sql.rows(f"SELECT {COLUMNS} FROM ({ids}) AS page{JOINS}", (transfer_id,)) if 0 < transfer_id < LAST_ID else []
    if not rows:
        raise NotFound(f"transfer {transfer_id}")
    return next(_with_balances(rows))


def lines_of_reference(reference: str, *, limit: int = PAGE_ROWS) -> list[Line]:
    """The latest movements that refer to exactly this."""
    ids = "SELECT id FROM transfers WHERE reference = ? ORDER BY id DESC LIMIT ?"
    return list(_with_balances(sql.rows(f"SELECT {COLUMNS} FROM ({ids}) AS page{JOINS} ORDER BY t.id DESC", (reference, limit))))


def every_line(wanted: Wanted) -> Iterator[Line]:
    """All of them, newest first, read in batches."""
    before_id = None
    while batch := lines(wanted, before_id=before_id, limit=BATCH_ROWS):
        yield from batch
        if len(batch) < BATCH_ROWS:
            return
        before_id = batch[-1].id


def totals(wanted: Wanted) -> list[Total]:
    """What all pages together show, by asset and counterpart; their `transfers` add up to the number of lines."""
    by_day = wanted.user_id is None and wanted.reason is None
    rows = _totals_of_days(wanted) if by_day else _totals_of_lines(wanted)
    return [Total(asset, counterpart, *map(int, amounts)) for asset, counterpart, *amounts in rows]


def unbalanced() -> dict[str, int]:
    """Per asset, what people hold beyond what the days moved to them; empty where the books agree, as they always should."""
    # The system's own accounts keep no balance, so nobody need leave them out.
    question = (
        "SELECT asset, sum(amount) FROM (SELECT asset, sum(balance) AS amount FROM accounts GROUP BY asset"
        " UNION ALL SELECT asset, sum(taken) - sum(given) FROM daily_flows GROUP BY asset) AS sides GROUP BY asset"
    )
    return {asset: int(amount) for asset, amount in sql.rows(question) if amount}


def _ids(wanted: Wanted, before_id: int, limit: int) -> tuple[str, list[object]]:
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
    question = f"SELECT min(first_id), max(last_id) FROM daily_flows WHERE {_days(wanted)[0]}"
    first_id, last_id = sql.rows(question, _days(wanted)[1])[0]
    return (first_id, min(before_id, last_id + 1)) if first_id is not None else (0, 0)


def _days(wanted: Wanted) -> tuple[str, list[object]]:
    asked = [
        ("day >= ?", wanted.first and wanted.first.isoformat()),
        ("day <= ?", wanted.last and wanted.last.isoformat()),
        ("asset = ?", wanted.asset),
        ("counterpart = ?", wanted.counterpart),
    ]
    found = [(condition, value) for condition, value in asked if value]
    return " AND ".join(condition for condition, _ in found) or "1 = 1", [value for _, value in found]


def _totals_of_days(wanted: Wanted) -> list[sql.Row]:
    which, params = _days(wanted)
    sums = "sum(transfers), sum(given), sum(taken)"
    return sql.rows(f"SELECT asset, counterpart, {sums} FROM daily_flows WHERE {which} GROUP BY asset, counterpart ORDER BY 1, 2", params)


def _totals_of_lines(wanted: Wanted) -> list[sql.Row]:
    ids, params = _ids(wanted, LAST_ID, LAST_ID)
    if not ids:
        return []
    question = (
        f"SELECT t.asset, CASE WHEN {GIVEN} THEN d.owner_kind ELSE c.owner_kind END, count(*),"
        f" sum(CASE WHEN {GIVEN} THEN t.amount ELSE 0 END), sum(CASE WHEN {GIVEN} THEN 0 ELSE t.amount END)"
        f" FROM ({ids}) AS page JOIN transfers t ON t.id = page.id JOIN accounts d ON d.id = t.debit_id"
        " JOIN accounts c ON c.id = t.credit_id GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return sql.rows(question, params)


def _with_balances(rows: Sequence[sql.Row]) -> Iterator[Line]:
    """Each line's balance is its account's, without what was moved since; each stretch between two lines is summed once."""
    moved = _moved_between(rows)
    since: dict[int, int] = {}
    for row in rows:
        transfer_id, asset, amount, account_id, balance, holder, holder_id, person, counterpart, reason, posted_at = row[:11]
        event_id, activity, happened_on, source, rule, actor_id, actor, reference, details, reverses_id, reversed_by_id = row[11:]
        since[account_id] = since.get(account_id, 0) + moved[transfer_id]
        yield Line(
            id=transfer_id,
            asset=asset,
            amount=amount,
            balance_after=balance - since[account_id],
            user_id=holder_id if holder == Owner.USER else None,
            person=person,
            subscriber_id=holder_id if holder == Owner.SUBSCRIBER else None,
            counterpart=counterpart,
            reason=reason,
            posted_at=time_from_text(posted_at),
            event_id=event_id,
            activity=activity,
            happened_on=date.fromisoformat(happened_on) if happened_on else None,
            source=source,
            rule=rule,
            actor_id=actor_id,
            actor=actor,
            reference=reference,
            details=documents.parse(details),
            reverses_id=reverses_id,
            reversed_by_id=reversed_by_id,
        )


def _moved_between(rows: Sequence[sql.Row]) -> dict[int, int]:
    """By transfer, what its person's account moved after it, up to and with the next later line of the same account."""
    if not rows:
        return {}
    later: dict[int, int] = {}
    spans: list[object] = []
    for transfer_id, _, _, account_id, *_ in rows:
        spans += [transfer_id, account_id, later.get(account_id, LAST_ID)]
        later[account_id] = transfer_id
    side = "SELECT coalesce(sum(amount), 0) FROM transfers WHERE {side}_id = account_id AND id > low AND id <= high"
    question = (
        f"WITH spans (low, account_id, high) AS (VALUES {','.join(['(?, ?, ?)'] * len(rows))})"
        f" SELECT low, ({side.format(side='credit')}) - ({side.format(side='debit')}) FROM spans"
    )
    return {low: int(moved) for low, moved in sql.rows(question, spans)}
