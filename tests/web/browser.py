"""A browser without a window: keeps cookies, reads forms, sends what a person would send."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/client"}


class Form(dict[str, Any]):
    """The fields of one form as they stand on the page; a name that stands there several times has a list."""

    def __init__(self, attributes: dict[str, str | None]) -> None:
        super().__init__()
        self.id = attributes.get("id")
        self.action = attributes.get("action") or ""

    def add(self, name: str, value: str) -> None:
        """One more field."""
        held = self.get(name)
        self[name] = value if held is None else [*([held] if isinstance(held, str) else held), value]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area, self._select, self._text = "", "", ""
        self._chosen: list[str] = []
        self._options: list[str] = []
        self._many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append(Form(attributes))
        is_off = attributes.get("type") in ("radio", "checkbox") and "checked" not in attributes
        if not self.forms:
            return
        name = attributes.get("name") or ""
        if tag == "input" and name and not is_off:
            # One line has room for one: a browser drops line breaks there.
            value = attributes.get("value") or ""
            self.forms[-1].add(name, value if attributes.get("type") == "hidden" else value.replace("\r", "").replace("\n", ""))
        elif tag == "select":
            self._select, self._chosen, self._options, self._many = name, [], [], "multiple" in attributes
        elif tag == "option" and self._select:
            value = attributes.get("value") or ""
            self._options.append(value)
            self._chosen += [value] if "selected" in attributes else []
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.forms and self._area:
            # A line break right after the tag belongs to the tag; the others travel as two characters.
            text = self._text.replace("\r\n", "\n").replace("\r", "\n")
            self.forms[-1].add(self._area, text.removeprefix("\n").replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select" and self._select:
            # Without a choice, the first one of a single select is sent.
            for value in self._chosen or ([] if self._many else self._options[:1]):
                self.forms[-1].add(self._select, value)
            self._select = ""


def forms_of(response: TestResponse) -> list[Form]:
    """Every form on a page."""
    reader = _Forms()
    reader.feed(response.text)
    return reader.forms


def form_of(response: TestResponse, wanted: str) -> Form:
    """The form with that id or action."""
    return next(form for form in forms_of(response) if wanted in (form.id, form.action))


def submit(client: FlaskClient, form: Form, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    """Send a form as it stands, with these fields typed in."""
    return client.post(form.action, data={**form, **fields}, headers=headers)


def log(client: FlaskClient, pressed: str, /, page: str = "/client", headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    """Press the button of an activity."""
    return submit(client, form_of(client.get(page), f"activity-{pressed}"), headers, **fields)
