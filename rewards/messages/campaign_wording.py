"""Mails to people on waitlists. A link is made when its mail is sent, and is good from then on."""

from collections.abc import Mapping
from typing import Any, Literal

from rewards.activities.registry import registry_in_force
from rewards.campaigns.links import token_for
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.queries import is_over
from rewards.campaigns.reward_models import CampaignReward, SubscriberReward
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit import clock
from rewards.kit.database import db
from rewards.messages.phrases import UNASKED, Worded, address, day, hello, line, text, unwanted
from rewards.people.queries import user_by_id


def subscribed(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """Whether the address that has joined is theirs."""
    found = _subscriber(about)
    if found is None or found[0].verified_at is not None:
        return None
    subscriber, waitlist = found
    name = line(waitlist.name)
    return Worded(
        f"Confirm your place: {name}",
        text(
            _hello(subscriber),
            f"You are on the list of {name}. Confirm that this address is yours, and everything you do there counts:",
            _link(waitlist, subscriber, "verify"),
            f"Your page, with your place and the link to share:\n{_link(waitlist, subscriber, 'me')}",
            "The first link is good for seven days, the second one is yours to keep.",
            UNASKED,
        ),
    )


def subscriber_link(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """The link of somebody who is in already."""
    found = _subscriber(about)
    if found is None:
        return None
    subscriber, waitlist = found
    if subscriber.verified_at is None:
        return subscribed(recipient, about)
    name = line(waitlist.name)
    return Worded(
        f"Your place: {name}",
        text(
            _hello(subscriber),
            f"You are on the list of {name} already. Your page, with your place and the link to share:",
            _link(waitlist, subscriber, "me"),
            "The link is yours to keep; whoever has it sees your page.",
            UNASKED,
        ),
    )


def campaign_reward(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """What somebody has won."""
    found = _subscriber(about)
    won = db.session.get(SubscriberReward, about["subscriber_reward_id"])
    if found is None or won is None:
        return None
    subscriber, waitlist = found
    reward = db.session.get_one(CampaignReward, won.reward_id)
    client = user_by_id(subscriber.user_id) if subscriber.user_id is not None else None
    return Worded(
        f"You have won {line(reward.name)}: {line(waitlist.name)}",
        text(
            _hello(subscriber),
            f"{line(reward.name)} is yours.",
            *([reward.description] if reward.description else []),
            f"Your page says how you get it:\n{_link(waitlist, subscriber, 'me')}",
            *([unwanted(client)] if client else []),
        ),
    )


def campaign_begun(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """What somebody waited for can be played."""
    found = _subscriber(about)
    campaign = db.session.get(Campaign, about["campaign_id"])
    if found is None or campaign is None or is_over(campaign, clock.now()):
        return None
    subscriber, waitlist = found
    name, zone = line(waitlist.name), registry_in_force().settings.timezone
    return Worded(
        f"It has begun: {name}",
        text(
            _hello(subscriber),
            f"{name} has begun. Your page, with your place and the link to share:\n{_link(waitlist, subscriber, 'me')}",
            *([f"It ends {day(campaign.ends_at, zone)}."] if campaign.ends_at else []),
            f"You get this because you are on the list. To leave it:\n{_link(waitlist, subscriber, 'leave')}",
        ),
    )


def _subscriber(about: Mapping[str, Any]) -> tuple[Subscriber, Waitlist] | None:
    subscriber = db.session.get(Subscriber, about["subscriber_id"])
    if subscriber is None or subscriber.status == SubscriberStatus.ERASED:
        return None
    return subscriber, db.session.get_one(Waitlist, subscriber.waitlist_id)


def _hello(subscriber: Subscriber) -> str:
    # Before that, nobody knows who typed the name, and it is sent to nobody.
    return hello(subscriber.name if subscriber.verified_at else None)


def _link(waitlist: Waitlist, subscriber: Subscriber, page: Literal["me", "verify", "leave"]) -> str:
    return address(f"c/{waitlist.slug}/{page}", token_for(subscriber, "verify" if page == "verify" else "me"))
