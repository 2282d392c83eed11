"""Light or dark: everybody's own choice, which a cookie tells to pages that ask the database nothing."""

from datetime import timedelta

from flask import Response, current_app, request

COOKIE = "theme"
THEMES = (("system", "As the system says"), ("light", "Light"), ("dark", "Dark"))
AGE = timedelta(days=365)


def shown_theme() -> str:
    """Which theme somebody chose on this machine; empty for that of the system."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in ("light", "dark") else ""


def remember_theme(response: Response, chosen: str) -> Response:
    """Let the browser say so from now on, so that the first page it shows is in it already."""
    is_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
    age = timedelta() if chosen == "system" else AGE
    response.set_cookie(COOKIE, chosen, max_age=age, httponly=True, samesite="Lax", secure=is_https)
    return response
