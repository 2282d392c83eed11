"""Files beside the pages: where they come from, how long they are kept, and how small they are."""

import gzip
import hashlib
import json
import re

import pytest

from rewards.web.statics import FOLDER, asset
from tests.house.tree import ROOT
from tests.web.conftest import on_sqlite

VENDOR = FOLDER / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def differences(manifest, folder):
    """Files that are not what the manifest says, that it does not name, or that are not there."""
    named = {name: digest for package in manifest for name, digest in package["files"].items()}
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    return {name for name in named | found if named.get(name) != found.get(name)}


def test_what_others_wrote_is_what_they_published():
    assert differences(MANIFEST, VENDOR) == set()
    for package in MANIFEST:
        assert any(name.endswith("LICENSE") for name in package["files"]), package["name"]
        assert all(package["version"] in name for name in package["files"]), "its version is in its path"


def test_a_file_that_was_touched_is_noticed(tmp_path):
    (tmp_path / "a-1").mkdir()
    (tmp_path / "a-1" / "a.js").write_text("changed")
    (tmp_path / "a-1" / "new.js").write_text("new")
    assert differences([{"files": {"a-1/a.js": "00", "a-1/gone.js": "11"}}], tmp_path) == {"a-1/a.js", "a-1/new.js", "a-1/gone.js"}


def test_a_compressed_copy_is_a_copy():
    for packed in VENDOR.rglob("*.gz"):
        assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


@on_sqlite
@pytest.mark.parametrize("name", ["css/tokens.css", "css/laurel.css", "js/app.js", "vendor/htmx-2.0.11/htmx.min.js", "icon.svg"])
def test_a_file_is_kept_for_good_under_an_address_that_changes_with_it(stranger, name):
    response = stranger.get(asset(name))
    assert response.status_code == 200
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Set-Cookie" not in response.headers
    response.close()


@on_sqlite
@pytest.mark.parametrize(
    "path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/css", "/static/nothing.css"]
)
def test_nothing_else_is_served(stranger, path):
    assert stranger.get(path).status_code == 404


@on_sqlite
def test_every_file_that_a_page_links_is_there(stranger, ada):
    for page in (stranger.get("/login"), ada.get("/client"), ada.get("/client/log"), ada.get("/nowhere")):
        for address in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text)):
            linked = stranger.get(address)
            assert linked.status_code == 200, address
            linked.close()
        assert not re.findall(r'(?:href|src|action|hx-[a-z]+)="(?:https?:)?//', page.text), "a page asks nothing of a third party"


def raw_colours(text):
    # A part of a link or an id in a selector can look like a colour; a value cannot be anything else.
    return re.findall(r":[^;{}]*?(#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\()", text, re.IGNORECASE)


def test_raw_colours_stand_in_one_file():
    for sheet in (FOLDER / "css").glob("*.css"):
        assert bool(raw_colours(sheet.read_text(encoding="utf-8"))) is (sheet.name == "tokens.css"), sheet.name


def test_a_raw_colour_elsewhere_is_noticed():
    assert raw_colours("p { color: #fff; }")
    assert raw_colours("p { box-shadow: 0 0 2px rgb(0 0 0 / 20%); }")
    assert not raw_colours("#main { color: var(--text); }")


# The tokens that text stands on, and those it is written in; controls and graphics need 3.
TEXT = ("text", "muted", "accent", "accent-strong", "success", "warning", "danger", "xp", "points", "streak")
GROUNDS = ("bg", "surface")
PAIRS = {
    **{(ink, ground): 4.5 for ink in TEXT for ground in GROUNDS},
    **{(ink, "surface-2"): 4.5 for ink in ("text", "muted", "xp", "points")},
    **{(kind, f"{kind}-soft"): 4.5 for kind in ("success", "warning", "danger")},
    ("text", "accent-soft"): 4.5,
    ("accent", "accent-soft"): 4.5,
    ("on-accent", "accent"): 4.5,
    ("on-accent", "accent-strong"): 4.5,
    **{("control", ground): 3 for ground in GROUNDS},
    **{("focus", ground): 3 for ground in GROUNDS},
    **{(category, "surface"): 3 for category in ("creation", "learning", "community", "participation", "consistency", "challenge")},
}


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, another):
    light, dark = sorted((luminance(one), luminance(another)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_pair_of_colours_can_be_read_in_both_themes():
    text = (FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    tokens = {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)}
    poor = {
        (ink, ground, theme): round(contrast(tokens[ink][theme], tokens[ground][theme]), 2)
        for (ink, ground), least in PAIRS.items()
        for theme in (0, 1)
        if contrast(tokens[ink][theme], tokens[ground][theme]) < least
    }
    assert poor == {}


def test_what_we_wrote_for_browsers_is_small():
    assert (FOLDER / "js" / "app.js").stat().st_size <= 6_000
    assert sum(sheet.stat().st_size for sheet in (FOLDER / "css").glob("*.css")) <= 30_000


def test_no_script_of_ours_runs_text():
    text = (FOLDER / "js" / "app.js").read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\b|Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|set(?:Timeout|Interval)\(\s*[\"'`]", text
    )


def test_the_templates_folder_mirrors_the_pages():
    audiences = {path.name for path in (ROOT / "rewards" / "web").iterdir() if (path / "__init__.py").exists()}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert audiences <= folders
