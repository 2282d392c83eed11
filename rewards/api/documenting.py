"""Shows the API's description: a document for programs, and a page where people try it, which asks nothing of a third party."""

from importlib.resources import files

from flask import Blueprint, Response, render_template

from rewards import __version__
from rewards.api.describing import describe
from rewards.api.door import door
from rewards.api.me.door import door as my_door
from rewards.kit import documents
from rewards.web.statics import asset

# Swagger UI as its package brings it.
ASSETS = str(files("flask_openapi3_swagger") / "templates" / "swagger")
# It draws with pictures inside its style sheet; it runs no script but its own, and asks only here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
AGE_MAX_SECONDS = 86_400

described = Blueprint("described", __name__, url_prefix="/api", static_folder=ASSETS, static_url_path="/docs/assets")
_texts: dict[str, str] = {}


@described.get("/v1/openapi.json")
def show_document() -> Response:
    """The description, made once."""
    if __version__ not in _texts:
        _texts[__version__] = documents.compact(describe([*door.operations, *my_door.operations], __version__))
    return Response(_texts[__version__], content_type="application/json")


@described.get("/docs")
def show_page() -> Response:
    """The page."""
    response = Response(render_template("api/docs.html", asset=asset))
    response.headers["Content-Security-Policy"] = POLICY
    return response
