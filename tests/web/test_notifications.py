"""What happened is counted on the bell until it was read, and listed for good: for clients, and for who looks after them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.earning.in_force import programme_in_force
from rewards.messages import noticing
from rewards.messages.noticing import NoticeKind
from rewards.web.notice_words import TELLERS, Telling, told
from rewards.web.words import words_for
from tests.programmes import define
from tests.web.browser import HTMX, form_of, forms_of, log, submit
from tests.web.conftest import on_sqlite, somebody

FIRST = {
    "key": "first_program",
    "name": "First program",
    "type": "automatic",
    "condition_type": "activity_count",
    "condition_value": 1,
    "activity": "program_completed",
}
PAGE = "/client/notifications"
# What each kind tells of, as it is stored, and what is said about it.
ABOUT: dict[str, tuple[dict[str, object], str]] = {
    NoticeKind.LEVEL_REACHED: ({"number": 2, "name": "Silver"}, "You reached Silver"),
    NoticeKind.ACHIEVEMENT_UNLOCKED: ({"achievement": "gone_by_now", "awarded_by": 1, "note": "For all"}, "You unlocked Gone by now"),
    NoticeKind.STREAK_REACHED: ({"days": 30}, "30 days in a row"),
    NoticeKind.BALANCE_ADJUSTED: ({"asset": "points", "amount": -20, "reason": "Twice paid", "actor_id": 1}, "\N{MINUS SIGN}20 points"),
    NoticeKind.EVENT_UNDONE: (
        {"event_id": 7, "activity": "workout_logged", "actor_id": 1, "reason": "Wrong day"},
        "Workout logged was undone",
    ),
    NoticeKind.QUESTION_ANSWERED: (
        {"question_id": 7, "activity": "workout_logged", "outcome": "paid", "answer": "It counts now", "actor_id": 1},
        "An answer about Workout logged",
    ),
    NoticeKind.REDEMPTION_REQUESTED: ({"redemption_id": 7, "client_id": 1, "reward": "Jug", "points": 150}, "Bo redeemed Jug"),
    NoticeKind.REWARD_GIVEN: ({"redemption_id": 7, "reward": "Jug"}, "You were given Jug"),
    NoticeKind.REDEMPTION_SETTLED: (
        {"redemption_id": 7, "reward": "Jug", "points": 150, "outcome": "rejected", "note": "Out of jugs"},
        "Jug was turned down",
    ),
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
    return re.sub(r"<[^>]+>", "", re.sub(r'<span class="count" aria-hidden="true">\d+\+?</span>', "", found[0])).strip()


def read_all(browser, page=PAGE):
    return submit(browser, form_of(browser.get(page), f"{page}/reading"))


def leave(database, name, count, kind=NoticeKind.LEVEL_REACHED, about=None):
    with database.write():
        user_id = somebody(name).id
        noticing._leave((user_id, kind, about or {"number": n, "name": f"Rung {n}"}, f"{kind}:{n}") for n in range(count))


def test_the_bell_says_how_many_are_unread(risen):
    assert bell(risen.get("/client").text) == "Notifications, 2 unread"
    assert risen.get(PAGE).text.count('badge-info">New<') == 2


def test_read_is_read_and_stays_in_the_list(risen):
    answer = read_all(risen)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = risen.get(PAGE).text
    assert bell(page) == "Notifications"
    assert "All caught up." in page
    for what in ("You reached Silver", "You unlocked First program"):
        assert what in page
    assert ">New<" not in page
    assert "Mark all as read" not in page
    assert "<dialog" not in risen.get("/client").text, "what was read in the list is not told again in a dialog"


def test_one_alone_can_be_read(risen):
    mark = next(form for form in forms_of(risen.get(PAGE)) if re.fullmatch(rf"{PAGE}/\d+/reading", form.action))
    assert submit(risen, mark).location == PAGE
    assert submit(risen, mark).status_code == 303, "again changes nothing"
    assert bell(risen.get("/client").text) == "Notifications, 1 unread"


def test_nobody_reads_for_another(risen, sign_in):
    mark = next(form for form in forms_of(risen.get(PAGE)) if re.fullmatch(rf"{PAGE}/\d+/reading", form.action))
    cy = sign_in("cy")
    token = form_of(cy.get("/client"), "/logout")["csrf_token"]
    assert cy.post(mark.action, data={"csrf_token": token}).status_code == 404
    cy.post(f"{PAGE}/reading", data={"csrf_token": token, "last_id": "999999"})
    assert bell(risen.get("/client").text) == "Notifications, 2 unread"


def test_what_is_new_stands_above_what_was_read(risen):
    read_all(risen)
    for _ in range(15):
        log(risen, "program_completed")
    page = risen.get(PAGE).text
    assert page.index("You reached Gold") < page.index("You reached Silver")
    assert page.count(">New<") == 1


def test_what_came_after_the_page_was_shown_stays_unread(risen):
    shown = form_of(risen.get(PAGE), f"{PAGE}/reading")
    for _ in range(15):
        log(risen, "program_completed")
    submit(risen, shown)
    assert bell(risen.get("/client").text) == "Notifications, 1 unread"


def test_the_list_is_not_hidden_behind_a_dialog_that_says_the_same(risen):
    assert "<dialog" not in risen.get(PAGE).text


def test_a_moment_that_was_seen_is_off_the_bell_at_once(risen):
    answer = submit(risen, form_of(risen.get("/client"), "moments-seen"), HTMX)
    assert answer.text.startswith('<div id="moments" hidden></div>')
    assert 'hx-swap-oob="true"' in answer.text
    assert bell(answer.text) == "Notifications"


def test_logging_rings_the_bell_beside_the_award(ada):
    define(achievements=[FIRST])
    assert bell(log(ada, "program_completed", headers=HTMX).text) == "Notifications, 1 unread"


def test_what_the_staff_gave_is_told_with_its_reason_and_giver(ada, database):
    with database.write():
        adjust(user_id=somebody("ada").id, asset="points", amount=20, reason="For the cake", actor_id=somebody("bo").id)
    page = ada.get(PAGE).text
    assert "+20 points" in page
    assert "For the cake. By Bo." in page


def test_who_has_nothing_is_told_so(risen, sign_in):
    assert "New levels, achievements and rewards are told here." in sign_in("cy").get(PAGE).text


@pytest.mark.parametrize(("name", "home"), [("bo", "/coach"), ("dee", "/admin")])
def test_staff_have_a_bell_of_their_own(sign_in, database, name, home):
    browser = sign_in(name)
    assert bell(browser.get(home).text) == "Notifications"
    assert "What your clients redeem is told here." in browser.get(f"{home}/notifications").text
    with database.read():
        about = {"redemption_id": 7, "client_id": somebody("ada").id, "reward": "A <b>jug</b>", "points": 150}
    leave(database, name, 1, NoticeKind.REDEMPTION_REQUESTED, about)
    assert bell(browser.get(home).text) == "Notifications, 1 unread"
    page = browser.get(f"{home}/notifications").text
    assert "Ada redeemed A &lt;b&gt;jug&lt;/b&gt;" in page
    assert f'href="{home}/redemptions#redemption-7"' in page
    assert read_all(browser, f"{home}/notifications").location == f"{home}/notifications"
    assert bell(browser.get(home).text) == "Notifications"


@on_sqlite
def test_page_by_page_everything_is_there_once_the_unread_first(ada, database):
    leave(database, "ada", 60)
    read_all(ada)
    leave(database, "ada", 30, NoticeKind.STREAK_REACHED, {"days": 7})
    assert bell(ada.get("/client").text) == "Notifications, 30 unread"
    seen: list[tuple[int, bool]] = []
    address: str | None = PAGE
    while address:
        page = ada.get(address).text
        seen += [(int(number), ">New<" in row) for number, row in re.findall(r'<li id="notice-(\d+)">(.*?)</li>', page, re.DOTALL)]
        after = re.search(r'href="([^"]+)">Next page', page)
        address = after[1] if after else None
    assert len({number for number, _ in seen}) == len(seen) == 90
    assert [is_new for _, is_new in seen] == [True] * 30 + [False] * 60


@on_sqlite
def test_nobody_counts_beyond_99(ada, database):
    leave(database, "ada", 120)
    assert bell(ada.get("/client").text) == "Notifications, 99+ unread"


@on_sqlite
def test_a_page_costs_the_same_however_much_there_is_to_tell(ada, database, questions):
    for count in (1, 60):
        leave(database, "ada", count, NoticeKind.BALANCE_ADJUSTED, {"asset": "xp", "amount": 5, "reason": "x", "actor_id": 1})
        with questions() as asked:
            assert ada.get(PAGE).status_code == 200
        assert len(asked) <= 10, asked


@on_sqlite
@pytest.mark.parametrize("before", ["before=0", "before=-1", "before=x", "new_before=" + "9" * 30, "before=1", "new_before=1"])
def test_a_page_that_is_not_there_is_empty(risen, before):
    assert risen.get(f"{PAGE}?{before}").status_code == 200


@on_sqlite
@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_nonsense_is_not_read(risen, number):
    assert submit(risen, form_of(risen.get(PAGE), f"{PAGE}/reading"), last_id=number, level=number, unlock_id=number).status_code == 303
    if number != "9" * 30:
        assert bell(risen.get("/client").text) == "Notifications, 2 unread"


@on_sqlite
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_has_words(site, database, kind):
    """Whoever adds a kind says in rewards/web/notice_words.py how it is told, and here what it is about."""
    assert kind in TELLERS
    about, title = ABOUT[kind]
    with database.read():
        bo = somebody("bo")
        telling = Telling(bo, words_for(bo), programme_in_force(), {1: "Bo"})
        said = told(telling, kind, about)
    assert said.title == title
    assert "None" not in f"{said.title} {said.text}"
    assert said.path.startswith("/")


@on_sqlite
def test_a_kind_that_nobody_has_words_for_fails_no_page(ada, database):
    leave(database, "ada", 1, "of_tomorrow", {"what": 1})
    assert "Something changed" in ada.get(PAGE).text


CHECK_IN_AT = datetime(2026, 3, 2, 7, tzinfo=UTC)


def check_in(browser, clock, days, first=0):
    for day in range(first, first + days):
        clock.set_to(CHECK_IN_AT + timedelta(days=day))
        log(browser, "daily_checkin")


def test_seven_days_in_a_row_are_a_moment_once(sign_in, clock):
    clock.set_to(CHECK_IN_AT)
    ada = sign_in("ada")
    check_in(ada, clock, 6)
    assert "days in a row</h2>" not in ada.get("/client").text
    check_in(ada, clock, 1, first=6)
    page = ada.get("/client")
    assert 'tabindex="-1">7 days in a row</h2>' in page.text
    assert "7 days in a row" in ada.get(PAGE).text
    submit(ada, form_of(page, "moments-seen"))
    assert "<dialog" not in ada.get("/client").text
    assert bell(ada.get("/client").text) == "Notifications"
    check_in(ada, clock, 7, first=7)
    assert "<dialog" not in ada.get("/client").text, "14 days are no second time"


def test_thirty_days_are_another_moment_and_a_new_run_begins_again(sign_in, clock):
    clock.set_to(CHECK_IN_AT)
    ada = sign_in("ada")
    check_in(ada, clock, 13)
    clock.set_to(CHECK_IN_AT + timedelta(days=13))
    ada = sign_in("ada")
    check_in(ada, clock, 17, first=13)
    page = ada.get("/client")
    assert "30 days in a row" in page.text
    submit(ada, form_of(page, "moments-seen"))
    clock.set_to(CHECK_IN_AT + timedelta(days=40))
    ada = sign_in("ada")
    check_in(ada, clock, 7, first=40)
    assert "7 days in a row</h2>" in ada.get("/client").text
