"""The programme's settings on the admin's page, and its own colour."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rewards.activities.documents import ProgrammeSettings
from rewards.earning.in_force import programme_in_force
from rewards.kit.contrast import COLOUR, WHITE, contrast, is_readable, readable_colour
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.web.branding import DARK, sheet
from tests.web.browser import form_of
from tests.web.conftest import on_sqlite

GOOD = {
    "name": "Riverside",
    "points_word": "stars",
    "currency": "EUR",
    # A city will do.
    "timezone": "berlin",
    "streak_activity": "workout_logged",
    "backdating_days": "30",
}


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def send(client, card, **fields):
    page = client.get("/admin/settings")
    return client.post(f"/admin/settings/{card}", data={"csrf_token": form_of(page, f"/admin/settings/{card}")["csrf_token"], **fields})


def settings_of(database):
    with database.read():
        return programme_in_force().settings


def test_what_is_saved_holds_and_is_a_version_of_its_own(dee, database):
    with database.read():
        before = programme_in_force().version
    assert send(dee, "programme", **GOOD).status_code == 303
    settings = settings_of(database)
    told = (settings.name, settings.points_word, settings.currency, settings.backdating_days, settings.timezone)
    assert told == ("Riverside", "stars", "EUR", 30, "Europe/Berlin")
    with database.read():
        assert programme_in_force().version == before + 1
    assert "Riverside" in dee.get("/admin/settings").text


@on_sqlite
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Enter a name"),
        ("currency", "euro", "A currency such as USD is expected"),
        ("timezone", "Atlantis", "Choose a time zone"),
        ("backdating_days", "soon", "Enter a whole number of days"),
        ("backdating_days", "-1", "Enter a whole number of days"),
        ("streak_activity", "nothing at all", "Choose an activity"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(dee, database, field, value, told):
    page = send(dee, "programme", **{**GOOD, field: value})
    assert page.status_code == 422
    assert told in page.text
    assert f'href="#{field}"' in page.text
    assert 'value="Riverside"' in page.text or field == "name"
    assert settings_of(database).name == "Laurel"


@on_sqlite
def test_an_empty_field_means_as_usual(dee, database):
    send(dee, "programme", **GOOD)
    assert send(dee, "programme", **{**GOOD, "backdating_days": ""}).status_code == 303
    assert settings_of(database).backdating_days is None


@on_sqlite
def test_a_colour_of_ones_own_reaches_every_page(dee, database):
    assert send(dee, "branding", accent="#6B3FC4").status_code == 303
    page = dee.get("/admin/settings")
    assert 'href="/branding.css?accent=6b3fc4"' in page.text
    told = dee.get("/branding.css?accent=6b3fc4")
    assert "--accent: light-dark(#6b3fc4" in told.text
    assert "immutable" in told.headers["Cache-Control"]
    assert send(dee, "branding", accent="").status_code == 303
    assert "branding.css" not in dee.get("/admin/settings").text


@on_sqlite
def test_a_logo_of_ones_own_stands_on_every_page_until_it_is_taken_away(dee, stranger, database):
    drawn = BytesIO()
    Image.new("RGB", (900, 300), "teal").save(drawn, "PNG")
    assert send(dee, "branding", accent="", logo=(BytesIO(drawn.getvalue()), "logo.png")).status_code == 303
    address = f"/branding/logo/{settings_of(database).logo}.webp"
    for page in (dee.get("/admin"), stranger.get("/login")):
        assert f'src="{address}"' in page.text
    told = stranger.get(address)
    assert Image.open(BytesIO(told.data)).size == (256, 85)
    assert "sandbox" in told.headers["Content-Security-Policy"]
    # The form as it stands keeps it.
    assert send(dee, "branding", accent="").status_code == 303
    assert f'src="{address}"' in dee.get("/admin").text
    refused = send(dee, "branding", accent="#6b3fc4", logo=(BytesIO(b"<svg onload=alert(1)>"), "logo.png"))
    assert refused.status_code == 422
    assert "This file is none." in refused.text
    assert 'value="#6b3fc4"' in refused.text
    assert send(dee, "branding", accent="", no_logo="y").status_code == 303
    assert "/branding/logo/" not in dee.get("/admin").text
    assert stranger.get(address).status_code == 404


@on_sqlite
def test_a_logo_that_is_not_kept_here_is_laurels_own(dee, stranger, database):
    with database.write():
        change_programme(document=ProgrammeDocument(programme=ProgrammeSettings(logo="0" * 32)), actor_id=None, note="from elsewhere")
    assert stranger.get(f"/branding/logo/{'0' * 32}.webp").headers["Location"].startswith("/static/icon.svg")


@on_sqlite
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(dee, database):
    page = send(dee, "branding", accent="#f2bd5c")
    assert page.status_code == 422
    assert "hard to read (1.7)" in page.text
    assert readable_colour("#f2bd5c") in page.text
    assert settings_of(database).accent is None


@given(st.from_regex(COLOUR, fullmatch=True))
def test_every_colour_has_a_readable_one_near_it(colour):
    accent = readable_colour(colour)
    assert is_readable(accent)
    assert accent == colour or not is_readable(colour)
    tokens = dict(line.strip().removeprefix("--").rstrip(";").split(": ", 1) for line in sheet(accent).splitlines()[1:-1])
    light, dark = ({name: pair[11:-1].split(", ")[theme] for name, pair in tokens.items()} for theme in (0, 1))
    assert contrast(light["accent"], WHITE) >= 4.5
    assert contrast(light["accent"], light["accent-soft"]) >= 4.5
    assert contrast(light["on-accent"], light["accent"]) >= 4.5
    assert contrast(dark["accent"], DARK) >= 4.5
    assert contrast(dark["accent"], dark["accent-soft"]) >= 4.5
    assert contrast(dark["on-accent"], dark["accent"]) >= 4.5


def test_contrast_is_what_the_guidelines_say():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert not is_readable("#777777")
