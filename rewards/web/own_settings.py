"""Everybody's own settings: who they are, how pages look to them, their password, and the browsers they are signed in with."""

from collections.abc import Callable, Mapping
from datetime import datetime

from babel import Locale
from flask import Blueprint, Response, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem
from rewards.people.addresses import ask_to_verify
from rewards.people.changing import change_password
from rewards.people.consenting import consents_of
from rewards.people.describing import change_profile
from rewards.people.joining import fold_email
from rewards.people.models import Role, User
from rewards.people.passwords import hash_password
from rewards.people.preferences import change_preferences, preferences_of
from rewards.people.sessions import end_other_sessions, end_session_of, sessions_of
from rewards.people.signing_in import Proof, open_session, prove
from rewards.people.zones import change_timezone
from rewards.web.access import TOKEN, home_of, me
from rewards.web.answering import answer
from rewards.web.cities import zone_of
from rewards.web.client.desk import Desk
from rewards.web.themes import THEMES, remember_theme
from rewards.web.throttling import slow_down, slow_down_guessing
from rewards.web.words import words_for

# The settings of an admin are those of the programme.
PLACES = {Role.CLIENT: "/settings", Role.COACH: "/settings", Role.ADMIN: "/account"}
MAIL_TIMES = (
    ("instant", "Each time"),
    ("daily", "Once a day", "In the morning, about everything that waits."),
    ("off", "Never", "Whatever waits stands on your home page anyway."),
)
# Each one sends a mail to whatever address was typed.
MAIL_RATE = "10 per 15 minutes"
# What clients may do without.
MAILS = (
    ("outcome_mail", "When something I redeemed is handed out, turned down or too late"),
    ("campaign_mail", "When I win something in a campaign"),
)
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
    "address": "We sent a link to the new address. It becomes yours when you open it, within a day; until then everything stays as it is.",
    "confirm": "We sent a link to your address. Open it within a day.",
    "password": "Saved. Your new password holds, and every other browser is signed out.",
    "mail": "Saved. That is what we mail you from now on.",
    "consents": "Saved. What you agreed to is recorded with its date.",
    "circle": "Saved. That is what the others in your circle see from now on.",
    "session": "Signed out there.",
    "sessions": "Signed out everywhere else.",
}


def settings_pages(role: Role) -> Blueprint:
    """The pages of one audience: the same for all of them."""
    pages = Blueprint("own_settings", __name__, url_prefix=PLACES[role])
    pages.get("")(show)
    pages.post("/profile")(save_profile)
    pages.post("/display")(save_display)
    pages.post("/address")(change_address)
    pages.post("/address/confirmation")(confirm_address)
    pages.post("/password")(save_password)
    pages.post("/sessions/<int:session_id>/sign-out")(end_one)
    pages.post("/sessions/sign-out")(end_others)
    return pages


def show() -> ResponseReturnValue:
    """The page; `?saved=CARD` says what was done."""
    return _page()


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
    return saved("profile")


def save_display() -> ResponseReturnValue:
    """Theirs to choose; a cookie tells the theme to pages that ask the database nothing."""
    theme = request.form.get("theme", "")
    try:
        with db.write():
            _choose(me(), theme)
    except Invalid as error:
        return _page("display", {}, Invalid([Problem(one.field, "Choose one of these.") for one in error.problems]))
    return remember_theme(saved("display"), theme)


def _choose(person: User, theme: str) -> None:
    # Nobody is celebrated for coaching, and no client hands out rewards.
    if person.role == Role.CLIENT:
        change_preferences(user_id=person.id, theme=theme, celebrations="celebrations" in request.form)
    else:
        change_preferences(user_id=person.id, theme=theme, redemption_mail=request.form.get("redemption_mail", ""))


def _waiting(card: str, field: str) -> Callable[[datetime], Response]:
    def wait(until: datetime) -> Response:
        minutes = max(1, -(-int((until - words_for(me()).now).total_seconds()) // 60))
        told = f"Too many wrong tries. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        return _page(card, {}, Invalid.single(field, told), status=429)

    return wait


def _prove_again(field: str) -> User:
    """Whoever is here, once they have shown their password again. Raises Invalid."""
    person = me()
    if prove(email=person.email, password=request.form.get(field, "")) is None:
        raise Invalid([Problem(field, "That is not your password now.")])
    return person


@slow_down(MAIL_RATE)
@slow_down_guessing(_waiting("address", "proof"))
def change_address() -> ResponseReturnValue:
    """Another address is asked whether it is theirs; until it says so, they have the one they had."""
    typed = {"address": request.form.get("address", "").strip()}
    try:
        person = _prove_again("proof")
        if fold_email(typed["address"]) == person.email:
            raise Invalid([Problem("email", "This is your address already.")])
        with db.write():
            ask_to_verify(user_id=person.id, email=typed["address"])
    except Invalid as error:
        named = [Problem("address" if one.field == "email" else one.field, one.message) for one in error.problems]
        return _page("address", typed, Invalid(named))
    return saved("address")


@slow_down(MAIL_RATE)
def confirm_address() -> ResponseReturnValue:
    """Mail them a link that shows that their address reaches them."""
    with db.write():
        ask_to_verify(user_id=me().id)
    return saved("confirm")


@slow_down_guessing(_waiting("password", "current"))
def save_password() -> ResponseReturnValue:
    """A new password ends every session; this browser gets a new one at once."""
    try:
        person = _prove_again("current")
        hashed = hash_password(request.form.get("password", ""))
    except Invalid as error:
        return _page("password", {}, error)
    with db.write():
        user = change_password(user_id=person.id, password=hashed, actor_id=person.id)
        db.session.flush()
        token = open_session(Proof(user.id, user.stamp))
    session[TOKEN] = token
    return saved("password")


def end_one(session_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    with db.write():
        end_session_of(user_id=me().id, session_id=session_id, actor_id=me().id)
    return saved("session")


def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with db.write():
        end_other_sessions(user_id=me().id, session_id=current_user.session_id, actor_id=me().id)
    return saved("sessions")


def place_of(person: User) -> str:
    """Where somebody's own settings are."""
    return f"{home_of(person)}{PLACES[Role(person.role)]}"


def saved(card: str) -> Response:
    """The page again, which says what was done."""
    return make_response(redirect(f"{place_of(me())}?saved={card}", 303))


def _page(card: str = "", typed: Mapping[str, str] | None = None, error: Invalid | None = None, status: int = 422) -> Response:
    person = me()
    values = {"address": "", "name": person.name, "timezone": person.timezone, "locale": person.locale, **(typed or {})}
    problems = {one.field: one.message for one in error.problems} if error else {}
    locales = dict.fromkeys((*LOCALES, person.locale))
    is_client = person.role == Role.CLIENT
    preferences = preferences_of(person)
    page = answer(
        "parts/settings.html",
        status=status if error else 200,
        frame=f"{person.role}/frame.html",
        place=place_of(person),
        person=person,
        words=words_for(person),
        # What only clients have: points in the head of the page, and what they agreed to.
        desk=Desk(person) if is_client else None,
        consents=consents_of(person.id) if is_client else None,
        values=values,
        problems={card: problems},
        notice=NOTICES.get(request.args.get("saved", "")),
        locales=[(name, Locale.parse(name.replace("-", "_")).get_display_name("en")) for name in locales],
        themes=THEMES,
        mail_times=MAIL_TIMES,
        mails=MAILS if is_client else (),
        wanted=[name for name, _ in MAILS if getattr(preferences, name)],
        preferences=preferences,
        sessions=sessions_of(person),
        this_session=current_user.session_id,
    )
    return make_response(page)
