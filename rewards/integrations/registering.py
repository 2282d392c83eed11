"""How another system becomes known here."""

import re
import secrets
from urllib.parse import urlsplit

from sqlalchemy import select

from rewards.integrations.models import Service
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Problem
from rewards.kit.values import storable_text
from rewards.people.auditing import Done, record_deed

NAME_LENGTH_MAX = 200
URL_LENGTH_MAX = 2000
TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def add_service(*, name: str, type: str, url: str | None = None, actor_id: int | None = None) -> Service:  # noqa: A002 - the usual word
    """Make another system known; `service_id` is what it calls itself by from now on. Raises Invalid."""
    _check(name, type, url)
    service = Service(service_id=f"svc_{secrets.token_hex(8)}", name=name.strip(), type=type, url=url, created_at=clock.now())
    db.session.add(service)
    db.session.flush()
    record_deed(Done("service_added", "service", service.service_id, after=_described(service)), actor_id=actor_id)
    return service


def change_service(*, service_id: str, name: str, type: str, url: str | None = None, actor_id: int | None = None) -> None:  # noqa: A002 - as above
    """Call it otherwise; what it calls itself by stays. Raises NotFound, Invalid."""
    service = service_named(service_id)
    _check(name, type, url)
    before = _described(service)
    service.name, service.type, service.url = name.strip(), type, url
    db.session.flush()
    record_deed(Done("service_changed", "service", service_id, before, _described(service)), actor_id=actor_id)


def service_named(service_id: str) -> Service:
    """The service with this public id. Raises NotFound."""
    service = db.session.scalar(select(Service).where(Service.service_id == service_id))
    if service is None:
        raise NotFound(f"service {service_id}")
    return service


def _described(service: Service) -> dict[str, str | None]:
    return {"name": service.name, "type": service.type, "url": service.url}


def _check(name: str, type: str, url: str | None) -> None:  # noqa: A002 - see above
    problems = []
    if not is_line(name, NAME_LENGTH_MAX):
        problems.append(Problem("name", f"1 to {NAME_LENGTH_MAX} characters on one line", name))
    if not TYPE.fullmatch(type):
        problems.append(Problem("type", "a word of at most 64 letters, digits, `_`, `.` and `-`, such as shop", type))
    if url is not None and not _is_web_address(url):
        problems.append(Problem("url", "an address such as https://shop.example.org", url))
    if problems:
        raise Invalid(problems)


def is_line(text: str, length_max: int) -> bool:
    """Whether a text can stand in a list: something on one line, and not too long."""
    try:
        storable_text(text)
    except ValueError:
        return False
    return 0 < len(text.strip()) <= length_max and "\n" not in text and "\t" not in text


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_line(url, URL_LENGTH_MAX) and " " not in url
