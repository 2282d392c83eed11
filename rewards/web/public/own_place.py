"""A subscriber's own page, for the browser that keeps their place: where they stand, how that came about, and the way out."""

from typing import Any

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from rewards.campaigns.displaying import choose_display
from rewards.campaigns.erasing import erase
from rewards.campaigns.reasons import to_next
from rewards.campaigns.verifying_addresses import resend
from rewards.kit.database import db
from rewards.web.answering import answer, leave_for, wants_part
from rewards.web.public.standing import PAGE_MAX, Standing
from rewards.web.public.waitlisted import PLACE, Waitlisted, listed_at, page_number
from rewards.web.throttling import slow_down

own_place = Blueprint("own_place", __name__)

USED_RATE = "30 per 15 minutes"
MAIL_RATE = "10 per 15 minutes"
DISPLAYS = [("first_name", "First name and initial"), ("initials", "Initials"), ("hidden", "Hidden")]
TOLD = {
    "joined": "You are in. This page is yours: the link to it is in your mail.",
    "verified": "Thank you. Your address is confirmed.",
    "sent": "Sent. Look into your mail.",
    "shown": "Saved. The board names you so from now on.",
    "left": "You are off the list. Your address and your name are deleted.",
}


@own_place.get("/c/<slug>/me")
def show(slug: str) -> ResponseReturnValue:
    """The page; for a browser that keeps no place, the way to it."""
    listed = listed_at(slug)
    subscriber = listed.visitor()
    told = TOLD.get(request.args.get("told", ""))
    if subscriber is None:
        return answer("public/no_place.html", about=listed, is_old=False, told=told if request.args.get("told") == "left" else None)
    shown: dict[str, Any] = {"standing": Standing(listed, subscriber), "words": listed.words, "why_at": f"{listed.path}/me/why"}
    return answer("public/own_place.html", "standing", about=listed, displays=DISPLAYS, told=told, **shown)


@own_place.get("/c/<slug>/me/why")
def explain(slug: str) -> ResponseReturnValue:
    """Why they have their place, and what brings the next one."""
    listed = listed_at(slug)
    subscriber = listed.visitor()
    if subscriber is None:
        return _ask_who(listed)
    why = to_next(listed.campaign.id, subscriber.id) if listed.campaign else None
    return answer("public/why_place.html", "why", about=listed, why=why, words=listed.words)


@own_place.get("/c/<slug>/me/points")
def list_points(slug: str) -> ResponseReturnValue:
    """A page of what moved their score."""
    listed = listed_at(slug)
    if (subscriber := listed.visitor()) is None:
        return _ask_who(listed)
    standing = Standing(listed, subscriber, page=min(page_number(), PAGE_MAX))
    return answer("public/points.html", "more", about=listed, standing=standing, words=listed.words, more_at=f"{listed.path}/me/points")


@own_place.get("/c/<slug>/me/leave")
def ask_to_leave(slug: str) -> ResponseReturnValue:
    """What is lost by it, and one button."""
    listed = listed_at(slug)
    if (subscriber := listed.visitor()) is None:
        return _ask_who(listed)
    return answer("public/leave.html", "leaving", about=listed, subscriber=subscriber)


@own_place.post("/c/<slug>/me/leave")
@slow_down(USED_RATE)
def leave(slug: str) -> ResponseReturnValue:
    """Forget them, here too."""
    listed = listed_at(slug)
    if (subscriber := listed.visitor()) is None:
        return leave_for(f"{listed.path}/me")
    with db.write():
        erase(subscriber_id=subscriber.id, actor=None)
    response = make_response(leave_for(f"{listed.path}/me?told=left"))
    response.delete_cookie(PLACE, path=listed.path)
    return response


@own_place.post("/c/<slug>/me/display")
@slow_down(USED_RATE)
def change_display(slug: str) -> ResponseReturnValue:
    """How the board names them."""
    listed = listed_at(slug)
    if (subscriber := listed.visitor()) is None:
        return leave_for(f"{listed.path}/me")
    with db.write():
        choose_display(subscriber_id=subscriber.id, display=request.form.get("display", ""))
    return leave_for(f"{listed.path}/me?told=shown")


@own_place.post("/c/<slug>/me/resend")
@slow_down(MAIL_RATE)
def send_again(slug: str) -> ResponseReturnValue:
    """The mail with their links, once more."""
    listed = listed_at(slug)
    if (subscriber := listed.visitor()) is None:
        return leave_for(f"{listed.path}/me")
    with db.write():
        resend(subscriber_id=subscriber.id)
    return leave_for(f"{listed.path}/me?told=sent")


def _ask_who(listed: Waitlisted) -> ResponseReturnValue:
    # What was to stand in a dialog is a page now.
    return leave_for(f"{listed.path}/me") if wants_part() else answer("public/no_place.html", about=listed, is_old=False)
