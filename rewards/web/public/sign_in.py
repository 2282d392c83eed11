"""Signing in and out."""

from datetime import datetime, timedelta
from math import ceil

from flask import Blueprint, Response, after_this_request, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField

from rewards.activities.registry import registry_in_force
from rewards.kit import clock
from rewards.kit.database import db
from rewards.people.preferences import preferences_of
from rewards.people.queries import user_by_id
from rewards.people.signing_in import Proof, end_session, open_session, prove
from rewards.web import access
from rewards.web.security import safe_path
from rewards.web.themes import remember_theme, shown_theme
from rewards.web.throttling import slow_down_guessing

sign_in = Blueprint("sign_in", __name__)

# What other pages lead here with.
TOLD = {"reset": "Your password is changed. Sign in with the new one.", "verified": "Your e-mail address is confirmed."}
# The limiter rounds up to whole seconds; a quarter of an hour should not read as 16 minutes.
ROUNDING = timedelta(seconds=2)
WRONG = "E-mail or password doesn't match."


class SignInForm(FlaskForm):
    """Who somebody says they are, and the proof."""

    email = StringField()
    password = PasswordField()
    stay = BooleanField()
    next = StringField()


@sign_in.get("/login")
def show() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    person = access.visitor()
    wanted = safe_path(request.args.get("next"))
    return redirect(wanted if wanted != "/" else access.home_of(person), 303) if person else _page(SignInForm(next=wanted))


def _wait(until: datetime) -> Response:
    minutes = ceil((until - clock.now() - ROUNDING).total_seconds() / 60)
    return _page(SignInForm(), status=429, wait_minutes=max(minutes, 1), wait_until=until)


@sign_in.post("/login")
@slow_down_guessing(_wait)
def add() -> ResponseReturnValue:
    """Check the password and open a session. A full page either way: that is what password managers understand."""
    form = SignInForm()
    proof = prove(email=form.email.data or "", password=form.password.data or "")
    if proof is None:
        return _page(form, status=422, problem=WRONG)
    enter(proof, stay=bool(form.stay.data))
    return redirect(safe_path(form.next.data), 303)


@sign_in.post("/logout")
def end() -> ResponseReturnValue:
    """Sign out, here and in whatever has a copy of the cookie."""
    _leave()
    session.clear()
    response = make_response(redirect(access.SIGN_IN, 303))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def enter(proof: Proof, *, stay: bool = False) -> None:
    """Open a session for who has just shown who they are."""
    _leave()
    with db.write():
        token = open_session(proof)
        person = user_by_id(proof.user_id)
        theme = preferences_of(person).theme if person else "system"
    shown = shown_theme() or "system"
    # Everything before belongs to whoever was here before: the new session shares nothing with it, least of all its token.
    session.clear()
    session[access.TOKEN] = token
    session.permanent = stay

    @after_this_request
    def remember(response: Response) -> Response:
        return response if theme == shown else remember_theme(response, theme)


def _leave() -> None:
    token = session.get(access.TOKEN)
    if isinstance(token, str):
        with db.write():
            end_session(token)


def _page(form: SignInForm, status: int = 200, **context: object) -> Response:
    name = registry_in_force().settings.name
    told = TOLD.get(request.args.get("told", ""))
    return make_response(render_template("public/sign_in.html", form=form, name=name, told=told, **context), status)
