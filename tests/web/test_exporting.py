"""Spreadsheets: what is in them is text, whoever wrote it."""

import csv
from io import StringIO

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from rewards.web.exporting import cell, csv_answer


def read(response):
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(response.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_text(nasty):
    assert cell(nasty) == f"'{nasty}"


def test_numbers_stay_numbers():
    assert [cell(value) for value in (-5, 0, 2.5, None)] == [-5, 0, 2.5, ""]


def test_a_sheet_is_sent_with_its_name_and_its_rows():
    rows = [(number, f'Zoë, "the {number}th"') for number in range(5_000)]
    with Flask("sheet").test_request_context():
        response = csv_answer("clients", ("id", "name"), rows)
        found = read(response)
    assert response.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'
    assert found == [["id", "name"], *([str(number), name] for number, name in rows)]


@given(st.text())
def test_no_text_begins_as_a_formula(text):
    assert not str(cell(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
