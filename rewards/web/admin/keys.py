"""Keys for the API: made and shown once, rolled with an overlap, revoked."""

from collections import defaultdict
from datetime import timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.integrations.keys import create_key, revoke_key, roll_key
from rewards.integrations.overview import all_keys, all_services, key_of
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import service_named
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.refusing import problems_of
from rewards.web.words import words_for

keys = Blueprint("keys", __name__, url_prefix="/integrations/keys")

PLACE = "/admin/integrations/keys"
YEAR = 365
LASTING = (("30", "30 days"), ("90", "90 days"), (str(YEAR), "1 year"), ("", "No end"))
OVERLAPS = (("0", "Stop the old key now"), ("1", "Keep the old key for 1 hour"), ("24", "For 24 hours"), ("168", "For 7 days"))
WORDS = {
    "service": "Choose the service that will use the key.",
    "name": "Enter a name of at most 200 characters.",
    "permissions": "Tick at least one thing that the key may do.",
    "days": "Choose how long the key lasts.",
    "overlap": "Choose how long the old key stays good.",
}


@keys.get("")
def show() -> ResponseReturnValue:
    """Every key that was ever made, the good ones first."""
    return answer("admin/keys.html", keys=all_keys(clock.now()), everything=len(Permission), words=words_for(me()))


@keys.get("/create")
def ask() -> ResponseReturnValue:
    """The form for a new key; nothing is ticked, so that nothing is given away by accident."""
    return _form({"service": request.args.get("service", ""), "name": "", "days": str(YEAR)}, [], {})


@keys.post("/create")
def create() -> ResponseReturnValue:
    """Make a key and show it, this once."""
    typed = {name: request.form.get(name, "").strip() for name in ("service", "name", "days")}
    permissions = request.form.getlist("permissions")
    try:
        with db.write():
            key = create_key(
                service_id=_known(typed["service"]),
                permissions=permissions,
                days=_days(typed["days"]),
                name=typed["name"],
                actor_id=me().id,
            )
    except Invalid as error:
        return _form(typed, permissions, problems_of(error, WORDS), status=422)
    return answer("admin/key_made.html", key=key, service=service_named(typed["service"]))


@keys.get("/<int:key_id>/roll")
def ask_to_roll(key_id: int) -> ResponseReturnValue:
    """How long the old one should stay good."""
    return _roll_form(key_id, {})


@keys.post("/<int:key_id>/roll")
def roll(key_id: int) -> ResponseReturnValue:
    """Make the next key, and show it this once."""
    hours = request.form.get("overlap", "")
    try:
        with db.write():
            overlap = timedelta(hours=int(hours)) if hours in dict(OVERLAPS) else timedelta(-1)
            key = roll_key(key_id=key_id, overlap=overlap, actor_id=me().id)
    except (Invalid, Refused) as error:
        return _roll_form(key_id, problems_of(error, WORDS), status=422)
    return answer("admin/key_made.html", key=key, service=key_of(key_id, clock.now()).service)


@keys.get("/<int:key_id>/revoke")
def ask_to_revoke(key_id: int) -> ResponseReturnValue:
    """What will stop working."""
    return answer("admin/key_revoke.html", "dialog", listed=key_of(key_id, clock.now()), words=words_for(me()))


@keys.post("/<int:key_id>/revoke")
def revoke(key_id: int) -> ResponseReturnValue:
    """The key opens nothing from now on."""
    with db.write():
        revoke_key(key_id=key_id, actor_id=me().id)
    return redirect(PLACE, 303)


def _known(service_id: str) -> str:
    try:
        return service_named(service_id).service_id
    except NotFound:
        raise Invalid.single("service", "a service that is known here", service_id) from None


def _days(text: str) -> int | None:
    if text not in dict(LASTING):
        raise Invalid.single("days", "one of the choices", text)
    return int(text) if text else None


def _form(typed: dict[str, str], ticked: list[str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    return answer(
        "admin/key.html",
        status=status,
        typed=typed,
        ticked=ticked,
        problems=problems,
        services=[(one.service.service_id, one.service.name) for one in all_services(clock.now())],
        permissions=_grouped(),
        lasting=LASTING,
    )


def _roll_form(key_id: int, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    listed = key_of(key_id, clock.now())
    return answer("admin/key_roll.html", "dialog", status=status, listed=listed, problems=problems, overlaps=OVERLAPS)


def _grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Permissions by what they are about, in their own order."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for permission in Permission:
        about, _, verb = permission.partition(":")
        groups[about.capitalize()].append((permission, verb.capitalize()))
    return list(groups.items())
