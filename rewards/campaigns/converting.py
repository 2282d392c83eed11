"""A referral by somebody who is a client is an event of theirs, where the programme counts it; undone, it is undone there too."""

from collections.abc import Sequence

from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.activities.registry import registry_in_force
from rewards.campaigns.facts import ReferralConfirmed, ReferralUndone
from rewards.earning.processing import record_and_process
from rewards.earning.undoing import take_back
from rewards.kit import sql
from rewards.people.models import Role

ACTIVITY = "referral_converted"
SOURCE = "campaign"
CLIENT = "SELECT u.id FROM subscribers s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND u.role = ? AND u.status = 'active'"


def record_conversions(facts: Sequence[ReferralConfirmed]) -> None:
    """Record and process one event for each referral of a client; one that fails is set aside and tried again by the engine."""
    activity = registry_in_force().activities.get(ACTIVITY)
    if activity is None or not activity.active:
        return
    clients = {fact: sql.value(CLIENT, (fact.referrer_id, Role.CLIENT)) for fact in facts}
    record_and_process([_event(fact, int(user_id)) for fact, user_id in clients.items() if user_id is not None])


def undo_conversions(facts: Sequence[ReferralUndone]) -> None:
    """Take back what these referrals brought a client."""
    for fact in facts:
        found = sql.value("SELECT id FROM events WHERE source = ? AND idempotency_key = ?", (SOURCE, _key(fact)))
        if found is not None:
            take_back(event_id=int(found), actor_id=None, by_staff=True, reason="The referral counts no more")


def _event(fact: ReferralConfirmed, user_id: int) -> NewEvent:
    return NewEvent(
        user_id=user_id,
        action="converted",
        object_type="referral",
        activity=ACTIVITY,
        source=SOURCE,
        recorder=Recorder.SYSTEM,
        idempotency_key=_key(fact),
    )


def _key(fact: ReferralConfirmed | ReferralUndone) -> str:
    # A referral that is confirmed again is another event of the campaign's.
    return f"{ACTIVITY}:{fact.event_id}"
