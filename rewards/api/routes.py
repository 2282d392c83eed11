"""Puts the door for machines into the application."""

from flask import Flask, Response

from rewards.api import problems
from rewards.api.documenting import described
from rewards.api.door import LIMITER, door
from rewards.api.external import batches, events, heartbeat, points, users, wallets
from rewards.api.limiting import Limiter
from rewards.kit.settings import Settings

# Each module adds its routes to the door when it is read.
NOUNS = (users, events, batches, wallets, points, heartbeat)


def register(app: Flask, settings: Settings) -> None:
    """Everything below /api/, and the sign of life."""
    app.extensions[LIMITER] = Limiter(settings.api_rate.calls, settings.api_rate.seconds)
    app.before_request(problems.refuse_unroutable)
    app.register_blueprint(door.blueprint)
    app.register_blueprint(described)
    app.add_url_rule("/healthz", "healthz", show_life)


def show_life() -> Response:
    """The process answers; whether all is well is told by /readyz."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")
