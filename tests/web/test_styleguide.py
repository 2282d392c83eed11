"""The page for makers: every part of the language, and only at home."""

import re

import pytest

from app import create_app
from rewards.kit.settings import load_settings
from tests.house.tree import ROOT
from tests.web.conftest import on_sqlite

PARTS = ROOT / "templates" / "parts"
# Parts of other parts, and what only a page that changes something can show.
INSIDE = {"ui.token", "ui.scroll", "ui.post_button", "forms.problem", "forms.described", "forms.frame"}


def macros():
    sources = {name: (PARTS / f"{name}.html").read_text(encoding="utf-8") for name in ("ui", "forms", "figures")}
    return {f"{name}.{macro}" for name, source in sources.items() for macro in re.findall(r"\{% macro (\w+)", source)}


@on_sqlite
def test_every_part_of_the_language_is_shown(stranger):
    shown = {
        use
        for page in ("styleguide", "styleguide_dialog")
        for use in re.findall(r"\b((?:ui|forms|figures)\.\w+)\(", (ROOT / "templates" / "public" / f"{page}.html").read_text())
    }
    assert macros() - INSIDE == shown
    assert stranger.get("/styleguide").status_code == 200


@on_sqlite
@pytest.mark.parametrize("path", ["/styleguide", "/styleguide?part=dialog"])
def test_it_is_not_there_for_the_public(database, environment, path):
    site = create_app(load_settings({**environment, "LAUREL_BASE_URL": "https://rewards.example.org"}))
    assert site.test_client().get(path, base_url="https://rewards.example.org").status_code == 404
