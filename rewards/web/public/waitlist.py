"""A waitlist's public page: what it is about, and one form to join.

Whoever is in gets the answer of a new address, their mail, with one exception that the page is for: a browser that comes with its first
address sees its place at once where that address is new. So one address can be tried with each browser. That has its price: an address
that was not in is in from then on, its owner is written to, and so many places are shown to one network in an hour and no more.
"""

import secrets

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from limits import parse

from rewards.campaigns.codes import folded_code
from rewards.campaigns.joining import Joined, join
from rewards.campaigns.mailboxes import is_disposable
from rewards.campaigns.models import Waitlist
from rewards.campaigns.naming import first_name
from rewards.campaigns.queries import subscriber_by_code
from rewards.campaigns.referring import CodeCheck, check_code
from rewards.campaigns.seeing import count_visit
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Problem, Refused
from rewards.people.joining import EMAIL_LENGTH_MAX, check_email
from rewards.web.answering import answer, leave_for
from rewards.web.public.board import PODIUM, Shown, shown_of
from rewards.web.public.waitlisted import PLACE, Waitlisted, listed_at
from rewards.web.refusing import problems_of
from rewards.web.throttling import limiter, place, slow_down

waitlist = Blueprint("waitlist", __name__)

JOIN_RATE = "30 per 15 minutes"
CHECK_RATE = "60 per 15 minutes"
VISIT_RATE = "120 per 15 minutes"
# So many from one place are shown their place at once; whoever tries more addresses learns nothing from the answers.
SHOWN_RATE = parse("5 per hour")
# What a browser carries to be known again on this list, and the day on which its visit was counted.
DEVICE, SEEN = "device", "seen"
DEVICE_LENGTH_MAX = 64
DAY_SECONDS = 24 * 3600
# Nobody sees it, so nobody fills it in.
TRAP = "website"
WORDS = {"email": "Enter an e-mail address, such as ada@example.com.", "consent": "Tick this to join."}
LENT = "Addresses like this one last for minutes. The link to your place goes there: better give one that you keep."


@waitlist.get("/r/<code>")
def follow(code: str) -> ResponseReturnValue:
    """Somebody's short link, to the page of their list."""
    referrer = subscriber_by_code(folded_code(code))
    found = db.session.get(Waitlist, referrer.waitlist_id) if referrer else None
    if referrer is None or found is None:
        raise NotFound(f"code {code[:20]}")
    return redirect(f"/c/{found.slug}?ref={referrer.code}", 302)


@waitlist.get("/c/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The page; it changes nothing, not even a count."""
    return _page(listed_at(slug), {}, {})


@waitlist.post("/c/<slug>")
@slow_down(JOIN_RATE)
def enter(slug: str) -> ResponseReturnValue:
    """Join. A browser that comes with its first address is led to its place; every other one to its mail, whoever is in."""
    listed = listed_at(slug)
    device = request.cookies.get(DEVICE, "")[:DEVICE_LENGTH_MAX]
    if request.form.get(TRAP):
        return leave_for(f"{listed.path}/joined")
    try:
        joined = join_as_sent(listed, device := device or secrets.token_urlsafe(18))
    except Invalid as error:
        return _page(listed, request.form.to_dict(), problems_of(error, WORDS), status=422)
    except Refused:
        return _page(listed_at(slug), request.form.to_dict(), {}, status=409)
    is_first = DEVICE not in request.cookies
    is_shown = may_be_shown(listed) and is_first and joined.is_new
    response = make_response(leave_for(f"{listed.path}/me?told=joined" if is_shown else f"{listed.path}/joined"))
    listed.keep_cookie(response, DEVICE, device)
    if is_shown:
        listed.keep_cookie(response, PLACE, joined.token)
    return response


@waitlist.post("/c/<slug>/check")
@slow_down(CHECK_RATE)
def look(slug: str) -> ResponseReturnValue:
    """What is odd about an address that was typed. Nothing but how it is written is looked at: nobody learns who is in."""
    listed_at(slug)
    # One character too many is as wrong as a million, and sooner known to be.
    typed = request.form.get("email", "").strip()[: EMAIL_LENGTH_MAX + 1]
    problems, hint = {}, ""
    try:
        hint = LENT if typed and is_disposable(check_email(typed)) else ""
    except Invalid as error:
        problems = problems_of(error, WORDS)
    return answer("public/_told.html", problems=problems, hint=hint)


@waitlist.get("/c/<slug>/joined")
def tell(slug: str) -> ResponseReturnValue:
    """What comes next is in the mail."""
    return answer("public/joined.html", about=listed_at(slug))


@waitlist.post("/c/<slug>/visit")
@slow_down(VISIT_RATE)
def count(slug: str) -> ResponseReturnValue:
    """Somebody looks at the page; a browser counts once a day."""
    listed, today = listed_at(slug), clock.now().date().isoformat()
    response = Response(status=204)
    if request.cookies.get(SEEN) == today:
        return response
    check = _check(listed, request.form.get("ref", ""))
    with db.write():
        count_visit(waitlist_id=listed.waitlist.id, source=request.form.get("source", ""), referrer_id=check.referrer_id if check else None)
    listed.keep_cookie(response, SEEN, today, DAY_SECONDS)
    return response


def join_as_sent(listed: Waitlisted, device: str) -> Joined:
    """Join with what stands in the form. Raises Invalid, Refused."""
    typed = request.form
    if listed.page.consent and typed.get("consent") != listed.consent_mark:
        raise Invalid([*_wrong_address(typed.get("email", "")), Problem("consent", "agreement is expected")])
    with db.write():
        return join(
            waitlist_id=listed.waitlist.id,
            email=typed.get("email", ""),
            name=typed.get("name", "") if listed.page.asks_name else "",
            code=typed.get("ref") or None,
            source=typed.get("source", ""),
            network=request.remote_addr or "",
            device=device,
            consent=listed.page.consent,
        )


def may_be_shown(listed: Waitlisted) -> bool:
    """Whether this place was not shown too much already. Asked for every address alike, known or not."""
    return limiter.limiter.hit(SHOWN_RATE, "shown", place(), listed.waitlist.slug)


def _wrong_address(typed: str) -> list[Problem]:
    """What is wrong with it, so that everything is said at once."""
    try:
        check_email(typed)
    except Invalid as error:
        return list(error.problems)
    return []


def _check(listed: Waitlisted, code: str) -> CodeCheck | None:
    return check_code(waitlist_id=listed.waitlist.id, code=code) if code else None


def _inviter(check: CodeCheck | None) -> str:
    found = db.session.get(Subscriber, check.referrer_id) if check and check.referrer_id else None
    return first_name(found) if found else ""


def _results(listed: Waitlisted) -> Shown | None:
    """Who stands first for good; None before that, and where nobody is shown."""
    if listed.state != "over" or not listed.settings.leaderboard_enabled:
        return None
    shown = shown_of(listed, None, rows=PODIUM)
    return shown if shown.final_at and shown.is_open else None


def _page(listed: Waitlisted, typed: dict[str, str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    ref = (typed.get("ref") or request.args.get("ref", ""))[:64]
    source = typed.get("source") or request.args.get("utm_source") or request.args.get("source", "")
    check = _check(listed, ref)
    return answer(
        "public/waitlist.html",
        "form",
        status=status,
        about=listed,
        words=listed.words,
        typed={**typed, "ref": ref, "source": source[:64]},
        check=check,
        inviter=_inviter(check),
        problems=problems,
        trap=TRAP,
        shown=_results(listed),
        podium=PODIUM,
        share_address=f"{listed.address}?ref={ref}" if check and check.valid else listed.address,
    )
