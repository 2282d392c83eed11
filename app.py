"""The application: settings, the database, the doors. It starts no job and decides nothing."""

from contextlib import ExitStack
from pathlib import Path

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from rewards.api import routes
from rewards.kit.announcing import wire
from rewards.kit.database import db
from rewards.kit.installation import install
from rewards.kit.settings import Settings, load_settings
from rewards.reactions import REACTIONS
from rewards.web import pages, surrounding

TEMPLATES = Path(__file__).with_name("templates")


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for these settings, or for those of the environment."""
    settings = settings or load_settings()
    install(settings)
    if not db.is_open:
        db.open(settings.database_url)
    wire(REACTIONS)
    app = Flask("laurel", static_folder=None, template_folder=str(TEMPLATES))
    read_during_requests(app)
    pages.register(app, settings)
    surrounding.tell_surroundings(app)
    routes.register(app, settings)
    if settings.proxies:
        # Only behind a proxy of our own: anybody else could write these headers too.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]
    return app


def read_during_requests(app: Flask) -> None:
    """Every request reads in one session of its own, which cannot write and takes a connection at its first question only."""

    @app.before_request
    def begin() -> None:
        g.reading = ExitStack()
        g.reading.enter_context(db.read())

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if "reading" in g:
            g.reading.close()
