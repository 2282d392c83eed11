"""A client's settings: who they are, how pages look to them, their password, and the browsers they are signed in with."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel import Locale
from flask import Blueprint, Response, current_app, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem
from rewards.people.changing import change_password
from rewards.people.introducing import change_profile
from rewards.people.leaving import end_other_sessions, end_session_of, open_sessions_of
from rewards.people.passwords import hash_password
from rewards.people.signing_in import Proof, open_session, prove
from rewards.people.zones import zone_names
from rewards.web.access import TOKEN, me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk
from rewards.web.throttling import slow_down_guessing

settings = Blueprint("settings", __name__, url_prefix="/settings")

THEME_COOKIE = "theme"
THEMES = (("", "As the system says"), ("light", "Light"), ("dark", "Dark"))
THEME_AGE = timedelta(days=365)
LOCALES = (
    "en",
    "en-GB",
    "en-US",
    "en-ZA",
    "cs",
    "da",
    "de",
    "de-AT",
    "de-CH",
    "es",
    "fi",
    "fr",
    "it",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt-BR",
    "sv",
)
NOTICES = {
    "profile": "Saved. Your profile holds from now on.",
    "display": "Saved. This is how pages look from now on.",
    "password": "Saved. Your new password holds, and every other browser is signed out.",
    "session": "Signed out there.",
    "sessions": "Signed out everywhere else.",
}


@settings.get("")
def show() -> ResponseReturnValue:
    """The page; `?saved=CARD` says what was done."""
    return _page()


@settings.post("/profile")
def save_profile() -> ResponseReturnValue:
    """Name, time zone, and how numbers and dates are written."""
    typed = {name: request.form.get(name, "") for name in ("name", "timezone", "locale")}
    try:
        with db.write():
            change_profile(user_id=me().id, **(typed | {"timezone": zone_of(typed["timezone"])}))
    except Invalid as error:
        return _page("profile", typed, error)
    return _saved("profile")


@settings.post("/display")
def save_display() -> ResponseReturnValue:
    """The theme belongs to the machine, so a cookie keeps it."""
    response, theme = _saved("display"), request.form.get("theme")
    if theme in dict(THEMES):
        is_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
        age = THEME_AGE if theme else timedelta()
        response.set_cookie(THEME_COOKIE, theme or "", max_age=age, httponly=True, samesite="Lax", secure=is_https)
    return response


def _wait(until: datetime) -> Response:
    minutes = max(1, -(-int((until - Desk(me()).words.now).total_seconds()) // 60))
    told = f"Too many wrong tries. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
    return _page("password", {}, Invalid.single("current", told), status=429)


@settings.post("/password")
@slow_down_guessing(_wait)
def save_password() -> ResponseReturnValue:
    """A new password ends every session; this browser gets a new one at once."""
    person = me()
    proof = prove(email=person.email, password=request.form.get("current", ""))
    try:
        if proof is None:
            raise Invalid([Problem("current", "That is not your password now.")])
        hashed = hash_password(request.form.get("password", ""))
    except Invalid as error:
        return _page("password", {}, error)
    with db.write():
        user = change_password(user_id=person.id, password=hashed)
        db.session.flush()
        token = open_session(Proof(user.id, user.stamp))
    session[TOKEN] = token
    return _saved("password")


@settings.post("/sessions/<int:session_id>/sign-out")
def end_one(session_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    with db.write():
        end_session_of(user_id=me().id, session_id=session_id)
    return _saved("session")


@settings.post("/sessions/sign-out")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with db.write():
        end_other_sessions(user_id=me().id, kept_id=current_user.session_id)
    return _saved("sessions")


def zone_of(typed: str) -> str:
    """The time zone of a city, as people write it; what is no city stays as it is."""
    wanted = typed.strip().replace(" ", "_").casefold()
    fitting = [name for name in zone_names() if wanted in (name.casefold(), name.casefold().rpartition("/")[2])]
    # A zone has old names besides its own, such as US/Pacific; those of a continent and a city are longer.
    return max(fitting, key=lambda name: (name.casefold() == wanted, len(name), name), default=typed)


def _saved(card: str) -> Response:
    return make_response(redirect(f"/client/settings?saved={card}", 303))


def _page(card: str = "", typed: Mapping[str, str] | None = None, error: Invalid | None = None, status: int = 422) -> Response:
    desk = Desk(me())
    person = desk.person
    values = {"name": person.name, "timezone": person.timezone, "locale": person.locale, **(typed or {})}
    problems = {one.field: one.message for one in error.problems} if error else {}
    locales = dict.fromkeys((*LOCALES, person.locale))
    page = answer(
        "client/settings.html",
        status=status if error else 200,
        desk=desk,
        values=values,
        problems={card: problems},
        notice=NOTICES.get(request.args.get("saved", "")),
        locales=[(name, Locale.parse(name.replace("-", "_")).get_display_name("en")) for name in locales],
        themes=THEMES,
        chosen_theme=request.cookies.get(THEME_COOKIE, ""),
        sessions=open_sessions_of(person),
        this_session=current_user.session_id,
    )
    return make_response(page)
