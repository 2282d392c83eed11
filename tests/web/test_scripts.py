"""SEC-9: whatever people write stays text, and no template has a way to make it more."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rewards.people.queries import user_by_email
from tests.house.tree import ROOT
from tests.programmes import define
from tests.web.browser import HTMX, log
from tests.web.conftest import on_sqlite

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "${alert(1)}",
    "</title></textarea></style></script><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=//evil.example><button>",
    '<div hx-get="/logout" hx-trigger="load">',
    "\u202e<b>gnp.exe</b>",
]
PAGES = {
    "ada": (
        "/client",
        "/client/log",
        "/client/log/1",
        "/client/progress",
        "/client/progress/statement",
        "/client/achievements",
        "/client/notifications",
        "/client/settings",
    ),
    "bo": (
        "/coach",
        "/coach/clients",
        "/coach/clients/3",
        "/coach/clients/3/ledger",
        "/coach/clients/3/statement",
        "/coach/clients/3/log",
        "/coach/clients/3/log/1",
        "/coach/clients/3/award",
        "/coach/clients/3/log/create",
        "/coach/clients/3/adjustment",
        "/coach/achievements",
        "/coach/achievements/1/edit",
        "/coach/achievements/create",
        "/coach/settings",
    ),
    "dee": ("/admin",),
}


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, and the attributes that do something."""

    def __init__(self) -> None:
        super().__init__()
        self.suspects: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("img", "b", "iframe", "object", "embed", "style", "base") and not str(attributes.get("src")).startswith("/static/"):
            self.suspects.append(f"<{tag}>")
        if tag == "script" and not str(attributes.get("src")).startswith("/static/"):
            self.suspects.append("<script>")
        for name, value in attrs:
            leads_away = name in ("href", "src", "action", "hx-get", "hx-post") and not re.match(r"[/#]($|[^/\\])", value or "")
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc") or leads_away:
                self.suspects.append(f"{tag} {name}={value}")


def suspects(text: str) -> list[str]:
    reader = Reader()
    reader.feed(text)
    return reader.suspects


def poison(database, payload: str) -> None:
    """Whatever people can write, written badly."""
    define(
        programme={"name": payload[:100], "points_word": payload[:100]},
        categories=[{"key": "creation", "name": payload[:100]}],
        activities=[
            {"key": "workout_logged", "name": payload, "description": payload, "category": "creation", "xp": 20, "points": 20},
            {"key": "daily_checkin", "category": "creation", "xp": 500, "points": 20, "max_per_day": 1},
        ],
        levels=[{"number": 1, "name": payload, "xp_required": 0}, {"number": 2, "name": payload, "xp_required": 100, "perks": [payload]}],
        achievements=[
            {"key": "one", "name": payload, "type": "automatic", "condition_type": "workout_count", "condition_value": 1, "xp_reward": 1}
        ],
    )
    with database.write():
        for name in ("ada", "bo", "dee"):
            user = user_by_email(f"{name}@example.com")
            assert user
            user.name = payload


def found_on_pages(sign_in, payload):
    """What became more than text, on every page of everybody."""
    found, browsers = [], {name: sign_in(name) for name in PAGES}
    for activity in ("workout_logged", "daily_checkin"):
        found += suspects(log(browsers["ada"], activity, page="/client/log", headers=HTMX, note=payload).text)
    found += suspects(log(browsers["ada"], "workout_logged", page="/client/log", note="x" * 501, activity="workout_logged").text)
    for name, addresses in PAGES.items():
        for address in addresses:
            page = browsers[name].get(address).text
            assert page.count("alert(1)") or "alert" not in payload, "the payload is meant to be on the page"
            found += suspects(page)
    return found


@on_sqlite
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_write_stays_text(sign_in, database, payload):
    poison(database, payload)
    assert found_on_pages(sign_in, payload) == []


@on_sqlite
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_comes_in_an_address_stays_text(stranger, ada, payload):
    pages = [
        stranger.get("/login", query_string={"next": payload}),
        stranger.get("/" + payload),
        ada.get("/client", query_string={"logged": payload}),
        ada.get("/client/log", query_string={"before": payload, "logged": payload}),
        ada.get("/client", headers={"Referer": f"http://localhost/{payload.encode('ascii', 'ignore').decode()}"}),
    ]
    assert [found for page in pages for found in suspects(page.text)] == []


@on_sqlite
def test_a_page_that_trusts_what_people_write_is_noticed(site, sign_in, database):
    site.jinja_env.autoescape = False
    site.jinja_env.bytecode_cache = None
    site.jinja_env.cache.clear()
    poison(database, PAYLOADS[0])
    assert "<script>" in found_on_pages(sign_in, PAYLOADS[0])


TRUSTING = re.compile(r"\|\s*safe\b|\bMarkup\(|render_template_string|\bautoescape\b(?!=True)")
# What a browser would run or style.
ACTIVE = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=|\bhx-on|\bhx-vals\s*=\s*["']js:|\bhx-headers\s*=\s*["']js:|<style\b|<script(?![^>]*\ssrc=)|\bjavascript:""",
    re.IGNORECASE,
)
QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
# Escaping does not help a value that ends at its first space.
UNQUOTED = re.compile(r"\s[a-z-]+=(?!\"\")", re.IGNORECASE)
OPENING = re.compile(r"<[a-z][^>]*?>", re.IGNORECASE)


def templates(root: Path = ROOT) -> list[Path]:
    return sorted((root / "templates").rglob("*.html"))


def trusting_lines(root: Path = ROOT) -> list[str]:
    files = [*templates(root), *sorted((root / "rewards").rglob("*.py")), root / "app.py"]
    lines = [(file.name, line.strip()) for file in files if file.exists() for line in file.read_text().splitlines()]
    return [f"{name}: {line}" for name, line in lines if TRUSTING.search(line)]


def active_lines(root: Path = ROOT) -> list[str]:
    """Elements that bring something of their own to run or to style, or an attribute without quotes."""
    found = []
    for file in templates(root):
        # What a template computes is no attribute, but what stands around it is.
        text = re.sub(r"\{[%#].*?[%#]\}", " ", re.sub(r"\{\{.*?\}\}", "VALUE", file.read_text(), flags=re.DOTALL), flags=re.DOTALL)
        elements = OPENING.findall(text)
        found += [f"{file.name}: {one}" for one in elements if ACTIVE.search(one) or UNQUOTED.search(QUOTED.sub('""', one))]
    return found


def nameless_elements(root: Path = ROOT) -> list[str]:
    """Elements that htmx acts on and that have no id: after a swap nothing would bring the focus back to them (H13)."""
    found = []
    for file in templates(root):
        text = re.sub(r"\{[%#].*?[%#]\}", " ", file.read_text(), flags=re.DOTALL)
        found += [f"{file.name}: {element}" for element in OPENING.findall(text) if " hx-" in element and " id=" not in element]
    return found


def test_no_template_trusts_what_people_write():
    assert trusting_lines() == []


def test_no_template_brings_anything_to_run_or_to_style():
    assert active_lines() == []


def test_every_element_that_htmx_acts_on_has_an_id():
    assert nameless_elements() == []


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("{{ name | safe }}", trusting_lines),
        ("{{ name|safe }}", trusting_lines),
        ('<p style="color: red">', active_lines),
        ('<p\nonclick="go()">', active_lines),
        ('<p hx-on:click="go()">', active_lines),
        ("<p hx-vals='js:{a: 1}'>", active_lines),
        ("<script>go()</script>", active_lines),
        ("<style>p { color: red }</style>", active_lines),
        ('<a href="javascript:go()">', active_lines),
        ("<p title={{ name }}>", active_lines),
        ("<p class=big>", active_lines),
        ('<a hx-get="/client">', nameless_elements),
    ],
)
def test_a_careless_template_is_noticed(tmp_path, line, check):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(line)
    assert len(check(tmp_path)) == 1


def test_careless_code_is_noticed(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "rewards").mkdir()
    (tmp_path / "rewards" / "page.py").write_text('shown = Markup("<b>") + render_template_string(text)\n')
    assert len(trusting_lines(tmp_path)) == 1
