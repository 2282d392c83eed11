"""Links that are a subscriber's own: to their page, and to say that the address is theirs."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from rewards.campaigns.queries import ID_MAX
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.tokens import is_token_from, token_from

Purpose = Literal["me", "verify"]
# Their own page stays theirs as long as their data is here.
LIFETIME = timedelta(days=7)
LENGTH_MAX = 100


def token_for(subscriber: Subscriber, purpose: Purpose) -> str:
    """What stands in the link; that to verify is good for seven days."""
    until = int((clock.now() + LIFETIME).timestamp()) if purpose == "verify" else 0
    return f"{subscriber.id}.{until}.{token_from(_sealed(purpose, until), subscriber.seed)}"


def subscriber_of(token: str, purpose: Purpose) -> Subscriber | None:
    """Whose link it is, if it is still good."""
    parts = token.split(".") if len(token) <= LENGTH_MAX and token.isascii() else []
    if len(parts) != 3 or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    subscriber_id, until, signed = int(parts[0]), int(parts[1]), parts[2]
    found = db.session.get(Subscriber, subscriber_id) if 0 < subscriber_id < ID_MAX else None
    if found is None or found.status == SubscriberStatus.ERASED or not is_token_from(signed, _sealed(purpose, until), found.seed):
        return None
    # Signed with the rest: nobody but this installation has chosen it.
    is_good = purpose == "me" or clock.now() < datetime.fromtimestamp(until, UTC)
    return found if is_good else None


def _sealed(purpose: Purpose, until: int) -> str:
    return f"subscriber {purpose} {until}"
