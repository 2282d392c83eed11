"""What holds for every page: which sites may send something here, where a link may lead, and what browsers are told to refuse."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFProtect

from rewards.kit.settings import Settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PATH_LENGTH_MAX = 2_000
# One slash and no second one; no backslash, which browsers read as a slash; nothing invisible, which they leave out.
PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # To ourselves only: with `no-referrer` a form's Origin would be `null`, and nobody could tell where it came from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What a signed-in person saw must not be left behind for whoever uses the machine next.
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"
NO_FRAMES = "frame-ancestors 'none'"
# For the one file that other sites fetch: an hour, so that a new one is soon everywhere.
CORS_CACHE = "public, max-age=3600"

csrf = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])
# The views that take a file, with how large it may be; everything else sends a form.
_FILE_BYTES: dict[Any, int] = {}
# The views whose form stands inside another site, where no cookie travels: what is asked there instead of the session's token.
# Where the browser says it is from is asked of them like of all others.
_SIGNED: dict[Any, Callable[[], None]] = {}


def takes_file(bytes_max: int) -> Callable[[View], View]:
    """Let a view be sent so much."""

    def taking(view: View) -> View:
        _FILE_BYTES[view] = bytes_max
        return view

    return taking


def sent_file(field: str, bytes_max: int) -> bytes | None:
    """What was sent as a file, at most one byte more than may be; None where nothing was."""
    sent = request.files.get(field)
    if sent is None:
        return None
    # A file that is left open holds on to its memory.
    with closing(sent):
        return sent.stream.read(bytes_max + 1) if sent.filename else None


def takes_signed_form(view: Callable[..., Any], check: Callable[[], None]) -> None:
    """Let a view's form show by a signed token of its own that it is ours; `check` raises where it does not."""
    _SIGNED[view] = check


def signed_forms() -> frozenset[Callable[..., Any]]:
    """The views for which that holds."""
    return frozenset(_SIGNED)


def let_sites_frame(response: Response, origins: Sequence[str]) -> None:
    """Let these sites, and nobody else, show this answer inside their own pages."""
    held_by = f"frame-ancestors {' '.join(origins)}" if origins else NO_FRAMES
    response.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"].replace(NO_FRAMES, held_by)


def safe_path(address: str | None) -> str:
    """The address if it is a path of this site, `/` otherwise: a link into the sign-in page must not lead people elsewhere."""
    address = address or ""
    fits = len(address) <= PATH_LENGTH_MAX and PATH.fullmatch(address) and not urlsplit(address).netloc
    return address if fits else "/"


def protect(app: Flask, settings: Settings) -> None:
    """Set up the cookie, the checks before a request and the headers after it."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=settings.trusted_hosts,
        SESSION_COOKIE_NAME="__Host-laurel" if settings.is_https else "laurel",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # A page may lie open for days; its token ends with the session.
        WTF_CSRF_TIME_LIMIT=None,
        # The Origin is checked below, on every connection; the Referer, which some browsers hide, need not be.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        MAX_CONTENT_LENGTH=2**20,
    )
    app.config["LAUREL_ORIGIN"] = settings.base_url
    app.config["LAUREL_HSTS"] = settings.is_https
    csrf.init_app(app)
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)


def refuse_other_sites() -> None:
    """Refuse what another site makes a browser send, by two independent signs: where the browser says it is from, and the form's token."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin not in (request.host_url.rstrip("/"), current_app.config["LAUREL_ORIGIN"]):
        abort(403)
    # What is too large for this page is refused before it is read; the rest of a request is what a form has beside its file.
    if bytes_max := _FILE_BYTES.get(current_app.view_functions.get(request.endpoint or "")):
        request.max_content_length = bytes_max + current_app.config["MAX_CONTENT_LENGTH"]
    _SIGNED.get(current_app.view_functions.get(request.endpoint or ""), csrf.protect)()


def add_headers(response: Response) -> Response:
    """Tell the browser what to refuse; a page that needs it otherwise has said so already."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    policy = response.headers["Content-Security-Policy"]
    if "frame-ancestors" in policy and NO_FRAMES not in policy:
        # The older header knows no sites; with it, some browsers would refuse those that were named.
        del response.headers["X-Frame-Options"]
    if current_app.config["LAUREL_HSTS"]:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    # The same address is a page or a part of one.
    response.vary.add("HX-Request")
    return response
