"""An admin brings past events in: first to see what would happen, then for good, and each line once."""

import os
from datetime import timedelta

import pytest

from rewards.kit import clock, sql
from rewards.web.admin import imports
from tests.web.browser import form_of, forms_of, submit

PLACE = "/admin/imports"
HEADER = "user,action,object_type,occurred_at,metadata.minutes\n"
GOOD = "ada@example.com,logged,workout,2026-02-01T18:00:00Z,30\n"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


def upload(dee, content, name="events.csv"):
    """As a browser sends it. Werkzeug's own way leaves large bodies in files that it does not close."""
    form = form_of(dee.get(PLACE), "import")
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in form.items()
        if key != "file"
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode()
    content = content if isinstance(content, bytes) else content.encode()
    return dee.post(PLACE, data=b"".join([*parts, head, content, b"\r\n--edge--\r\n"]), content_type="multipart/form-data; boundary=edge")


def stored(database):
    with database.read():
        return sql.value("SELECT count(*) FROM events"), sql.value("SELECT coalesce(sum(amount), 0) FROM transfers WHERE asset = 'xp'")


def test_a_file_is_rehearsed_first_and_recorded_when_that_is_wanted(dee, database):
    before = stored(database)
    answer = upload(dee, HEADER + GOOD + GOOD.replace("02-01", "02-02"))
    report = dee.get(answer.location)
    assert "Import 2 events" in report.text
    assert stored(database) == before
    done = submit(dee, form_of(report, "run"))
    page = dee.get(done.location).text
    assert "Imported. 2 events recorded." in page
    assert stored(database) == (before[0] + 2, before[1] + 40)
    assert "events.csv" in dee.get(PLACE).text


def test_refused_lines_are_named_by_number_and_cost_nothing_but_themselves(dee, database):
    bad = "nobody@example.com,logged,workout,2026-02-01T18:00:00Z,30\n" + "ada@example.com,logged,workout,someday,30\n"
    report = dee.get(upload(dee, HEADER + GOOD + bad).location)
    assert "Import 1 event<" in report.text
    refused = report.text[report.text.index("Refused lines") :]
    assert '<th scope="row" class="amount">3</th><td>user: ' in refused
    assert "nobody@example.com" in refused
    assert '<th scope="row" class="amount">4</th><td>occurred_at: ' in refused
    page = dee.get(submit(dee, form_of(report, "run")).location).text
    assert "Imported. 1 event recorded." in page
    assert "Refused lines" in page


def test_pressing_twice_and_sending_the_file_again_records_each_line_once(dee, database):
    report = dee.get(upload(dee, HEADER + GOOD).location)
    form = form_of(report, "run")
    submit(dee, form)
    after = stored(database)
    submit(dee, form)
    again = dee.get(upload(dee, HEADER + GOOD).location)
    assert "There is nothing to import" in again.text
    assert stored(database) == after


def test_json_lines_are_understood_too(dee):
    line = '{"user": "ada@example.com", "action": "logged", "object_type": "workout", "occurred_at": "2026-02-01T18:00:00Z"}\n'
    assert "Import 1 event<" in dee.get(upload(dee, line, "events.jsonl").location).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "This file is empty."),
        (HEADER, "has a header and no events"),
        ("who,what\nada,ran\n", "is missing"),
        (b"\xff\xfe\x00binary", "is unknown here"),
    ],
)
def test_a_file_that_is_none_is_explained(dee, content, said):
    answer = upload(dee, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert "data-focus" in answer.text


def test_no_file_is_asked_for(dee):
    assert "Choose a file." in submit(dee, form_of(dee.get(PLACE), "import")).text


def test_more_lines_than_somebody_would_wait_for_go_another_way(dee, monkeypatch):
    monkeypatch.setattr(imports, "LINES_MAX", 2)
    answer = upload(dee, HEADER + GOOD * 3)
    assert answer.status_code == 422
    assert "This file has 3 events; 2 at once is the most." in answer.text


def test_a_file_may_be_larger_than_a_form_and_not_as_large_as_it_likes(dee):
    padding = "x" * 1000
    line = f"ada@example.com,logged,workout,2026-02-01T18:00:00Z,{padding}\n"
    assert upload(dee, HEADER + line * 2_000).status_code == 303
    assert upload(dee, b"x" * (imports.FILE_BYTES_MAX + 2**21)).status_code == 413
    form = form_of(dee.get("/admin/categories/create"), "category")
    assert dee.post("/admin/categories/create", data={**form, "name": "x" * 2**21}).status_code == 413


def test_what_nobody_came_back_for_goes_after_a_day(dee, settings):
    upload(dee, HEADER + GOOD)
    folder = settings.data / "imports"
    old = (clock.now() - timedelta(days=2)).timestamp()
    for file in folder.iterdir():
        os.utime(file, (old, old))
    answer = upload(dee, HEADER + GOOD)
    assert len(list(folder.iterdir())) == 2
    assert dee.get(answer.location).status_code == 200


@pytest.mark.parametrize("token", ["nothing", "../../secret", "x" * 32])
def test_an_import_that_is_not_there_is_nowhere(dee, token):
    assert dee.get(f"{PLACE}/{token}").status_code == 404


def test_only_the_file_is_kept_and_for_its_owner_alone(dee, settings):
    upload(dee, HEADER + GOOD, "../../evil.csv")
    folder = settings.data / "imports"
    assert folder.stat().st_mode & 0o077 == 0
    assert {file.suffix for file in folder.iterdir()} == {".part", ".json"}
    assert not forms_of(dee.get(f"{PLACE}/evil.csv"))[1:]


def test_importing_costs_a_handful_of_questions_beside_its_lines(dee, questions):
    location = upload(dee, HEADER + GOOD).location
    for address in (PLACE, location):
        dee.get(address)
        with questions() as asked:
            dee.get(address)
        assert len(asked) <= 10, asked


def test_what_is_not_text_is_refused_line_by_line(dee):
    report = dee.get(
        upload(dee, HEADER.encode() + b"\xff\xfe@example.com,logged,workout,2026-02-01T18:00:00Z,3\n" + GOOD.encode()).location
    )
    assert report.status_code == 200
    assert "Import 1 event<" in report.text
