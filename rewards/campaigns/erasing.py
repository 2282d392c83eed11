"""Subscribers who want to be forgotten: what names them goes, and what they did for others stays."""

from rewards.campaigns import boards, resolving
from rewards.campaigns.facts import SubscriberErased
from rewards.campaigns.holding import hold_subscribers
from rewards.campaigns.origins import erased_mark
from rewards.campaigns.queries import subscriber_run_by
from rewards.campaigns.stepping import count_in, count_out
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.campaigns.writing_down import keep_place
from rewards.kit import sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.tokens import new_seed
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

LOST = "UPDATE referrals SET state = 'undone', reason = 'erased' WHERE referee_id = ? AND state IN ('waiting', 'held')"


def erase(*, subscriber_id: int, actor: User | None) -> Subscriber:
    """Forget who they are. A mark of their mailbox stays, that tells nobody anything: who comes back is noticed. Raises NotFound."""
    known = subscriber_run_by(actor, subscriber_id)
    subscriber = hold_subscribers([known.id])[known.id]
    if subscriber.status == SubscriberStatus.ERASED:
        return subscriber
    announce([SubscriberErased(subscriber.id, subscriber.email)])
    # Before the address changes: whoever writes a board down holds it, and on PostgreSQL waits for a row whose unique columns do.
    for campaign_id in resolving.entered_by(subscriber.id):
        keep_place(campaign_id, subscriber.id)
        boards.leave(campaign_id=campaign_id, subscriber_id=subscriber.id)
    # Where they came from is forgotten too.
    count_out(subscriber.id)
    subscriber.status = SubscriberStatus.ERASED
    subscriber.mailbox = erased_mark(subscriber.mailbox)
    subscriber.email = subscriber.address = f"erased:{subscriber.id}"
    subscriber.name = subscriber.source = subscriber.network = subscriber.device = ""
    subscriber.consent = subscriber.consented_at = None
    # Every link that was mailed ends with the seed it was made from.
    subscriber.user_id, subscriber.seed = None, new_seed()
    db.session.flush()
    count_in(subscriber.id)
    # Nobody can hand anything to them any more; others may have it.
    resolving.withdraw_everywhere(subscriber_id=subscriber.id)
    # Nobody can look at it any more: what has not counted by now never does.
    sql.run(LOST, (subscriber.id,))
    record_deed(Done("subscriber_erased", "subscriber", subscriber.id), actor_id=actor.id if actor else None)
    return subscriber
