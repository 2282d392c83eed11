"""Puts the door for machines beside the pages: an application of its own, so that nothing a browser needs is done for a machine."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from rewards.api import problems
from rewards.api.documenting import described
from rewards.api.door import LIMITER, door
from rewards.api.external import batches, events, heartbeat, points, rewards, users, waitlists, wallets
from rewards.api.limiting import Limiter
from rewards.api.me import points as my_points
from rewards.api.me.door import COOKIE_SETTINGS, PersonsSessions
from rewards.api.me.door import door as my_door
from rewards.kit.errors import DomainError
from rewards.kit.settings import Settings

PREFIX = "/api/"
MACHINES = "laurel.machines"
# Each module adds its routes to its door when it is read.
NOUNS = (users, events, batches, wallets, points, rewards, waitlists, heartbeat, my_points)
HEADERS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


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
    machines.config.update({name: app.config[name] for name in COOKIE_SETTINGS}, TRUSTED_HOSTS=settings.trusted_hosts)
    machines.session_interface = PersonsSessions()
    machines.extensions[LIMITER] = Limiter(settings.api_rate.calls, settings.api_rate.seconds)
    machines.register_error_handler(DomainError, problems.refuse_domain_error)
    machines.register_error_handler(HTTPException, problems.refuse_http_error)
    machines.register_error_handler(Exception, problems.refuse_failure)
    machines.register_blueprint(door.blueprint)
    machines.register_blueprint(my_door.blueprint)
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
