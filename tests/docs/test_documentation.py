"""The documentation speaks of what is there: its links lead somewhere, and what it names exists."""

import re
from pathlib import Path

import pytest
from flask import Flask

from rewards.integrations.permissions import Permission
from rewards.jobs import TIMETABLE
from rewards.kit.settings import Settings
from tests.docs import commands
from tests.docs.pages import anchors, codes, fences, links, pages, text_of
from tests.house.tree import ROOT

VARIABLE = re.compile(r"\b(?:LAUREL_[A-Z_]+|DATABASE_URL)\b")
ROUTE = re.compile(r"^### `((?:GET|POST|PUT|PATCH|DELETE) /\S*)`$", re.MULTILINE)
PERMISSION = re.compile(r"[a-z]+:(?:read|write)")
PLACE = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
REASONS = re.compile(r"reasons that routes on this page give: ([^.]+)[.]")
REFUSED = re.compile(r"""(?:Refused|Obstacle)\(\s*"(\w+)\"""")
ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
SETTINGS = {str(field.alias) for field in Settings.model_fields.values()}
DOORS = "/api/v1/external/<service_id>"
NAMES = [str(page.relative_to(ROOT)) for page in pages()]


def broken_links(page: Path) -> list[str]:
    """Where a page's links lead nowhere: no such file, or no such heading."""
    text, found = page.read_text(encoding="utf-8"), []
    for link in links(text):
        name, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


def absent_places(text: str, root: Path = ROOT) -> list[str]:
    """Files and folders of the project that a page names and that are not there."""
    named = [code.rstrip("/") for code in codes(text) if PLACE.fullmatch(code.rstrip("/"))]
    tops = {path.name for path in root.iterdir()} - {"instance"}
    ours = [name for name in named if name.split("/")[0] in tops or name.endswith(".py")]
    return [name for name in ours if not (root / name).exists() and not (root / "rewards" / name).exists()]


def routes_of(app: Flask) -> set[str]:
    """Every route below the API's own address, as its page spells it."""
    doors = [app, *(one for one in app.extensions.values() if isinstance(one, Flask))]
    rules = [rule for door in doors for rule in door.url_map.iter_rules() if rule.rule.startswith(DOORS)]
    spelled = [(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(DOORS)), rule.methods or set()) for rule in rules]
    return {f"{method} {path}" for path, methods in spelled for method in methods - {"HEAD", "OPTIONS"}}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    assert broken_links(ROOT / name) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists_with_its_options(name):
    assert commands.unknown(text_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_place_that_is_named_exists(name):
    assert absent_places(text_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_that_is_named_is_a_setting(name):
    assert set(VARIABLE.findall(text_of(name))) <= SETTINGS


def test_every_setting_is_told_to_operators():
    assert set(ROW.findall(text_of("docs/operating.md"))) >= SETTINGS


def test_every_job_is_told_to_operators_and_no_other():
    table = text_of("docs/operating.md").split("## The timetable")[1].split("\n## ")[0]
    assert ROW.findall(table) == [job.name for job in TIMETABLE]


def test_every_route_of_the_api_is_told_and_no_other(app):
    told = ROUTE.findall(text_of("docs/api.md"))
    assert sorted(told) == sorted(routes_of(app))
    assert len(told) > 5


def test_every_permission_is_told_and_no_other():
    assert set(PERMISSION.findall(text_of("docs/api.md"))) == set(Permission)


def test_every_reason_that_is_told_can_be_given():
    [told] = REASONS.findall(text_of("docs/api.md"))
    given = {reason for path in (ROOT / "rewards").rglob("*.py") for reason in REFUSED.findall(path.read_text(encoding="utf-8"))}
    assert set(re.findall("`(.+?)`", told)) <= given
    assert "insufficient" in told


def test_a_link_to_nothing_is_noticed(tmp_path):
    (tmp_path / "there.md").write_text("# The one heading\n")
    (tmp_path / "page.md").write_text(
        "# Here\n[a](there.md) [b](#here) [c](there.md#the-one-heading) [d](gone.md) [e](there.md#no) [f](#no)\n"
    )
    assert broken_links(tmp_path / "page.md") == ["gone.md", "there.md#no", "#no"]


def test_a_place_that_is_not_there_is_noticed():
    told = "See `rewards/jobs.py`, `ledger/posting.py`, `rewards/jobs` and `docs/gone.md`; not `text/plain`.\n"
    assert absent_places(told) == ["rewards/jobs", "docs/gone.md"]


def test_a_command_that_does_not_exist_is_noticed():
    page = (
        "Say `laurel verify`, `laurel verify --yaml` or `laurel backup`.\n\n```sh\nlaurel config import a.yaml --dry-run   # fine\n"
        "X=1 .venv/bin/laurel config import a.yaml b.yaml | tail\nlaurel users add \\\n  ada@example.com --rank client\n```\n"
    )
    assert commands.unknown(page) == [
        "laurel verify --yaml",
        "laurel backup",
        "laurel config import a.yaml b.yaml",
        "laurel users add ada@example.com --rank client",
    ]


def test_blocks_are_found_by_their_language():
    text = "```sh\nls\n```\n\n```yaml\na: 1\n```\n"
    assert [(fence.text, fence.line) for fence in fences(text, "yaml")] == [("a: 1\n", 6)]
