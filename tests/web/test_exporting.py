"""A list as a file: every row of it, from one state, in a form that spreadsheets read and never run."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from flask import Blueprint
from hypothesis import given
from hypothesis import strategies as st

from rewards.insights.people import each_person
from rewards.kit import sql
from rewards.kit.database import db
from rewards.people.joining import add_user
from rewards.people.queries import user_by_email
from rewards.web.access import me
from rewards.web.exporting import BOM, LINES_AT_ONCE, cell, csv_answer, file_name
from rewards.web.roster import Roster
from tests.web.conftest import on_sqlite


def read(answered):
    """What a spreadsheet reads, without its first mark."""
    text = answered.get_data().decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "\u200b=", "\uff1d"])
def test_no_text_is_run_as_a_formula(start):
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"),
        (0, "0"),
        (None, ""),
        ("Ada", "Ada"),
        ("a=b", "a=b"),
        ("", ""),
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), "2026-03-04T12:00:00.000000Z"),
    ],
)
def test_what_is_no_formula_stays_as_it_is(value, text):
    assert cell(value) == text


@given(st.text())
def test_whatever_is_written_a_cell_begins_with_no_formula(text):
    told = cell(text)
    assert told in (text, f"'{text}")
    assert not told.strip(" \n\u00a0\u200b\ufeff").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("title", "name"),
    [("Clients", "clients.csv"), ("XP & points, March", "xp-points-march.csv"), ("../../etc", "etc.csv"), ('"\r\n', "list.csv")],
)
def test_a_file_is_called_after_its_list_and_nothing_else(title, name):
    assert file_name(title) == name


@given(rows=st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_but_for_its_quotation_mark(database_free_rows, rows):
    assert database_free_rows(rows) == [[cell(value) for value in row] for row in rows]


@pytest.fixture(scope="module")
def database_free_rows(tmp_path_factory):
    db.open(f"sqlite:///{tmp_path_factory.mktemp('csv') / 'empty.db'}")

    def exported(rows):
        return read(csv_answer("list", ["one", "two"], rows))[1:]

    yield exported
    db.close()


@pytest.fixture
def listed(site):
    """The site with a list that asks the database while it is sent."""
    page = Blueprint("lists", __name__)

    @page.get("/people.csv")
    def people():
        roster = Roster(me(), {})
        return csv_answer("People", ["name", "xp"], ([row.person.name, row.xp] for row in roster.everybody()))

    @page.get("/broken.csv")
    def broken():
        return csv_answer("Broken", ["one"], ([row[0]] for row in sql.rows("SELECT nothing FROM nowhere")))

    site.register_blueprint(page)
    return site


def test_a_long_list_is_sent_whole(listed, database, sign_in):
    with database.write():
        for number in range(2 * LINES_AT_ONCE + 50):
            add_user(email=f"{number}@example.com", name=f"=Person {number:03}", role="client", timezone="UTC")
    answered = sign_in("dee").get("/people.csv")
    assert answered.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert answered.content_type == "text/csv; charset=utf-8"
    rows = read(answered)
    assert rows[0] == ["name", "xp"]
    assert len(rows) == 1 + 3 + 2 * LINES_AT_ONCE + 50
    assert ["'=Person 001", "0"] in rows


def test_a_coachs_file_holds_their_own_clients(listed, sign_in):
    assert [row[0] for row in read(sign_in("bo").get("/people.csv"))[1:]] == ["Ada", "Ben"]


@on_sqlite
def test_a_download_that_is_stopped_lets_its_reading_go(listed, database, sign_in):
    with database.write():
        for number in range(2 * LINES_AT_ONCE):
            add_user(email=f"{number}@example.com", name=f"Person {number}", role="client", timezone="UTC")
    dee = sign_in("dee")
    for _ in range(40):  # More than there are connections.
        answered = dee.get("/people.csv", buffered=False)
        next(answered.iter_encoded())
        answered.close()
    assert len(read(dee.get("/people.csv"))) == 4 + 2 * LINES_AT_ONCE


@on_sqlite
def test_what_fails_at_once_is_a_page_that_says_so(listed, sign_in):
    listed.testing = False
    listed.config["PROPAGATE_EXCEPTIONS"] = False
    assert sign_in("dee").get("/broken.csv").status_code == 500


@on_sqlite
def test_nothing_of_a_reading_is_left_behind(listed, sign_in):
    sign_in("dee").get("/people.csv")
    with pytest.raises(RuntimeError):
        _ = db.session
    with db.read():
        dee = user_by_email("dee@example.com")
        assert dee
        assert len(list(each_person(dee, Roster(dee, {}).wanted, date(2026, 1, 1)))) == 3
