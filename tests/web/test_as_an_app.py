"""A client's pages as an app of their phone: what it is called and looks like, and that it is offered once."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from rewards.web.branding import keep_logo
from tests.programmes import define
from tests.web.browser import HTMX, form_of, log, submit
from tests.web.conftest import on_sqlite

pytestmark = on_sqlite
OFFERED = 'id="install"'


def icons_of(stranger):
    """What the manifest names, as it is and as it is said to be."""
    for icon in stranger.get("/manifest.webmanifest").get_json(force=True)["icons"]:
        answer = stranger.get(icon["src"])
        assert answer.mimetype == icon["type"] == "image/png"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        size = Image.open(BytesIO(answer.data)).size
        answer.close()
        yield icon["purpose"], icon["sizes"], "{}x{}".format(*size)


def test_the_app_bears_the_name_and_the_logo_of_the_programme(stranger, ada):
    sizes = [("any", "192x192"), ("any", "512x512"), ("maskable", "512x512")]
    assert [(purpose, said) for purpose, said, is_ in icons_of(stranger) if said == is_] == sizes
    file = BytesIO()
    Image.new("RGB", (400, 100), "red").save(file, "PNG")
    define(programme={"name": "The Long Morning Runners", "logo": keep_logo(file.getvalue())})
    manifest = stranger.get("/manifest.webmanifest").get_json(force=True)
    assert (manifest["name"], manifest["short_name"]) == ("The Long Morning Runners", "The Long")
    assert (manifest["start_url"], manifest["display"]) == ("/client", "standalone")
    assert [said for _, said, is_ in icons_of(stranger) if said == is_] == ["192x192", "192x192", "512x512", "512x512"]
    drawn = Image.open(BytesIO(stranger.get(manifest["icons"][-1]["src"]).data))
    grounds = [drawn.getpixel((x, 256)) == (255, 255, 255) for x in (60, 130, 380, 450)]
    assert grounds == [True, False, False, True], "whole, whatever shape a phone cuts out"
    page = ada.get("/client").text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert ada.get(re.findall(r'rel="apple-touch-icon" href="([^"]+)"', page)[0]).status_code == 200
    define(programme={"logo": "0" * 32})
    lost = stranger.get("/manifest.webmanifest").get_json(force=True)["icons"][0]["src"]
    assert stranger.get(lost).location.startswith("/static/icons/"), "what is not kept here is Laurel's own"


def test_the_worker_keeps_what_every_page_links_and_fetches_it_anew_when_it_changes(stranger, ada):
    worker = stranger.get("/worker.js")
    assert worker.mimetype == "text/javascript"
    named = re.findall(r'"(/static/[^"]+)"', worker.text)
    linked = re.findall(r'(?:href|src)="(/static/(?!icons/)[^"#]+)', ada.get("/client").text)
    assert set(linked) <= set(named)
    before = re.findall(r'KEPT = "(\w+)"', worker.text)
    define(programme={"name": "Another"})
    assert re.findall(r'KEPT = "(\w+)"', stranger.get("/worker.js").text) != before
    assert "cannot reach Another" in stranger.get("/offline").text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_is_offered_from_the_third_day_on_until_somebody_says_no(ada, clock, headers):
    seen = []
    for day in range(4):
        clock.set_to(datetime(2026, 3, 4, 8, tzinfo=UTC) + timedelta(days=day))
        log(ada, "daily_checkin")
        page = ada.get("/client")
        seen.append((OFFERED in page.text, "install.js" in page.text))
        if day == 2:
            answer = submit(ada, form_of(page, "install-dismissal"), headers=headers)
            assert answer.status_code == (200 if headers else 303)
    assert seen == [(False, False), (False, False), (True, True), (False, False)]
