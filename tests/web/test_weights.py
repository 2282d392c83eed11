"""What a page costs: bytes on the way, and questions to the database."""

import gzip

import pytest

from tests.web.conftest import on_sqlite
from tests.web.visiting import Visit, add_long_names, pages_of, play_past

VISITORS = ("ada", "bo", "dee", "stranger")
BYTES_MAX = {"ada": 15_000, "stranger": 15_000, "bo": 30_000, "dee": 30_000}
QUESTIONS_MAX = 10
PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def full(site, database, sign_in):
    """A desk on which a lot has happened; the first look at each page fills what is remembered between requests."""
    play_past(database)
    add_long_names(database)
    return Visit(site, database, sign_in)


def look(visit: Visit, who: str, address: str) -> bytes:
    """The page as it travels."""
    answer = visit.browsers[who].get(address.format(**visit.things), headers=PACKED)
    assert answer.status_code == 200, address
    return bytes(answer.data)


@on_sqlite
def test_every_page_after_the_first_is_small(full):
    heavy = {(who, address): len(page) for who, address in pages_of(VISITORS) if len(page := look(full, who, address)) > BYTES_MAX[who]}
    assert heavy == {}


@on_sqlite
def test_every_page_asks_a_handful_of_questions(full, questions):
    curious = {}
    for who, address in pages_of(VISITORS):
        look(full, who, address)
        with questions() as asked:
            look(full, who, address)
        asked = [one for one in asked if one != "BEGIN"]
        if len(asked) > QUESTIONS_MAX:
            curious[who, address] = asked
    assert curious == {}


@on_sqlite
def test_a_page_can_be_unpacked_and_its_length_tells_nothing(full):
    pages = [look(full, "ada", "/client") for _ in range(8)]
    assert all(gzip.decompress(page).startswith(b"<!doctype html>") for page in pages)
    assert len({len(page) for page in pages}) > 1
    plain = full.browsers["ada"].get("/client", headers={"Accept-Encoding": "identity"})
    assert plain.data.startswith(b"<!doctype html>")
    assert "Content-Encoding" not in plain.headers
