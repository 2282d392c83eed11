"""Puts the door for machines beside the pages: an application of its own, so that nothing a browser needs is done for a machine."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.exceptions import HTTPException

from rewards.api import problems
from rewards.api.documenting import described
from rewards.api.door import LIMITER, door
from rewards.api.external import batches, events, heartbeat, points, users, wallets
from rewards.api.limiting import Limiter
from rewards.kit.errors import DomainError
from rewards.kit.settings import Settings

PREFIX = "/api/"
MACHINES = "laurel.machines"
# Each module adds its routes to the door when it is read.
NOUNS = (users, events, batches, wallets, points, heartbeat)
HEADERS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


class NoSessions(SessionInterface):
    """A machine proves itself with its key; no cookie is read and none is set."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """Nothing."""
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing."""


def register(app: Flask, settings: Settings) -> None:
    """Everything below /api/, and the sign of life.

    Sessions, form tokens and the pages' headers would cost a machine's call more than reading it does.
    """
    machines = app.extensions[MACHINES] = machine_door(app, settings)
    pages = app.wsgi_app

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (machines if environ.get("PATH_INFO", "").startswith(PREFIX) else pages)(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]
    app.add_url_rule("/healthz", "healthz", show_life)


def machine_door(app: Flask, settings: Settings) -> Flask:
    """The application behind /api/."""
    machines = Flask("laurel.api", static_folder=None, root_path=app.root_path, template_folder=app.template_folder)
    machines.config.update(TRUSTED_HOSTS=settings.trusted_hosts)
    machines.session_interface = NoSessions()
    machines.extensions[LIMITER] = Limiter(settings.api_rate.calls, settings.api_rate.seconds)
    machines.register_error_handler(DomainError, problems.refuse_domain_error)
    machines.register_error_handler(HTTPException, problems.refuse_http_error)
    machines.register_error_handler(Exception, problems.refuse_failure)
    machines.register_blueprint(door.blueprint)
    machines.register_blueprint(described)
    machines.after_request(add_headers)
    return machines


def add_headers(response: Response) -> Response:
    """What no answer here may be without."""
    for name, value in HEADERS:
        response.headers.setdefault(name, value)
    return response


def show_life() -> Response:
    """The process answers; whether all is well is told by /readyz."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")
