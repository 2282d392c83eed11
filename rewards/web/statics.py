"""Files that every page needs: served from memory's list of them, cached for good, and linked by what is in them."""

import hashlib
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).resolve().parents[2] / "static"
PREFIX = "/static/"
# A changed file has another address, so no browser need ask again.
AGE_MAX_SECONDS = 365 * 24 * 3600


@cache
def asset(name: str) -> str:
    """The address of a file below `static/`, with a mark that changes when the file does."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"{PREFIX}{name}?v={digest[:10]}"


def serve_statics(app: Flask) -> None:
    """Answer for the files before Flask is asked."""
    app.jinja_env.globals["asset"] = asset
    files = WhiteNoise(app.wsgi_app, max_age=AGE_MAX_SECONDS, allow_all_origins=False, add_headers_function=_add_headers)
    files.add_files(str(FOLDER), prefix=PREFIX)
    app.wsgi_app = files  # type: ignore[method-assign]


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
