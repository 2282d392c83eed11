"""Files that every page needs: served from memory's list of them, cached for good, compressed, and linked by what is in them."""

import gzip
import hashlib
import os
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

import structlog
from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).resolve().parents[2] / "static"
PREFIX = "/static/"
# A changed file has another address, so no browser need ask again.
AGE_MAX_SECONDS = 365 * 24 * 3600
# What others wrote lies compressed beside itself; of ours, these change too often for that.
OURS = ("css/*.css", "js/*.js")

log = structlog.get_logger()


@cache
def asset(name: str) -> str:
    """The address of a file below `static/`, with a mark that changes when the file does."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"{PREFIX}{name}?v={digest[:10]}"


def serve_statics(app: Flask) -> None:
    """Answer for the files before Flask is asked."""
    app.jinja_env.globals["asset"] = asset
    compress_ours(FOLDER)
    files = WhiteNoise(app.wsgi_app, max_age=AGE_MAX_SECONDS, allow_all_origins=False, add_headers_function=_add_headers)
    files.add_files(str(FOLDER), prefix=PREFIX)
    app.wsgi_app = files  # type: ignore[method-assign]


def compress_ours(folder: Path) -> None:
    """Put a fresh compressed copy beside each file of ours; where nothing may be written, they are sent as they are."""
    for path in (path for pattern in OURS for path in folder.glob(pattern)):
        packed = gzip.compress(path.read_bytes(), mtime=0)
        copy = path.with_name(f"{path.name}.gz")
        if copy.exists() and copy.read_bytes() == packed:
            continue
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        try:
            half.write_bytes(packed)
            half.replace(copy)
        except OSError as error:
            log.warning("static files stay uncompressed", folder=str(folder), error=str(error))
            return


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
