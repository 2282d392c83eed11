"""What the engine would have paid for an event if nothing but a limit had been in the way: what somebody misses."""

from collections.abc import Mapping

from rewards.earning.deciding import DecisionError
from rewards.earning.in_force import programme_in_force
from rewards.earning.pipeline import Batch, Passage
from rewards.earning.reopening import reopened
from rewards.earning.slots import FREE
from rewards.kit import sql
from rewards.ledger.models import POINTS, XP
from rewards.people.locking import Person


def base_amounts(activity: str) -> dict[str, int]:
    """XP and points that one of it is worth by itself."""
    registered = programme_in_force().activities.get(activity)
    return _told(registered.base) if registered else {}


def kept_back(event_id: int, person: Person) -> dict[str, int]:
    """XP and points that a limit has kept from an event, as its person stands now; empty where none did."""
    if sql.value("SELECT paid FROM events WHERE id = ? AND state = 'processed'", (event_id,)) != 0:
        return {}
    # A row of its own: nothing of this is written, so it takes no place in the order of decisions.
    event = reopened(event_id, person)._replace(row=(event_id,))
    passage = Passage(Batch([event]), event)
    if passage.slot.blocked is None:
        return {}
    passage.slot = FREE
    try:
        passage.decide()
    except DecisionError:
        return {}
    return _told(passage.decision.amounts) if passage.decision else {}


def _told(amounts: Mapping[str, int]) -> dict[str, int]:
    return {asset: amount for asset, amount in amounts.items() if asset in (XP, POINTS) and amount > 0}
