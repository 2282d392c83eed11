"""Joining by an invitation, and confirming an address: both by a link that was mailed, neither by merely opening it."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.registry import registry_in_force
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.addresses import address_to_verify, verify_email
from rewards.people.consenting import TEXTS
from rewards.people.inviting import accept_invitation, invitation_for_token
from rewards.people.passwords import hash_password
from rewards.people.queries import user_by_id
from rewards.people.signing_in import Proof
from rewards.web.access import home_of
from rewards.web.answering import answer
from rewards.web.cities import zone_of
from rewards.web.public.sign_in import enter
from rewards.web.refusing import problems_of
from rewards.web.throttling import slow_down

invited = Blueprint("invited", __name__)

USED_RATE = "30 per 15 minutes"


@invited.get("/invite/<token>")
def show(token: str) -> ResponseReturnValue:
    """Who invites, as what, and what is needed to join."""
    return _page(token, {}, [], {})


@invited.post("/invite/<token>")
@slow_down(USED_RATE)
def accept(token: str) -> ResponseReturnValue:
    """Join, and go on signed in."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "timezone")}
    agreed = request.form.getlist("consents")
    zone = zone_of(typed["timezone"]) if typed["timezone"] else registry_in_force().settings.timezone
    try:
        hashed = hash_password(request.form.get("password", ""))
        with db.write():
            user = accept_invitation(token=token, name=typed["name"], password=hashed, timezone=zone, consents=agreed)
            proof, home = Proof(user.id, user.stamp), home_of(user)
    except (Invalid, Refused) as error:
        return _page(token, typed, agreed, problems_of(error), status=422)
    enter(proof)
    return redirect(home, 303)


@invited.get("/verify/<token>")
def show_address(token: str) -> ResponseReturnValue:
    """One button: programs that look at links in mail press none."""
    return _verify_page(token, {})


@invited.post("/verify/<token>")
@slow_down(USED_RATE)
def verify(token: str) -> ResponseReturnValue:
    """The address is theirs."""
    try:
        with db.write():
            verify_email(token=token)
    except Refused as error:
        return _verify_page(token, problems_of(error), status=409)
    return redirect("/login?told=verified", 303)


def _page(token: str, typed: dict[str, str], agreed: list[str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    invitation = invitation_for_token(token)
    inviter = user_by_id(invitation.invited_by) if invitation and invitation.invited_by else None
    return answer(
        "public/invited.html",
        status=status if invitation else 410,
        invitation=invitation,
        inviter=inviter,
        typed={"name": (invitation.name or "") if invitation else "", "timezone": "", **typed},
        agreed=agreed,
        texts=TEXTS,
        problems=problems,
        token=token,
        name=registry_in_force().settings.name,
    )


def _verify_page(token: str, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    address = address_to_verify(token)
    context = {"token": token, "address": address, "problems": problems, "name": registry_in_force().settings.name}
    return answer("public/verify.html", status=status if address else 410, **context)
