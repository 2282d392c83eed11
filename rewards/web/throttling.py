"""Makes guessing slow: a few wrong passwords for one account from one place, and a few more for all accounts from that place.

Only wrong ones count, and only from where they come: nobody can lock somebody else out.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar, cast

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RequestLimit

from rewards.kit import clock
from rewards.people.joining import fold_email

PER_ACCOUNT = "5 per 15 minutes"
PER_ADDRESS = "30 per 15 minutes"
WRONG = 422


def place() -> str:
    """Where a request comes from. Whoever has one address of version 6 has the other 2^64 of its network too."""
    found = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - no address to listen on
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def account_from_place() -> str:
    """Which account is tried from where. Hashed, so that what was typed into the wrong field is not kept."""
    account = hashlib.sha256(fold_email(request.form.get("email", "")).encode(errors="replace")).hexdigest()
    return f"{account}@{place()}"


limiter = Limiter(place, strategy="moving-window", storage_uri="memory://")

Show = Callable[[datetime], Response]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def slow_down_guessing(show: Show) -> Callable[[View], View]:
    """Decorate the view that takes a password; `show` makes the answer for who must wait, and until when."""

    def on_breach(limit: RequestLimit) -> Response:
        # The limiter keeps the time of the machine; people are told the time of the desk.
        wait = timedelta(seconds=max(1, limit.reset_at - datetime.now(UTC).timestamp()))
        response = show(clock.now() + wait)
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response

    def decorate(view: View) -> View:
        limited: Any = view
        for rate, key in ((PER_ACCOUNT, account_from_place), (PER_ADDRESS, place)):
            limited = limiter.limit(rate, methods=["POST"], key_func=key, deduct_when=_is_wrong, on_breach=on_breach)(limited)
        return cast("View", limited)

    return decorate


def slow_down(rate: str) -> Callable[[View], View]:
    """Decorate a view that sends mail or takes a secret of a link: so many from one place, whatever is asked."""

    def decorate(view: View) -> View:
        limited: Any = view
        return cast("View", limiter.limit(rate, methods=["POST"], key_func=place)(limited))

    return decorate


def _is_wrong(response: Response) -> bool:
    return response.status_code == WRONG
