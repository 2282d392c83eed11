"""The programme's settings on the admin's page, and its own colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.earning.in_force import programme_in_force
from rewards.kit.contrast import COLOUR, WHITE, contrast, is_readable, readable_colour
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
