"""Says once for each request where it came from, so that what keeps a record need not be told by every page."""

from flask import Flask, g, request

from rewards.kit.surroundings import Surroundings, surrounded_by

DEVICE_LENGTH_MAX = 500


def tell_surroundings(app: Flask) -> None:
    """Everything that a page does happens in the surroundings of its request."""
    app.before_request(_enter)
    app.teardown_request(_leave)


def _enter() -> None:
    here = Surroundings(
        place=request.remote_addr or "",
        device=request.user_agent.string[:DEVICE_LENGTH_MAX],
        request_id=g.get("request_id") or "",
    )
    g.surrounded = surrounded_by(here)
    g.surrounded.__enter__()


def _leave(error: BaseException | None) -> None:
    if "surrounded" in g:
        g.surrounded.__exit__(None, None, None)
