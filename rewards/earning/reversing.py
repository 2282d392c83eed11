"""Takes back one transfer, once, and with it its part of the daily totals."""

from rewards.earning.rolling_up import last_days_derived, set_last_days, take_into_its_day
from rewards.kit import sql
from rewards.kit.errors import NotFound, Refused
from rewards.ledger.models import SCORE_OF
from rewards.ledger.posting import reverse
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import lock_people

# The shop moves these, and nothing of a redemption may go back without the rest.
REDEMPTION = "redemption:"


def reverse_transfer(*, transfer_id: int, actor_id: int | None, reason: str) -> int:
    """Post the opposite of a transfer; the id of the new one. The level follows, what was reached stays reached.

    Raises NotFound, Refused (`already_reversed`, `is_a_reversal`, `insufficient`, `of_a_redemption`, `of_a_campaign`).
    """
    question = (
        "SELECT t.reference, t.event_id, t.asset, CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END,"
        " CASE WHEN c.owner_kind = 'user' THEN c.owner_id ELSE d.owner_id END"
        " FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id WHERE t.id = ?"
    )
    found = sql.rows(question, (transfer_id,))
    if not found:
        raise NotFound(f"transfer {transfer_id}")
    reference, event_id, asset, signed, user_id = found[0]
    if reference and reference.startswith(REDEMPTION):
        raise Refused("of_a_redemption", "This belongs to a redemption. Reject or undo that, so that the reward goes back with it.")
    if asset.startswith(SCORE_OF):
        raise Refused("of_a_campaign", "This is a campaign's score. Adjust it there, so that the place goes with it.")
    lock_people([user_id])
    reversal_id = reverse(transfer_id=transfer_id, actor_id=actor_id, reason=reason)
    if event_id:
        take_into_its_day(event_id, asset, -signed)
        set_last_days([(user_id, last_days_derived(user_id).get(user_id))])
    after = {"user_id": user_id, "asset": asset, "amount": -signed, "reversal_id": reversal_id}
    record_deed(Done("transfer_reversed", "transfer", transfer_id, after=after, note=reason), actor_id=actor_id)
    return reversal_id
