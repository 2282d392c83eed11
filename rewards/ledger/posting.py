"""The only door through which amounts move."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.accounts import Holding, system_account
from rewards.ledger.flows import Flow, add_flows
from rewards.ledger.models import AMOUNT_MAX, HOLDERS, Owner

INSERT = (
    "INSERT INTO transfers (id, asset, debit_id, credit_id, amount, reason, posted_at, event_id, rule_version_id, actor_id, reference,"
    " metadata, idempotency_key, reverses_id, decided_no) VALUES {rows}"
)
RAISE = (
    "UPDATE accounts SET balance = balance + column2, last_transfer_id = column3 FROM (VALUES {rows}) AS moved WHERE accounts.id = column1"
)
# The condition stands in the statement itself: two spenders cannot both find enough.
TAKE = "UPDATE accounts SET balance = balance + ?, last_transfer_id = ? WHERE id = ? AND (spendable = 0 OR balance + ? >= 0)"


class Movement(NamedTuple):
    """One transfer to be: `amount` > 0 of one asset between a person's account and one of the system's, towards the person or away."""

    holding: Holding
    counterpart: Owner
    amount: int
    reason: str
    idempotency_key: str
    to_person: bool = True
    event_id: int | None = None
    rule_version_id: int | None = None
    actor_id: int | None = None
    reference: str | None = None
    details: str = "{}"
    reverses_id: int | None = None
    # Whether it follows from something that has its place in the order of decisions: an event, an adjustment, an undo.
    follows: bool = False

    @property
    def signed(self) -> int:
        """The amount as the person sees it."""
        return self.amount if self.to_person else -self.amount


def post(movements: Sequence[Movement]) -> list[int]:
    """Write the transfers and move the balances with them, in order; their ids. The people must be locked.

    Raises Refused (`insufficient`, with the gap) where a balance would fall below 0, Invalid for an amount out of range.
    """
    if not movements:
        return []
    now = time_text(clock.now())
    ids = sql.allocate_ids("transfers", len(movements))
    # What follows from nothing has a place of its own in the order of decisions, which it shares with events.
    numbers = iter(sql.take_ids("events", sum(not movement.follows for movement in movements)))
    sql.run_in_blocks(INSERT, [_row(transfer_id, movement, now, numbers) for transfer_id, movement in zip(ids, movements, strict=True)])
    _move_balances(zip(ids, movements, strict=True))
    _note_flows(now, zip(ids, movements, strict=True))
    return list(ids)


def _row(transfer_id: int, movement: Movement, now: str, numbers: Iterator[int]) -> tuple[object, ...]:
    if not 0 < movement.amount <= AMOUNT_MAX:
        raise Invalid.single("amount", f"a whole number from 1 to {AMOUNT_MAX:,}", movement.amount)
    system = system_account(movement.counterpart, movement.holding.asset)
    debit, credit = (system, movement.holding.account_id) if movement.to_person else (movement.holding.account_id, system)
    return (
        transfer_id,
        movement.holding.asset,
        debit,
        credit,
        movement.amount,
        movement.reason,
        now,
        movement.event_id,
        movement.rule_version_id,
        movement.actor_id,
        movement.reference,
        movement.details,
        movement.idempotency_key,
        movement.reverses_id,
        None if movement.follows else next(numbers),
    )


def _move_balances(posted: Iterable[tuple[int, Movement]]) -> None:
    totals: dict[int, int] = {}
    last_ids: dict[int, int] = {}
    holdings: dict[int, Holding] = {}
    for transfer_id, movement in posted:
        account_id = movement.holding.account_id
        holdings[account_id] = movement.holding
        totals[account_id] = totals.get(account_id, 0) + movement.signed
        last_ids[account_id] = transfer_id
    # No two batches move the same account, for each holds its people. What falls is held against what is there.
    sql.run_in_blocks(RAISE, [(account_id, total, last_ids[account_id]) for account_id, total in sorted(totals.items()) if total >= 0])
    for account_id, total in sorted(totals.items()):
        if total < 0:
            _take(holdings[account_id], total, last_ids[account_id])


def _take(holding: Holding, total: int, last_id: int) -> None:
    if sql.run(TAKE, (total, last_id, holding.account_id, total)) == 0:
        balance = int(sql.value("SELECT balance FROM accounts WHERE id = ?", (holding.account_id,)))
        gap = -total - balance
        raise Refused("insufficient", f"{gap} {holding.asset} to go: {-total} are needed and {balance} are there", **{holding.asset: gap})


def _note_flows(now: str, posted: Iterable[tuple[int, Movement]]) -> None:
    """Take the transfers into what the day moved."""
    flows: dict[tuple[str, str], Flow] = {}
    for transfer_id, movement in posted:
        flow = flows.setdefault((movement.holding.asset, movement.counterpart), Flow(transfer_id))
        flow.take(transfer_id, movement.amount, to_person=movement.to_person)
    add_flows(now, flows)


def reverse(*, transfer_id: int, actor_id: int | None, reason: str, follows: bool = False) -> int:
    """Post the opposite of a transfer, once; the id of the new one. Whose it was must be held.

    `follows`: it is part of something that has its place in the order of decisions.

    Raises NotFound, Refused (`already_reversed`, `is_a_reversal`, `insufficient`).
    """
    question = (
        "SELECT t.asset, t.amount, t.event_id, t.rule_version_id, t.reverses_id,"
        " d.id, d.owner_kind, d.owner_id, d.balance, c.id, c.owner_kind, c.owner_id, c.balance"
        " FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id WHERE t.id = ?"
    )
    found = sql.rows(question, (transfer_id,))
    if not found:
        raise NotFound(f"transfer {transfer_id}")
    asset, amount, event_id, rule_version_id, reverses_id = found[0][:5]
    if reverses_id is not None:
        raise Refused("is_a_reversal", "A reversal cannot be reversed; post the movement again instead.")
    if sql.value("SELECT id FROM transfers WHERE reverses_id = ?", (transfer_id,)):
        raise Refused("already_reversed", f"Transfer {transfer_id} has been reversed already.")
    debit, credit = found[0][5:9], found[0][9:]
    went_to_person = credit[1] in HOLDERS
    (account_id, _, owner_id, balance), (_, system, *_) = (credit, debit) if went_to_person else (debit, credit)
    holding = Holding(account_id, owner_id, asset, balance)
    movement = Movement(
        holding=holding,
        counterpart=Owner(system),
        amount=amount,
        reason=reason,
        idempotency_key=f"reversal:{transfer_id}",
        to_person=not went_to_person,
        event_id=event_id,
        rule_version_id=rule_version_id,
        actor_id=actor_id,
        details=documents.canonical({"reverses": transfer_id}),
        reverses_id=transfer_id,
        follows=follows,
    )
    return post([movement])[0]
