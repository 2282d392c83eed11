"""Mails about what was redeemed: to those who hand it out that it waits, and to who redeemed it what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rewards.activities.registry import registry_in_force
from rewards.kit.database import db
from rewards.messages.phrases import Worded, day, desk_of, hello, line, programme_name, text, unwanted
from rewards.people.models import User
from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_id
from rewards.people.zones import zone_named
from rewards.shop.models import Redemption
from rewards.shop.queries import settlers_of, waiting_for
from rewards.shop.settling import REOPENED

# So many lines are read; the page has the rest.
DIGEST_MAX = 20
# What became of it, and the status that it has while that is so.
BECAME = {
    "fulfilled": ("{reward} is yours", "fulfilled"),
    "rejected": ("{reward} was turned down", "rejected"),
    "cancelled": ("{reward} was cancelled", "cancelled"),
    "expired": ("{reward} was not handed over in time", "expired"),
    REOPENED: ("{reward} is on its way again", "pending"),
}


def redemption_waits(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """Who waits for what, to who hands it out."""
    redemption = db.session.get(Redemption, about["redemption_id"])
    client = user_by_id(redemption.user_id) if redemption else None
    if redemption is None or client is None or not redemption.is_pending:
        return None
    # Somebody else may look after this client by now.
    reader = next((one for one in settlers_of(client) if one.id == about["reader_id"]), None)
    if reader is None:
        return None
    name = line(redemption.name)
    price = "as a gift" if redemption.given else f"for {_points(redemption.points)}"
    when = day(redemption.requested_at, reader.timezone)
    validity = [f"It waits until {day(redemption.expires_at, reader.timezone)}."] if redemption.expires_at else []
    return Worded(
        f"{line(client.name)} redeemed {name}",
        text(
            hello(reader.name),
            f"{client.name} has {name} coming, {price}, since {when}. Hand it out, or say why not:",
            f"{desk_of(reader)}/redemptions#redemption-{redemption.id}",
            *validity,
            unwanted(reader),
        ),
    )


def digest(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """Everything that waits for somebody, once a day."""
    reader = user_by_id(about["reader_id"])
    waiting = waiting_for(reader) if reader and preferences_of(reader).redemption_mail == "daily" else []
    if reader is None or not waiting:
        return None
    lines = [f"- {line(one.client)}: {line(one.redemption.name)}, since {_date(one.redemption.requested_at, reader)}" for one in waiting]
    more = [f"- and {len(lines) - DIGEST_MAX} more"] if len(lines) > DIGEST_MAX else []
    count = "1 reward waits" if len(lines) == 1 else f"{len(lines)} rewards wait"
    return Worded(
        f"{count} for you at {programme_name()}",
        text(
            hello(reader.name),
            f"{count} to be handed out, the longest first:",
            "\n".join([*lines[:DIGEST_MAX], *more]),
            f"{desk_of(reader)}/redemptions",
            unwanted(reader),
        ),
    )


def redemption_settled(recipient: str, about: Mapping[str, Any]) -> Worded | None:
    """What became of it, to who redeemed it. The page has the code, where there is one: no mail is as safe as that."""
    redemption = db.session.get(Redemption, about["redemption_id"])
    reader = user_by_id(redemption.user_id) if redemption else None
    became, status = BECAME[about["outcome"]]
    # Undone meanwhile, another mail says so.
    if redemption is None or reader is None or redemption.status != status:
        return None
    title = became.format(reward=line(redemption.name))
    settler = user_by_id(redemption.settled_by) if redemption.settled_by is not None else None
    note = [f"{settler.name if settler else 'Your coach'} writes: {redemption.coach_note}"] if redemption.coach_note else []
    went_back = redemption.points and about["outcome"] not in ("fulfilled", REOPENED)
    back = [f"{_points(redemption.points)} came back to you."] if went_back else []
    return Worded(
        title,
        text(hello(reader.name), f"{title}.", *note, *back, f"{desk_of(reader)}/redemptions/{redemption.id}", unwanted(reader)),
    )


def _points(amount: int) -> str:
    return f"{amount:,} {registry_in_force().settings.points_word}"


def _date(moment: datetime, reader: User) -> str:
    local = moment.astimezone(zone_named(reader.timezone))
    return f"{local.day} {local:%B}"
