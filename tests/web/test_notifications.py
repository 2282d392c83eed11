"""What happened is counted on the bell until it was read, and listed for good."""

import re

import pytest

from tests.programmes import define
from tests.web.browser import HTMX, form_of, log, submit

FIRST = {
    "key": "first_program",
    "name": "First program",
    "type": "automatic",
    "condition_type": "activity_count",
    "condition_value": 1,
    "activity": "program_completed",
}


@pytest.fixture
def risen(ada):
    """Ada has just reached Silver and unlocked an achievement."""
    define(achievements=[FIRST])
    for _ in range(5):
        log(ada, "program_completed")
    return ada


def bell(page):
    found = re.search(r'<a id="bell".*?</a>', page, re.DOTALL)
    assert found
    # The number on the symbol is for the eye; the words say it again.
    return re.sub(r"<[^>]+>", "", re.sub(r'<span class="count" aria-hidden="true">\d+</span>', "", found[0])).strip()


def test_the_bell_says_how_many_are_unread(risen):
    assert bell(risen.get("/client").text) == "Notifications, 2 unread"
    assert risen.get("/client/notifications").text.count('badge-info">New<') == 2


def test_read_is_read_and_stays_in_the_list(risen):
    answer = submit(risen, form_of(risen.get("/client/notifications"), "/client/moments/acknowledgement"))
    assert (answer.status_code, answer.location) == (303, "/client/notifications")
    page = risen.get("/client/notifications").text
    assert bell(page) == "Notifications"
    assert "All caught up." in page
    for what in ("You reached Silver", "You unlocked First program"):
        assert what in page
    assert ">New<" not in page
    assert "Mark all as read" not in page


def test_what_is_new_stands_above_what_was_read(risen):
    submit(risen, form_of(risen.get("/client/notifications"), "/client/moments/acknowledgement"))
    for _ in range(15):
        log(risen, "program_completed")
    page = risen.get("/client/notifications").text
    assert page.index("You reached Gold") < page.index("You reached Silver")
    assert page.count(">New<") == 1


def test_the_list_is_not_hidden_behind_a_dialog_that_says_the_same(risen):
    assert "<dialog" not in risen.get("/client/notifications").text


def test_a_moment_that_was_seen_is_off_the_bell_at_once(risen):
    answer = submit(risen, form_of(risen.get("/client"), "moments-seen"), HTMX)
    assert answer.text.startswith('<div id="moments" hidden></div>')
    assert 'hx-swap-oob="true"' in answer.text
    assert bell(answer.text) == "Notifications"


def test_logging_rings_the_bell_beside_the_award(ada):
    define(achievements=[FIRST])
    assert bell(log(ada, "program_completed", headers=HTMX).text) == "Notifications, 1 unread"


def test_who_has_nothing_is_told_so(ada, sign_in, risen):
    assert "New levels and achievements are told here." in sign_in("cy").get("/client/notifications").text


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 30])
def test_a_page_that_is_not_there_is_empty(risen, page):
    assert risen.get(f"/client/notifications?page={page}").status_code == 200
