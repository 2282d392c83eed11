"""Mails to somebody who is forgotten: what was sent to them goes with them, and what was not is not sent any more."""

from collections.abc import Sequence

from rewards.campaigns.facts import SubscriberErased
from rewards.kit import sql

# The same address may have mails of another list, and of an account.
FORGET = "DELETE FROM mails WHERE recipient = ? AND (about LIKE ? OR about LIKE ?)"


def forget_mails(facts: Sequence[SubscriberErased]) -> None:
    """Delete every mail about them."""
    for fact in facts:
        about = f'%"subscriber_id":{fact.subscriber_id}'
        sql.run(FORGET, (fact.email, f"{about},%", f"{about}}}%"))
