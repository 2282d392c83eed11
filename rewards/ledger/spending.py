"""Points that are given for something elsewhere: they leave the person for good."""

import secrets
from dataclasses import dataclass

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound, Problem, Refused
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import AMOUNT_MAX, POINTS, Owner
from rewards.ledger.posting import Movement, post
from rewards.people.locking import lock_people

REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent, and what is left."""

    transfer_id: int
    points: int
    balance: int


def spend_points(*, user_id: int, points: int, reason: str, reference: str, idempotency_key: str | None = None) -> Spending:
    """Take points from a person; `reference` says on whose word. The same key takes them once, for ever.

    Raises Invalid, NotFound, Refused (`insufficient` with the gap, `disabled`).
    """
    _check(points, reason)
    person = lock_people([user_id]).get(user_id)
    if person is None:
        raise NotFound(f"user {user_id}")
    holding = holding_of(user_id, POINTS)
    key = f"spending:{reference}:{idempotency_key}" if idempotency_key else f"spending:{secrets.token_hex(16)}"
    if known := sql.rows("SELECT id, amount, reason, debit_id FROM transfers WHERE idempotency_key = ?", (key,)):
        if known[0][1:] != (points, reason, holding.account_id):
            raise Invalid.single("idempotency_key", "a new key: this one stands for another movement", idempotency_key)
        return Spending(known[0][0], points, holding.balance)
    if not person.is_active:
        raise Refused("disabled", "This person's account is switched off; nothing is spent from it.")
    movement = Movement(holding, Owner.REDEEMED, points, reason, key, to_person=False, reference=reference)
    return Spending(post([movement])[0], points, holding.balance - points)


def _check(points: int, reason: str) -> None:
    problems = []
    if not 0 < points <= AMOUNT_MAX:
        problems.append(Problem("points", f"a whole number from 1 to {AMOUNT_MAX:,}", points))
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX:
        problems.append(Problem("reason", f"1 to {REASON_LENGTH_MAX} characters that say why", reason))
    if problems:
        raise Invalid(problems)
