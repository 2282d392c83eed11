"""The programme's own colour: checked so that it can be read, and told to browsers as a sheet of tokens."""

from flask import Blueprint, Response, request

from rewards.earning.in_force import programme_in_force
from rewards.kit.contrast import BLACK, WHITE, contrast, lightened, mixed, soft

branding = Blueprint("branding", __name__)

# The surface of the dark theme, as in tokens.css, and what is written on the accent there.
DARK, INK = "#1c1f25", "#0b1b33"
AGE_MAX_SECONDS = 365 * 24 * 3600


@branding.get("/branding.css")
def show() -> Response:
    """The tokens that the accent changes. Its address names the colour, so it is kept for good."""
    accent = programme_in_force().settings.accent
    response = Response(sheet(accent) if accent else "", mimetype="text/css")
    if accent and request.args.get("accent") == accent.lstrip("#"):
        response.headers["Cache-Control"] = f"public, max-age={AGE_MAX_SECONDS}, immutable"
    return response


def address() -> str:
    """Where the sheet is; empty where the programme has no colour of its own."""
    accent = programme_in_force().settings.accent
    return f"/branding.css?accent={accent.lstrip('#')}" if accent else ""


def sheet(accent: str) -> str:
    """The accent and its kin, for both themes: what stands on white, on the dark ground, and under text."""
    dark = lightened(accent, DARK)
    tokens = {
        "accent": (accent, dark),
        "accent-strong": (mixed(BLACK, accent, 0.2), mixed(WHITE, dark, 0.3)),
        "on-accent": (WHITE, INK if contrast(INK, dark) >= contrast(WHITE, dark) else WHITE),
        "accent-soft": (soft(accent, WHITE), soft(dark, DARK)),
        "focus": (accent, mixed(WHITE, dark, 0.3)),
    }
    lines = (f"  --{name}: light-dark({light}, {night});" for name, (light, night) in tokens.items())
    return ":root {\n" + "\n".join(lines) + "\n}\n"
