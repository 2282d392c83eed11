"""Writes mails down, beside the deed that they tell of and in its transaction. A job sends them; nobody waits for that."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rewards.campaigns.facts import CampaignBegun, JoinedAgain, RewardEarned, SubscriberJoined
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db
from rewards.messages.redemption_wording import BECAME
from rewards.messages.wording import Kind
from rewards.people.facts import AddressClaimed, EmailChanged, Invited, PasswordChanged, PasswordOffered, ResetAsked
from rewards.people.joining import check_email
from rewards.people.models import Status
from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_id
from rewards.shop.facts import RedemptionSettled, RewardRedeemed
from rewards.shop.queries import settlers_of

# As long as a mail takes at the most that somebody waits for.
SECONDS_BETWEEN_LINKS = 300
LINKS_A_DAY = 10
MAIL = (
    "INSERT INTO mails (kind, recipient, about, message_key, state, attempts, next_attempt_at, created_at)"
    " VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?) ON CONFLICT (message_key) DO NOTHING"
)


def write_mail(*, kind: Kind, recipient: str, about: Mapping[str, Any], key: str = "") -> bool:
    """A mail of this kind to this address, to be sent after the commit. It says what it is about, and holds no secret.

    A second one with the same `key` is not written; whether this one was.
    """
    now = time_text(clock.now())
    return bool(sql.run(MAIL, (kind, recipient, documents.canonical(dict(about)), key or secrets.token_hex(16), now, now)))


def write_test_mail(*, recipient: str) -> None:
    """A mail that only shows that mail is sent. Raises Invalid."""
    write_mail(kind=Kind.TEST, recipient=check_email(recipient), about={})


def mail_invitations(facts: Sequence[Invited]) -> None:
    """Send those who were invited their links."""
    for fact in facts:
        write_mail(kind=Kind.INVITATION, recipient=fact.email, about={"invitation_id": fact.invitation_id})


def mail_resets(facts: Sequence[ResetAsked]) -> None:
    """Send a link for a new password, where somebody can use one. That is asked later: how long this takes must not tell it."""
    for fact in facts:
        write_mail(kind=Kind.RESET, recipient=fact.email, about={})


def mail_first_passwords(facts: Sequence[PasswordOffered]) -> None:
    """Send those who were given an account a link to choose their password."""
    for fact in facts:
        write_mail(kind=Kind.FIRST_PASSWORD, recipient=fact.email, about={"link_id": fact.link_id})


def mail_claimed_addresses(facts: Sequence[AddressClaimed]) -> None:
    """Ask at an address whether it is theirs."""
    for fact in facts:
        write_mail(kind=Kind.VERIFY, recipient=fact.email, about={"link_id": fact.link_id})


def warn_old_addresses(facts: Sequence[EmailChanged]) -> None:
    """Tell the address that somebody had: if it was not they who changed it, nothing else would."""
    for fact in facts:
        write_mail(kind=Kind.EMAIL_CHANGED, recipient=fact.before, about={"user_id": fact.user_id})


def warn_of_new_passwords(facts: Sequence[PasswordChanged]) -> None:
    """Tell them: if it was not they who changed it, nothing else would."""
    for fact in facts:
        write_mail(kind=Kind.PASSWORD_CHANGED, recipient=fact.email, about={"user_id": fact.user_id})


def mail_redemptions(facts: Sequence[RewardRedeemed]) -> None:
    """Tell those who hand it out that a client waits for something, where they want to be told each time."""
    for fact in facts:
        client = user_by_id(fact.user_id) if fact.pending else None
        for reader in settlers_of(client) if client else ():
            if preferences_of(reader).redemption_mail == "instant":
                about = {"redemption_id": fact.redemption_id, "reader_id": reader.id}
                write_mail(kind=Kind.REDEMPTION, recipient=reader.email, about=about)


def mail_settlements(facts: Sequence[RedemptionSettled]) -> None:
    """Tell who redeemed something what others made of it, where they want to be told."""
    for fact in facts:
        client = user_by_id(fact.user_id) if fact.outcome in BECAME and fact.actor_id != fact.user_id else None
        if client and client.status == Status.ACTIVE and preferences_of(client).outcome_mail:
            about = {"redemption_id": fact.redemption_id, "outcome": fact.outcome}
            write_mail(kind=Kind.SETTLEMENT, recipient=client.email, about=about)


def mail_joined(facts: Sequence[SubscriberJoined]) -> None:
    """Ask who has joined a waitlist whether the address is theirs."""
    for fact in facts:
        _mail_subscriber(Kind.SUBSCRIBED, fact.subscriber_id, key=f"subscribed:{fact.subscriber_id}")


def mail_joined_again(facts: Sequence[JoinedAgain]) -> None:
    """Send who is on a waitlist their link, however often it is asked for not more than once in a while: anybody may ask."""
    for fact in facts:
        if key := _key_of_link(fact.subscriber_id):
            _mail_subscriber(Kind.SUBSCRIBER_LINK, fact.subscriber_id, key=key)


def mail_campaign_rewards(facts: Sequence[RewardEarned]) -> None:
    """Tell who has won something; those who have an account here where they want to be told."""
    for fact in facts:
        if not _wants_campaign_mail(fact.subscriber_id):
            continue
        about = {"subscriber_reward_id": fact.subscriber_reward_id}
        _mail_subscriber(Kind.CAMPAIGN_REWARD, fact.subscriber_id, key=f"campaign_reward:{fact.subscriber_reward_id}", **about)


def mail_begun(facts: Sequence[CampaignBegun]) -> None:
    """Tell who waited for a campaign that it has begun, under the same condition."""
    for fact in facts:
        if _wants_campaign_mail(fact.subscriber_id):
            key = f"campaign_begun:{fact.campaign_id}:{fact.subscriber_id}"
            _mail_subscriber(Kind.CAMPAIGN_BEGUN, fact.subscriber_id, key=key, campaign_id=fact.campaign_id)


def _key_of_link(subscriber_id: int) -> str:
    """Of the next mail with somebody's link; empty where they had one just now, or enough for a day."""
    now = clock.now()
    keys = [f"subscriber_link:{subscriber_id}:{now:%Y%m%d}:{number}" for number in range(LINKS_A_DAY)]
    written = sql.rows(f"SELECT created_at FROM mails WHERE message_key IN ({sql.marks(keys)}) ORDER BY created_at DESC", keys)
    is_soon = written and now - time_from_text(written[0][0]) < timedelta(seconds=SECONDS_BETWEEN_LINKS)
    return "" if is_soon or len(written) == LINKS_A_DAY else keys[len(written)]


def _wants_campaign_mail(subscriber_id: int) -> bool:
    subscriber = db.session.get(Subscriber, subscriber_id)
    client = user_by_id(subscriber.user_id) if subscriber is not None and subscriber.user_id is not None else None
    return client is None or preferences_of(client).campaign_mail


def _mail_subscriber(kind: Kind, subscriber_id: int, *, key: str, **about: int) -> None:
    subscriber = db.session.get(Subscriber, subscriber_id)
    if subscriber is not None and subscriber.status != SubscriberStatus.ERASED:
        write_mail(kind=kind, recipient=subscriber.email, about={"subscriber_id": subscriber_id, **about}, key=key)
