"""How somebody is named on the board is theirs to choose, at any time and as often as they like."""

from rewards.campaigns.queries import subscriber_run_by
from rewards.campaigns.subscriber_models import Display, Subscriber, SubscriberStatus
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound


def choose_display(*, subscriber_id: int, display: str) -> Subscriber:
    """Name them so from now on, on every board that is shown. Raises NotFound, Invalid."""
    subscriber = subscriber_run_by(None, subscriber_id)
    if subscriber.status == SubscriberStatus.ERASED:
        raise NotFound(f"subscriber {subscriber_id}")
    if display not in set(Display):
        raise Invalid.single("display", f"one of {', '.join(Display)} is expected", display)
    subscriber.display = display
    db.session.flush()
    return subscriber
