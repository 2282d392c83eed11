"""Puts the pages together: who may enter what, what holds for all of them, and what a template may say."""

import secrets

from flask import Flask

from rewards.earning.in_force import programme_in_force
from rewards.kit.settings import Settings
from rewards.people.models import Role
from rewards.people.signing_in import AGE_MAX
from rewards.web import access, branding, compressing, failing, media, navigation, security, statics, themes, words
from rewards.web.admin import achievements as admin_achievements
from rewards.web.admin import (
    activities,
    audit,
    boosts,
    categories,
    events,
    import_files,
    imports,
    keys,
    ledger,
    levels,
    people,
    rehearsals,
    rules,
    search,
    systems,
)
from rewards.web.admin import home as admin_home
from rewards.web.admin import settings as admin_settings
from rewards.web.campaigns.pages import campaign_pages
from rewards.web.client import achievements, circle, installing, log, moments, progress, questions, redemptions, refer, rewards, undoing
from rewards.web.client import home as client_home
from rewards.web.client import settings as client_settings
from rewards.web.coach import achievements as coach_achievements
from rewards.web.coach import circles, client_ledger, clients, giving
from rewards.web.coach import client as coach_client
from rewards.web.coach import home as coach_home
from rewards.web.invitation_pages import invitation_pages
from rewards.web.menu_pages import menu_pages
from rewards.web.note_pages import note_pages
from rewards.web.notification_pages import notification_pages
from rewards.web.own_settings import settings_pages
from rewards.web.public import (
    board,
    embedded,
    forgot,
    front,
    installable,
    invited,
    mailed_links,
    own_place,
    papers,
    set_up,
    sign_in,
    styleguide,
    waitlist,
)
from rewards.web.question_pages import question_pages
from rewards.web.redemption_pages import redemption_pages
from rewards.web.reward_pages import reward_pages
from rewards.web.throttling import limiter

INSIDE = {
    access.public: (
        front.front,
        branding.branding,
        installable.installable,
        media.media,
        sign_in.sign_in,
        forgot.forgot,
        invited.invited,
        set_up.set_up,
        papers.papers,
        waitlist.waitlist,
        mailed_links.mailed_links,
        own_place.own_place,
        board.board,
        embedded.embedded,
        styleguide.styleguide,
    ),
    access.client: (
        client_home.home,
        log.log,
        undoing.undoing,
        questions.questions,
        moments.moments,
        installing.installing,
        rewards.rewards,
        redemptions.redemptions,
        circle.circle,
        refer.refer,
        achievements.achievements,
        progress.progress,
        notification_pages(Role.CLIENT),
        client_settings.settings,
    ),
    access.coach: (
        coach_home.home,
        clients.clients,
        giving.giving,
        coach_client.client,
        client_ledger.ledger,
        circles.circles,
        coach_achievements.achievements,
        reward_pages("coach"),
        campaign_pages("coach"),
        redemption_pages("coach"),
        question_pages("coach"),
        menu_pages("coach"),
        invitation_pages("coach"),
        notification_pages(Role.COACH),
        note_pages("coach"),
        settings_pages(Role.COACH),
    ),
    access.admin: (
        admin_home.home,
        menu_pages("admin"),
        systems.systems,
        keys.keys,
        admin_settings.settings,
        activities.activities,
        levels.levels,
        categories.categories,
        rules.rules,
        rehearsals.rehearsals,
        boosts.boosts,
        admin_achievements.achievements,
        reward_pages("admin"),
        campaign_pages("admin"),
        redemption_pages("admin"),
        question_pages("admin"),
        ledger.ledger,
        events.incoming,
        imports.imports,
        people.people,
        audit.audit,
        invitation_pages("admin"),
        notification_pages(Role.ADMIN),
        note_pages("admin"),
        settings_pages(Role.ADMIN),
        search.searching,
    ),
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
    # What is put in works from the moment it can be seen, so that a key pressed just then is not the browser's to answer.
    "defaultSettleDelay": 0,
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

# The macros of the design language, known to every template.
PARTS = ("ui", "forms", "figures", "shop")

for audience, pages in INSIDE.items():
    for page in pages:
        audience.register_blueprint(page)


def register(app: Flask, settings: Settings) -> None:
    """Give the app its pages."""
    app.config["PERMANENT_SESSION_LIFETIME"] = AGE_MAX
    app.config[import_files.FOLDER] = settings.data / "imports"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "branding": branding.address,
        "logo": branding.logo_address,
        "category_icon": category_icon,
        "fresh_key": lambda: secrets.token_urlsafe(18),
        "htmx_config": HTMX,
        "is_here": navigation.is_here,
        "listed": words.listed,
        "may_refer": access.may_refer,
        "menu_of": navigation.menu_of,
        "plainly": words.plainly,
        "plural": words.plural,
        "programme_settings": lambda: programme_in_force().settings,
        "bar_of": navigation.bar_of,
        "rail_of": navigation.rail_of,
        "touch_icon": branding.touch_icon,
        "theme": themes.shown_theme,
        "unread_count": access.unread_count,
        "visitor": access.visitor,
    }
    failing.tell_failures(app)
    security.protect(app, settings)
    # A page that tells of a failure must not ask the database who is there: that may be what failed.
    access.login_manager.init_app(app, add_context_processor=False)
    limiter.init_app(app)
    for audience in INSIDE:
        app.register_blueprint(audience)
    compressing.compress_pages(app)
    statics.serve_statics(app)
    # What a block needs when it is rendered alone must not hang on its template's own imports.
    for name in PARTS:
        app.jinja_env.globals[name] = app.jinja_env.get_template(f"parts/{name}.html").module


def category_icon(category: str) -> str:
    """The symbol of a category; categories of the programme's own share one."""
    return CATEGORY_ICONS.get(category, "leaf")
