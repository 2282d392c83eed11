"""A browser without a window: keeps cookies, reads forms, sends what a person would send."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/client"}


class Form(dict[str, str]):
    """The fields of one form as they stand on the page."""

    def __init__(self, attributes: dict[str, str | None]) -> None:
        super().__init__()
        self.id = attributes.get("id")
        self.action = attributes.get("action") or ""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append(Form(attributes))
        is_off = attributes.get("type") in ("radio", "checkbox") and "checked" not in attributes
        if tag == "input" and self.forms and attributes.get("name") and not is_off:
            self.forms[-1][str(attributes["name"])] = attributes.get("value") or ""


def forms_of(response: TestResponse) -> list[Form]:
    """Every form on a page."""
    reader = _Forms()
    reader.feed(response.text)
    return reader.forms


def form_of(response: TestResponse, wanted: str) -> Form:
    """The form with that id or action."""
    return next(form for form in forms_of(response) if wanted in (form.id, form.action))


def submit(client: FlaskClient, form: Form, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    """Send a form as it stands, with these fields typed in."""
    return client.post(form.action, data={**form, **fields}, headers=headers)


def log(client: FlaskClient, pressed: str, /, page: str = "/client", headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    """Press the button of an activity."""
    return submit(client, form_of(client.get(page), f"activity-{pressed}"), headers, **fields)
