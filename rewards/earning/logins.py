"""The first sign-in of somebody's day is an event, where the programme counts sign-ins."""

from collections.abc import Sequence

from rewards.activities.happening import NewEvent
from rewards.activities.models import Recorder
from rewards.activities.registry import registry_in_force
from rewards.earning.processing import record_and_process
from rewards.kit import sql
from rewards.people.facts import SignedIn
from rewards.people.locking import Person, lock_people
from rewards.people.models import Role

ACTIVITY = "daily_login"
SOURCE = "system"


def record_daily_logins(facts: Sequence[SignedIn]) -> None:
    """Record and process one event for each client's day, in the transaction that signs them in."""
    activity = registry_in_force().activities.get(ACTIVITY)
    if activity is None or not activity.active:
        return
    people = lock_people(_clients(facts))
    days = {_key(people[fact.user_id], fact): fact for fact in reversed(facts) if fact.user_id in people}
    known = _known(list(days))
    # An event that fails is set aside and tried again; a sign-in never fails for it.
    record_and_process([_event(key, fact) for key, fact in days.items() if key not in known])


def _clients(facts: Sequence[SignedIn]) -> list[int]:
    ids = [fact.user_id for fact in facts]
    return [row[0] for row in sql.rows(f"SELECT id FROM users WHERE id IN ({sql.marks(ids)}) AND role = ?", (*ids, Role.CLIENT))]


def _key(person: Person, fact: SignedIn) -> str:
    day = fact.signed_in_at.astimezone(person.zone_at(fact.signed_in_at)).date()
    return f"{ACTIVITY}:{person.id}:{day}"


def _known(keys: Sequence[str]) -> set[str]:
    """The second sign-in of a day is another moment, so it would be refused as another event under the same key."""
    question = f"SELECT idempotency_key FROM events WHERE source = ? AND idempotency_key IN ({sql.marks(keys)})"
    return {row[0] for row in sql.rows(question, (SOURCE, *keys))} if keys else set()


def _event(key: str, fact: SignedIn) -> NewEvent:
    return NewEvent(
        user_id=fact.user_id,
        action="login",
        object_type="daily",
        activity=ACTIVITY,
        source=SOURCE,
        recorder=Recorder.SYSTEM,
        occurred_at=fact.signed_in_at,
        idempotency_key=key,
    )
