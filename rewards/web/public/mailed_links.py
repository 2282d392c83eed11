"""Where the links lead that are mailed to subscribers: to their page, to the way out, and to the proof that the address is theirs."""

from flask import Blueprint, make_response, redirect
from flask.typing import ResponseReturnValue

from rewards.campaigns.links import Purpose, subscriber_of, token_for
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.verifying_addresses import verify_address
from rewards.kit.database import db
from rewards.web.answering import answer, leave_for
from rewards.web.public.own_place import USED_RATE
from rewards.web.public.waitlisted import PLACE, Waitlisted, listed_at
from rewards.web.throttling import slow_down

mailed_links = Blueprint("mailed_links", __name__)


@mailed_links.get("/c/<slug>/me/<token>")
def arrive(slug: str, token: str) -> ResponseReturnValue:
    """By the mailed link: this browser keeps the place, and the address bar forgets the token."""
    listed = listed_at(slug)
    return _lead_in(listed, token, f"{listed.path}/me")


@mailed_links.get("/c/<slug>/leave/<token>")
def come_to_leave(slug: str, token: str) -> ResponseReturnValue:
    """By the mailed link to leave: to the question, in the same way."""
    listed = listed_at(slug)
    return _lead_in(listed, token, f"{listed.path}/me/leave")


@mailed_links.get("/c/<slug>/verify/<token>")
def ask(slug: str, token: str) -> ResponseReturnValue:
    """One button: programs that look at links in mail press none."""
    listed = listed_at(slug)
    subscriber = _owner(listed, token, "verify")
    status = 200 if subscriber else 410
    return answer("public/verify_place.html", status=status, about=listed, subscriber=subscriber, token=token)


@mailed_links.post("/c/<slug>/verify/<token>")
@slow_down(USED_RATE)
def verify(slug: str, token: str) -> ResponseReturnValue:
    """The address is theirs; whoever reads its mail may see the page too."""
    listed = listed_at(slug)
    subscriber = _owner(listed, token, "verify")
    if subscriber is None:
        return answer("public/verify_place.html", status=410, about=listed, subscriber=None, token=token)
    with db.write():
        verified = verify_address(subscriber_id=subscriber.id)
        own = token_for(verified, "me")
    response = make_response(leave_for(f"{listed.path}/me?told=verified"))
    listed.keep_cookie(response, PLACE, own)
    return response


def _lead_in(listed: Waitlisted, token: str, page: str) -> ResponseReturnValue:
    if _owner(listed, token, "me") is None:
        return answer("public/no_place.html", status=410, about=listed, is_old=True)
    response = make_response(redirect(page, 303))
    listed.keep_cookie(response, PLACE, token)
    return response


def _owner(listed: Waitlisted, token: str, purpose: Purpose) -> Subscriber | None:
    found = subscriber_of(token, purpose)
    return found if found is not None and found.waitlist_id == listed.waitlist.id else None
