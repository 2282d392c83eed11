"""The programme's own face: its logo, and its colour, told to browsers as a sheet of tokens."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.in_force import programme_in_force
from rewards.kit import media
from rewards.kit.contrast import BLACK, WHITE, contrast, lightened, mixed, soft
from rewards.kit.errors import NotFound
from rewards.kit.pictures import icon_of, read_logo
from rewards.web.statics import asset

branding = Blueprint("branding", __name__)

# The surface of the dark theme, as in tokens.css, and what is written on the accent there.
DARK, INK = "#1c1f25", "#0b1b33"
LOGO, ICON = ".logo.webp", "icon.svg"
ICON_SIDES = (192, 512)
# Nothing in a picture is a program, whatever somebody made of it.
SANDBOX = "default-src 'none'; sandbox"
AGE_MAX_SECONDS = 365 * 24 * 3600


@branding.get("/branding.css")
def show() -> Response:
    """The tokens that the accent changes. Its address names the colour, so it is kept for good."""
    accent = programme_in_force().settings.accent
    response = Response(sheet(accent) if accent else "", mimetype="text/css")
    if accent and request.args.get("accent") == accent.lstrip("#"):
        response.headers["Cache-Control"] = f"public, max-age={AGE_MAX_SECONDS}, immutable"
    return response


@branding.get("/branding/logo/<name>.webp")
def show_logo(name: str) -> ResponseReturnValue:
    """The programme's logo. Another one has another name, so it is kept for good; one that is not there is Laurel's own."""
    if name != programme_in_force().settings.logo:
        raise NotFound(f"logo {name}")
    try:
        content = media.read(name, LOGO)
    except NotFound:
        return redirect(asset(ICON), 302)
    caching = f"public, max-age={AGE_MAX_SECONDS}, immutable"
    return Response(content, mimetype="image/webp", headers={"Content-Security-Policy": SANDBOX, "Cache-Control": caching})


@branding.get("/branding/icon/<name>-<int:side>.png")
def show_icon(name: str, side: int) -> ResponseReturnValue:
    """The logo as the symbol of an app: on a ground of its own, with room for whatever shape a phone cuts out of it."""
    if name != programme_in_force().settings.logo or side not in ICON_SIDES:
        raise NotFound(f"icon {name}")
    try:
        content = icon_of(media.read(name, LOGO), side)
    except NotFound:
        return redirect(asset(f"icons/laurel-{side}.png"), 302)
    caching = f"public, max-age={AGE_MAX_SECONDS}, immutable"
    return Response(content, mimetype="image/png", headers={"Content-Security-Policy": SANDBOX, "Cache-Control": caching})


def app_icons() -> list[dict[str, str]]:
    """The symbols that the system of a phone may choose from."""
    logo = programme_in_force().settings.logo
    if logo:
        addresses = {(side, purpose): f"/branding/icon/{logo}-{side}.png" for side in ICON_SIDES for purpose in ("any", "maskable")}
    else:
        addresses = {(side, "any"): asset(f"icons/laurel-{side}.png") for side in ICON_SIDES}
        addresses[ICON_SIDES[-1], "maskable"] = asset("icons/laurel-maskable-512.png")
    symbols = [(address, f"{side}x{side}", purpose) for (side, purpose), address in addresses.items()]
    return [{"src": address, "sizes": sizes, "type": "image/png", "purpose": purpose} for address, sizes, purpose in symbols]


def touch_icon() -> str:
    """The symbol for phones that take no other."""
    logo = programme_in_force().settings.logo
    return f"/branding/icon/{logo}-{ICON_SIDES[0]}.png" if logo else asset("icons/laurel-touch-180.png")


def keep_logo(content: bytes) -> str:
    """Keep what somebody sent as the logo; its new name. Raises Invalid. It takes its time: not for write blocks."""
    logo, name = read_logo(content), media.new_name()
    media.keep(name, LOGO, logo)
    return name


def forget_logo(name: str | None) -> None:
    """Keep it no longer."""
    if name:
        media.forget(name, LOGO)


def logo_address() -> str:
    """Where the logo is."""
    logo = programme_in_force().settings.logo
    return f"/branding/logo/{logo}.webp" if logo else asset(ICON)


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
