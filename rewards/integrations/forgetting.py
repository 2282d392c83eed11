"""What other systems were told about somebody is forgotten with them: answers are kept for keys that may be sent again."""

from collections.abc import Sequence

from rewards.campaigns.facts import SubscriberErased
from rewards.kit import documents, sql

# An answer about a subscriber begins with their id.
FORGET = "UPDATE idempotent_answers SET body = ? WHERE route IN ('waitlists/subscribers', 'waitlists/verification') AND body LIKE ?"


def forget_answers(facts: Sequence[SubscriberErased]) -> None:
    """Keep of every answer about them only whom it was about."""
    for fact in facts:
        left = documents.compact({"id": fact.subscriber_id, "status": "erased"})
        sql.run(FORGET, (left, f'{{"id":{fact.subscriber_id},%'))
