"""Puts a mail into words when it is sent. Only then is a link signed, so that no stored row holds one that is live."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from rewards.activities.registry import registry_in_force
from rewards.kit.database import db
from rewards.messages.campaign_wording import campaign_begun, campaign_reward, subscribed, subscriber_link
from rewards.messages.phrases import UNASKED, Worded, address, day, hello, programme_name, text
from rewards.messages.redemption_wording import digest, redemption_settled, redemption_waits
from rewards.people import inviting, links
from rewards.people.models import Invitation, Purpose, User
from rewards.people.queries import user_by_id
from rewards.people.resetting import open_reset

NOT_YOU = "If that was not you, somebody else may know your password or read your mail: ask whoever runs this desk for help at once."


class Kind(StrEnum):
    """Which text a mail is."""

    INVITATION = "invitation"
    RESET = "reset"
    FIRST_PASSWORD = "first_password"  # noqa: S105 - the name of a text
    VERIFY = "verify"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a text
    REDEMPTION = "redemption"
    DIGEST = "digest"
    SETTLEMENT = "settlement"
    SUBSCRIBED = "subscribed"
    SUBSCRIBER_LINK = "subscriber_link"
    CAMPAIGN_REWARD = "campaign_reward"
    CAMPAIGN_BEGUN = "campaign_begun"
    TEST = "test"


def worded(kind: str, recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """The words of a mail, in a write block; None where there is nothing to send any more."""
    return TEXTS[Kind(kind)](recipient, about)


def _invitation(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    invitation = db.session.get(Invitation, about["invitation_id"])
    if invitation is None or not inviting.is_open(invitation):
        return None
    inviter = user_by_id(invitation.invited_by) if invitation.invited_by is not None else None
    name = programme_name()
    who = f"{inviter.name} invites you to {name}" if inviter else f"You are invited to {name}"
    until = day(invitation.expires_at, registry_in_force().settings.timezone)
    return Worded(
        who,
        text(
            hello(invitation.name),
            f"{who} as {'an' if invitation.role == 'admin' else 'a'} {invitation.role}. Choose a password, and you are in:",
            address("invite", inviting.token_of(invitation)),
            f"The link is yours alone, works once, and is good until {until}.",
            "If you do not know what this is about, you need not do anything.",
        ),
    )


def _reset(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    # A second try sends the link of the first.
    link = open_reset(recipient) if "link_id" not in about else None
    found = links.link_by_id(link.id if link else about.get("link_id", 0))
    if found is None:
        return None
    return Worded(
        f"A new password for {programme_name()}",
        text(
            hello(found[1].name),
            "Somebody asked for a new password for your account. Choose it here:",
            address("reset", links.token_of(found[0])),
            "The link works once, and for an hour.",
            f"{UNASKED} Your password stays as it is.",
        ),
        {"link_id": found[0].id},
    )


def _first_password(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    found = links.link_by_id(about["link_id"])
    if found is None:
        return None
    link, user = found
    return Worded(
        f"Your account at {programme_name()}",
        text(
            hello(user.name),
            f"You have an account at {programme_name()}. Choose a password, and you are in:",
            address("reset", links.token_of(link)),
            f"The link is yours alone, works once, and is good until {day(link.expires_at, user.timezone)}.",
        ),
    )


def _verify(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    found = links.link_by_id(about["link_id"])
    if found is None or found[0].purpose != Purpose.VERIFY:
        return None
    return Worded(
        f"Is this your address? {programme_name()}",
        text(
            hello(found[1].name),
            f"You said that you read mail at {recipient}. Confirm it here:",
            address("verify", links.token_of(found[0])),
            "The link works once, and for a day.",
            UNASKED,
        ),
    )


def _email_changed(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    return _warning(about, "Your e-mail address was changed", "Your account has another e-mail address from now on.")


def _password_changed(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    return _warning(about, "Your password was changed", "Your account has another password from now on; you were signed out everywhere.")


def _test(recipient: str, about: Mapping[str, Any]) -> Worded:
    return Worded(f"Mail from {programme_name()} arrives", text("Hello,", "this mail shows that mail is sent. There is nothing to do."))


def _warning(about: Mapping[str, Any], subject: str, told: str) -> Worded | None:
    user: User | None = user_by_id(about["user_id"])
    return Worded(f"{subject}: {programme_name()}", text(hello(user.name), told, NOT_YOU)) if user else None


TEXTS: Mapping[Kind, Callable[[str, Mapping[str, Any]], Worded | None]] = {
    Kind.INVITATION: _invitation,
    Kind.RESET: _reset,
    Kind.FIRST_PASSWORD: _first_password,
    Kind.VERIFY: _verify,
    Kind.EMAIL_CHANGED: _email_changed,
    Kind.PASSWORD_CHANGED: _password_changed,
    Kind.REDEMPTION: redemption_waits,
    Kind.DIGEST: digest,
    Kind.SETTLEMENT: redemption_settled,
    Kind.SUBSCRIBED: subscribed,
    Kind.SUBSCRIBER_LINK: subscriber_link,
    Kind.CAMPAIGN_REWARD: campaign_reward,
    Kind.CAMPAIGN_BEGUN: campaign_begun,
    Kind.TEST: _test,
}
