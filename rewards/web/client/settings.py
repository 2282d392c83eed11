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
from rewards.people.consenting import consents_of, record_consents
from rewards.people.describing import change_profile
from rewards.people.passwords import hash_password
from rewards.people.preferences import change_preferences, preferences_of
from rewards.people.sessions import end_other_sessions, end_session_of, sessions_of
from rewards.people.signing_in import Proof, open_session, prove
from rewards.people.zones import change_timezone
from rewards.web.access import TOKEN, me
from rewards.web.answering import answer
from rewards.web.cities import zone_of
from rewards.web.client.desk import Desk
from rewards.web.throttling import slow_down_guessing

settings = Blueprint("settings", __name__, url_prefix="/settings")

THEME_COOKIE = "theme"
THEMES = (("system", "As the system says"), ("light", "Light"), ("dark", "Dark"))
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
    "consents": "Saved. What you agreed to is recorded with its date.",
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
    user_id, problems = me().id, []
    try:
        with db.write():
            try:
                change_profile(user_id=user_id, name=typed["name"], locale=typed["locale"], actor_id=user_id)
            except Invalid as error:
                problems += error.problems
            try:
                change_timezone(user_id=user_id, timezone=zone_of(typed["timezone"]), actor_id=user_id)
            except Invalid as error:
                problems += error.problems
            if problems:
                raise Invalid(problems)
    except Invalid as error:
        return _page("profile", typed, error)
    return _saved("profile")


@settings.post("/display")
def save_display() -> ResponseReturnValue:
    """Theirs to choose; a cookie tells the theme to pages that ask the database nothing."""
    theme = request.form.get("theme", "")
    try:
        with db.write():
            change_preferences(user_id=me().id, theme=theme, celebrations="celebrations" in request.form)
    except Invalid:
        return _page("display", {}, Invalid.single("theme", "Choose one of these."))
    response, age = _saved("display"), timedelta() if theme == "system" else THEME_AGE
    is_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(THEME_COOKIE, theme, max_age=age, httponly=True, samesite="Lax", secure=is_https)
    return response


@settings.post("/consents")
def save_consents() -> ResponseReturnValue:
    """What they agree to; what the programme cannot do without stays."""
    user_id = me().id
    with db.write():
        needed = [said.text.key for said in consents_of(user_id) if said.text.is_required and said.is_given]
        record_consents(user_id=user_id, given=[*needed, *request.form.getlist("consent")])
    return _saved("consents")


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
        user = change_password(user_id=person.id, password=hashed, actor_id=person.id)
        db.session.flush()
        token = open_session(Proof(user.id, user.stamp))
    session[TOKEN] = token
    return _saved("password")


@settings.post("/sessions/<int:session_id>/sign-out")
def end_one(session_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    with db.write():
        end_session_of(user_id=me().id, session_id=session_id, actor_id=me().id)
    return _saved("session")


@settings.post("/sessions/sign-out")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with db.write():
        end_other_sessions(user_id=me().id, session_id=current_user.session_id, actor_id=me().id)
    return _saved("sessions")


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
        preferences=preferences_of(person),
        consents=consents_of(person.id),
        sessions=sessions_of(person),
        this_session=current_user.session_id,
    )
    return make_response(page)
