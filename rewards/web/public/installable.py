"""What makes the pages an app of a phone: what it is called, what it looks like, and what it says where there is no connection."""

import hashlib
import json
import textwrap

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from rewards.activities.registry import registry_in_force
from rewards.web.answering import answer
from rewards.web.branding import app_icons, logo_address
from rewards.web.statics import asset

installable = Blueprint("installable", __name__)

# What is under a symbol on a phone has no room for more.
SHORT_NAME_LENGTH_MAX = 12
# The grounds of the light theme, as in tokens.css: what shows until the first page does, and the bar around it.
GROUND = "#f7f6f3"
# What every page of a client asks for. These are the same for everybody; nothing else is ever kept.
FILES = (
    "vendor/tabler-1.6.1/tabler.min.css",
    "css/tokens.css",
    "css/laurel.css",
    "vendor/htmx-2.0.11/htmx.min.js",
    "js/app.js",
    "vendor/tabler-icons-3.51.0/icons.svg",
    "icon.svg",
)


@installable.get("/manifest.webmanifest")
def show_manifest() -> ResponseReturnValue:
    """The app as a phone's system sees it."""
    name = registry_in_force().settings.name
    manifest = {
        "id": "/client",
        "name": name,
        "short_name": textwrap.shorten(name, SHORT_NAME_LENGTH_MAX, placeholder="") or name[:SHORT_NAME_LENGTH_MAX],
        "start_url": "/client",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": app_icons(),
    }
    return Response(json.dumps(manifest, ensure_ascii=False), mimetype="application/manifest+json")


@installable.get("/worker.js")
def show_worker() -> ResponseReturnValue:
    """What works beside the pages in a browser. It stands at the root, for it serves all of them."""
    files = list(dict.fromkeys([*map(asset, FILES), logo_address()]))
    # Whatever is kept changes, it is fetched anew under another name.
    kept = hashlib.sha256("\n".join([*files, render_template("public/offline.html")]).encode()).hexdigest()[:10]
    return Response(render_template("public/worker.js", files=files, kept=kept), mimetype="text/javascript")


@installable.get("/offline")
def show_offline() -> ResponseReturnValue:
    """What is shown where there is no connection. It knows nobody, for it is kept on the device."""
    return answer("public/offline.html")
