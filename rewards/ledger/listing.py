"""Lists of movements as pages show them: one person's history or the whole ledger, filtered, newest first, each with the balance after it.

A page costs the same however long the ledger is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.errors import NotFound
from rewards.ledger.models import HELD, Owner
from rewards.ledger.wanted import Wanted, ids_of

PAGE_ROWS = 25
BATCH_ROWS = 500
LAST_ID = 2**62
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


def lines(wanted: Wanted, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Line]:
    """A page of movements, newest first, those with an id below `before_id`."""
    ids, params = ids_of(wanted, before_id or LAST_ID, limit)
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
