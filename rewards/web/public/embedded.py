"""A waitlist's form and board inside other sites: in a frame that only the sites its coach named may hold.

No session travels into a frame of another site, so this form carries a signed token of its own instead of the session's. All else
holds as everywhere: the browser must say that the form was sent from a page of ours. Whoever joins there keeps a mark that tells nobody
anything but that they joined there before, and that no other site's frame can read.
"""

import secrets
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer

from rewards.campaigns import places
from rewards.kit.errors import Invalid, Refused
from rewards.kit.installation import settings_in_force
from rewards.web.answering import answer
from rewards.web.public.board import OPENS_WITH, PODIUM, shown_of
from rewards.web.public.waitlist import DEVICE, DEVICE_LENGTH_MAX, JOIN_RATE, TRAP, WORDS, join_as_sent, may_be_shown
from rewards.web.public.waitlisted import AGE_SECONDS, Waitlisted, listed_at
from rewards.web.refusing import problems_of
from rewards.web.security import CORS_CACHE, let_sites_frame, takes_signed_form
from rewards.web.statics import FOLDER
from rewards.web.throttling import slow_down

embedded = Blueprint("embedded", __name__)

# A page may lie open for a day.
TOKEN_SECONDS = 24 * 3600
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
ROWS = 10
SCRIPT = (FOLDER / "js" / "embed.js").read_bytes()


@embedded.get("/embed.js")
def send_script() -> Response:
    """What a site writes into its page: it makes the frame and keeps its height. It is the same for all."""
    response = Response(SCRIPT, mimetype="text/javascript")
    response.headers.update({"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": CORS_CACHE})
    return response


@embedded.get("/c/<slug>/embed")
def show(slug: str) -> ResponseReturnValue:
    """The form to join."""
    return _form(listed_at(slug), {}, {})


def check_form() -> None:
    """Refuse a form that no page of this waitlist has sent. Raises CSRFError."""
    try:
        slug = _signer().loads(request.form.get(TOKEN_FIELD, ""), max_age=TOKEN_SECONDS)
    except BadData:
        slug = None
    if slug is None or slug != (request.view_args or {}).get("slug"):
        raise CSRFError("the form's own token does not fit")


@embedded.post("/c/<slug>/embed")
@slow_down(JOIN_RATE)
def enter(slug: str) -> ResponseReturnValue:
    """Join from there. No place is kept in the browser, so it is shown in this answer or stands in the mail."""
    listed = listed_at(slug)
    device = request.cookies.get(DEVICE, "")[:DEVICE_LENGTH_MAX]
    if request.form.get(TRAP):
        return _framed(listed, answer("public/embedded_joined.html", about=listed, joined=None))
    try:
        joined = join_as_sent(listed, kept := device or secrets.token_urlsafe(18))
    except Invalid as error:
        return _form(listed, request.form.to_dict(), problems_of(error, WORDS), status=422)
    except Refused:
        return _form(listed_at(slug), {}, {}, status=409)
    is_shown = may_be_shown(listed) and not device and joined.is_new
    place = places.place_of(listed.campaign.id, joined.subscriber_id) if is_shown and listed.campaign else None
    shown = joined if is_shown else None
    response = _framed(listed, answer("public/embedded_joined.html", about=listed, joined=shown, place=place, words=listed.words))
    if current_app.config["SESSION_COOKIE_SECURE"]:
        # Browsers take it into a frame of another site only like this: over https, and apart for each site that holds the frame.
        apart: Any = {"samesite": "None", "partitioned": True}
        response.set_cookie(DEVICE, kept, max_age=AGE_SECONDS, path=f"{listed.path}/embed", secure=True, httponly=True, **apart)
    return response


@embedded.get("/c/<slug>/embed/leaderboard")
def show_board(slug: str) -> ResponseReturnValue:
    """The first ten."""
    listed = listed_at(slug)
    shown = shown_of(listed, None, rows=ROWS)
    return _framed(
        listed, answer("public/embedded_board.html", about=listed, shown=shown, words=listed.words, podium=PODIUM, opens_with=OPENS_WITH)
    )


# Said where the view is, and listed in tests/web/access.yaml.
takes_signed_form(enter, check_form)


def _form(listed: Waitlisted, typed: dict[str, str], problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    source = typed.get("source") or request.args.get("source", "embedded")
    said = {**typed, "ref": (typed.get("ref") or request.args.get("ref", ""))[:64], "source": source[:64]}
    signed = {"field": TOKEN_FIELD, "token": _signer().dumps(listed.waitlist.slug), "trap": TRAP}
    page = answer("public/embedded.html", status=status, about=listed, typed=said, problems=problems, **signed)
    return _framed(listed, page)


def _framed(listed: Waitlisted, page: ResponseReturnValue) -> Response:
    response = current_app.make_response(page)
    let_sites_frame(response, listed.page.allowed_origins)
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings_in_force().secret_key, salt="embedded form")
