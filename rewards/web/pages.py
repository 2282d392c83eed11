"""Puts the pages together: who may enter what, what holds for all of them, and what a template may say."""

import secrets

from flask import Flask

from rewards.kit.settings import Settings
from rewards.people.signing_in import AGE_MAX
from rewards.web import access, failing, security, statics, words
from rewards.web.admin import home as admin_home
from rewards.web.client import home as client_home
from rewards.web.client import log, moments
from rewards.web.coach import home as coach_home
from rewards.web.public import front, sign_in
from rewards.web.throttling import limiter

INSIDE = {
    access.public: (front.front, sign_in.sign_in),
    access.client: (client_home.home, log.log, moments.moments),
    access.coach: (coach_home.home,),
    access.admin: (admin_home.home,),
}

CATEGORY_ICONS = {
    "creation": "sparkles",
    "learning": "book",
    "community": "users",
    "participation": "circle-check",
    "consistency": "repeat",
    "challenge": "target",
}

# Nothing that is sent is run as a program, nothing is kept for later, and a refused form is shown like an accepted one.
HTMX = {
    "allowEval": False,
    "allowScriptTags": False,
    "historyCacheSize": 0,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
    "scrollBehavior": "instant",
    "selfRequestsOnly": True,
    "timeout": 15000,
}

for audience, pages in INSIDE.items():
    for page in pages:
        audience.register_blueprint(page)


def register(app: Flask, settings: Settings) -> None:
    """Give the app its pages."""
    app.config["PERMANENT_SESSION_LIFETIME"] = AGE_MAX
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "category_icon": category_icon,
        "fresh_key": lambda: secrets.token_urlsafe(18),
        "htmx_config": HTMX,
        "listed": words.listed,
        "plural": words.plural,
        "visitor": access.visitor,
    }
    failing.tell_failures(app)
    security.protect(app, settings)
    # A page that tells of a failure must not ask the database who is there: that may be what failed.
    access.login_manager.init_app(app, add_context_processor=False)
    limiter.init_app(app)
    for audience in INSIDE:
        app.register_blueprint(audience)
    statics.serve_statics(app)
    # What a block needs when it is rendered alone must not hang on its template's own imports.
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("_ui.html").module


def category_icon(category: str) -> str:
    """The symbol of a category; categories of the programme's own share one."""
    return CATEGORY_ICONS.get(category, "leaf")
