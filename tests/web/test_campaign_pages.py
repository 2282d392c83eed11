"""Public pages of a waitlist: joined by anybody, a place for who joined, a board for all, and nothing told about who is in already."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rewards.campaigns import seeing
from rewards.campaigns.adjusting import adjust
from rewards.campaigns.beginning import tell_begun
from rewards.campaigns.documents import PageSettings, WaitlistDocument
from rewards.campaigns.joining import join
from rewards.campaigns.links import token_for
from rewards.campaigns.models import Visit, Waitlist
from rewards.campaigns.planning import change_campaign, end, plan_campaign, publish
from rewards.campaigns.presets import PRESETS
from rewards.campaigns.settling import settle_due
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.verifying_addresses import verify_address
from rewards.campaigns.waiting import open_waitlist
from rewards.kit import clock, documents, sql
from rewards.kit.database import Database
from rewards.messages.wording import worded
from rewards.web.security import signed_forms
from tests.web.access_file import MATRIX
from tests.web.browser import HTMX, Form, form_of, submit
from tests.web.conftest import SignIn, on_sqlite, somebody

pytestmark = on_sqlite

LIST = "/c/summer-group"
SITE = "https://studio.example"


class List:
    """Bo's waitlist, which plays for something, and the people who join it."""

    def __init__(self, site: Flask, database: Database) -> None:
        self.site, self.database = site, database

    def open(self, *, live: bool = True, settings: dict[str, Any] | None = None, **page: Any) -> "List":
        with self.database.write():
            bo = somebody("bo")
            said = PageSettings(headline="Ten weeks outdoors", promise="Whoever brings friends is asked first.", **page)
            waitlist = open_waitlist(document=WaitlistDocument(key="summer_group", name="Summer group", page=said), actor=bo)
            draft = PRESETS["leaderboard"](waitlist.key, "Summer group")
            draft = draft.model_copy(update={"settings": draft.settings.model_copy(update=settings or {})})
            self.draft, self.waitlist_id = draft, waitlist.id
            self.campaign_id = plan_campaign(waitlist_id=waitlist.id, document=draft, actor=bo).id
            if live:
                publish(campaign_id=self.campaign_id, actor=bo)
        return self

    def browser(self) -> FlaskClient:
        """Somebody's own, which remembers nothing yet."""
        return self.site.test_client()

    def join(self, name: str, code: str = "", browser: FlaskClient | None = None, **typed: Any) -> FlaskClient:
        """As a person does it, with one press."""
        browser = browser or self.browser()
        page = browser.get(f"{LIST}?ref={code}" if code else LIST)
        answer = submit(browser, form_of(page, "join"), email=f"{name}@example.org", **{"name": name.title(), **typed})
        assert answer.status_code == 303, answer.text
        return browser

    def consent(self) -> str:
        """What the box on the page sends where it is ticked."""
        [value] = re.findall(r'name="consent" value="([^"]+)"', self.browser().get(LIST).text)
        return str(value)

    def somebody(self, name: str) -> Subscriber:
        with self.database.read() as session:
            return session.query(Subscriber).filter_by(address=f"{name}@example.org").one()

    def verify(self, *names: str) -> None:
        for name in names:
            subscriber = self.somebody(name)
            with self.database.write():
                verify_address(subscriber_id=subscriber.id)

    def token(self, name: str, purpose: Any) -> str:
        return token_for(self.somebody(name), purpose)


@pytest.fixture
def waitlist(site: Flask, database: Database) -> List:
    return List(site, database)


def places_on(text: str) -> list[str]:
    """The names of a board, from the top."""
    board = text.partition("<ol")[2].partition("</ol>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in board.split("</li>")[:-1]]


def test_a_visitor_joins_with_one_press_and_sees_a_place(waitlist: List) -> None:
    page = waitlist.open(asks_name=True).browser().get(LIST)
    assert "Ten weeks outdoors" in page.text
    assert "What counts: +5 points for joining; " in page.text
    lena = waitlist.join("lena")
    mine = lena.get(f"{LIST}/me")
    assert "#1" in mine.text
    assert f"/r/{waitlist.somebody('lena').code}" in form_less(mine.text)
    assert "Confirm your address" in mine.text
    # Nobody else sees it, and the link in the mail brings it to another browser without leaving its token in the address.
    assert "Your place is in your mail" in waitlist.browser().get(f"{LIST}/me").text
    elsewhere = waitlist.browser()
    arrived = elsewhere.get(f"{LIST}/me/{waitlist.token('lena', 'me')}")
    assert (arrived.status_code, arrived.location) == (303, f"{LIST}/me")
    cookie = arrived.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", f"Path={LIST}"))
    assert "#1" in elsewhere.get(f"{LIST}/me").text
    assert waitlist.browser().get(f"{LIST}/me/{waitlist.token('lena', 'me')}x").status_code == 410


def form_less(text: str) -> str:
    """A page without what its forms carry along."""
    return re.sub(r"<input type=\"hidden\"[^>]*>", "", text)


def test_a_friend_joins_by_a_short_link_and_counts_once_their_address_is_confirmed(waitlist: List) -> None:
    waitlist.open(asks_name=True)
    lena = waitlist.join("lena")
    waitlist.verify("lena")
    code = waitlist.somebody("lena").code
    followed = waitlist.browser().get(f"/r/{code.lower()}")
    assert followed.location == f"{LIST}?ref={code}"
    assert "Invited by <strong>Lena</strong>" in waitlist.browser().get(followed.location).text
    otto = waitlist.join("otto", code)
    assert "1 waiting" in " ".join(re.sub("<[^>]+>", "", lena.get(f"{LIST}/me").text).split())
    # Reading the link does nothing: programs read what is mailed.
    address = f"{LIST}/verify/{waitlist.token('otto', 'verify')}"
    asked = otto.get(address)
    assert waitlist.somebody("otto").verified_at is None
    confirmed = submit(otto, form_of(asked, address))
    assert confirmed.location == f"{LIST}/me?told=verified"
    assert "+10" in lena.get(f"{LIST}/me").text
    # Confirming again is no trouble; a link of another time is.
    assert submit(otto, form_of(asked, address)).status_code == 303
    with clock.frozen_at(clock.now() + timedelta(days=8)):
        assert otto.get(address).status_code == 410
    assert waitlist.browser().get("/r/NOBODYS").status_code == 404


@pytest.mark.parametrize("code", ["NOBODYS1", "'; DROP TABLE subscribers", "\N{SNOWMAN}" * 300])
def test_a_code_that_is_none_keeps_nobody_out(waitlist: List, code: str) -> None:
    waitlist.open()
    page = waitlist.browser().get(LIST, query_string={"ref": code})
    assert "That invite code isn&#39;t active. You can still join." in page.text
    waitlist.join("lena", code="NOBODYS1")
    assert waitlist.somebody("lena").sequence == 1


def test_an_address_that_is_in_gets_the_answer_that_a_new_one_gets(waitlist: List, database: Database) -> None:
    waitlist.open()
    waitlist.join("lena")
    # A browser that has joined once is told no place any more, whoever it asks about.
    probing = waitlist.join("curious")
    told = {}
    for name in ("lena", "nobody-yet"):
        form = form_of(probing.get(LIST), "join")
        answer = submit(probing, form, email=f"{name}@example.org")
        cookies = re.sub(r"Expires=[^;]+", "", answer.headers.get("Set-Cookie", ""))
        told[name] = (answer.status_code, answer.location, answer.data, cookies)
    assert told["lena"] == told["nobody-yet"]
    assert told["lena"][1] == f"{LIST}/joined"
    # Neither does one that is asked for the first time learn whose place it is.
    fresh = waitlist.join("lena")
    assert "Your place is in your mail" in fresh.get(f"{LIST}/me").text
    with database.read() as session:
        assert session.query(Subscriber).filter_by(address="lena@example.org").count() == 1


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(waitlist: List, database: Database) -> None:
    waitlist.open(consent="I want to hear from Bo.")
    browser = waitlist.browser()
    form = form_of(browser.get(LIST), "join")
    refused = submit(browser, form, email="not an address")
    assert refused.status_code == 422
    assert all(refused.text.count(told) == 2 for told in ("Enter an e-mail address, such as", "Tick this to join."))
    assert "Error: " in refused.text
    assert 'value="not an address"' in refused.text
    unticked = submit(browser, form, email="lena@example.org", headers=HTMX)
    assert unticked.status_code == 422
    assert "Tick this to join." in unticked.text
    # What only a program would fill in is taken with thanks, and thrown away.
    assert submit(browser, form, email="bot@example.org", consent="y", website="https://spam.example").location == f"{LIST}/joined"
    with database.read() as session:
        assert session.query(Subscriber).count() == 0


def test_what_somebody_agreed_to_stands_beside_them_in_the_words_they_read(waitlist: List, site: Flask, sign_in: SignIn) -> None:
    waitlist.open(consent="I want to hear from Bo.", allowed_origins=[SITE])
    browser, read = waitlist.browser(), waitlist.consent()
    lena = form_of(browser.get(LIST), "join")
    waitlist.join("otto", consent=read)
    embedded = Embedded(site, f"{LIST}/embed")
    ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert embedded.send(ours, email="nils@example.org").status_code == 422
    assert embedded.send(ours, email="nils@example.org", consent=read).status_code == 200
    with waitlist.database.write() as session:
        listed = session.get_one(Waitlist, waitlist.waitlist_id)
        listed.page = {**listed.page, "consent": "Bo may call me."}
    # Who ticked another text than stands there now is asked again, and not taken for having agreed.
    asked_again = submit(browser, lena, email="lena@example.org", consent=read)
    assert asked_again.status_code == 422
    assert "Bo may call me." in asked_again.text
    assert "checked" not in asked_again.text
    bo = sign_in("bo")
    for name in ("otto", "nils"):
        page = bo.get(f"/coach/campaigns/{waitlist.campaign_id}/people/{waitlist.somebody(name).id}").text
        assert "“I want to hear from Bo.”" in page
    assert bo.get(f"/coach/campaigns/{waitlist.campaign_id}/people.csv").text.count("I want to hear from Bo.") == 2


def test_an_address_is_looked_at_as_soon_as_it_is_typed_and_nobody_learns_who_is_in(waitlist: List) -> None:
    waitlist.open()
    browser = waitlist.join("lena")
    form = form_of(browser.get(LIST), "join")
    form.action = f"{LIST}/check"
    told = {
        typed: submit(browser, form, HTMX, email=typed).text
        for typed in ("not an address", "ada@mail.mailinator.com", "lena@example.org", "new@example.org", "")
    }
    assert "Enter an e-mail address" in told["not an address"]
    assert "last for minutes" in told["ada@mail.mailinator.com"]
    assert told["lena@example.org"] == told["new@example.org"] == told[""]
    assert "<p" not in told[""]


def test_what_is_held_back_says_to_both_of_them_when_it_counts(waitlist: List) -> None:
    waitlist.open(settings={"referral_hold_days": 3})
    assert "It counts 3 days after they confirm their address." in waitlist.browser().get(LIST).text
    lena = waitlist.join("lena")
    waitlist.verify("lena")
    otto = waitlist.join("otto", waitlist.somebody("lena").code)
    assert "Waits until they confirm their address" in lena.get(f"{LIST}/me").text
    assert "A friend brought you here. Waits until you confirm your address." in otto.get(f"{LIST}/me").text
    waitlist.verify("otto")
    for browser in (lena, otto):
        assert re.search(r"Counts on \w+ \d+ \w+ at \d+:\d+ if nothing speaks against it", browser.get(f"{LIST}/me").text)
    with clock.frozen_at(clock.now() + timedelta(days=3)):
        assert settle_due() == 1
        assert "A friend brought you here. Counts." in otto.get(f"{LIST}/me").text
        assert "1 waiting" not in " ".join(re.sub("<[^>]+>", "", lena.get(f"{LIST}/me").text).split())


def test_a_list_says_when_nothing_is_played_when_it_is_full_and_when_it_is_over(waitlist: List, database: Database) -> None:
    waitlist.open(live=False, capacity=6)
    waitlist.join("lena")
    assert waitlist.browser().get(f"{LIST}/leaderboard").status_code == 404
    with database.write():
        later = waitlist.draft.model_copy(update={"starts_at": clock.now() + timedelta(days=3)})
        change_campaign(campaign_id=waitlist.campaign_id, document=later, actor=somebody("bo"))
        publish(campaign_id=waitlist.campaign_id, actor=somebody("bo"))
    early = waitlist.browser().get(LIST).text
    assert "It begins" in early
    assert "What counts: +10 points for each friend who counts." in early
    for name in ("otto", "ines", "karl", "mona"):
        waitlist.join(name, browser=waitlist.browser())
    late = waitlist.browser()
    form = form_of(late.get(LIST), "join")
    waitlist.join("nils")
    assert "This list is full" in late.get(LIST).text
    assert submit(late, form, email="late@example.org").status_code == 409
    with database.write():
        end(campaign_id=waitlist.campaign_id, actor=somebody("bo"))
    over = waitlist.browser().get(LIST).text
    assert "It ended at" in over
    assert len(places_on(over.partition("Final results")[2])) == 3
    board = waitlist.browser().get(f"{LIST}/leaderboard").text
    assert ">Final<" in board
    assert waitlist.browser().get("/c/no-such-list").status_code == 404


def test_who_waits_for_the_start_is_told_once_and_may_leave_the_list(waitlist: List, database: Database) -> None:
    waitlist.open(live=False, asks_name=True)
    begins = clock.now() + timedelta(days=3)
    with database.write():
        change_campaign(
            campaign_id=waitlist.campaign_id, document=waitlist.draft.model_copy(update={"starts_at": begins}), actor=somebody("bo")
        )
        publish(campaign_id=waitlist.campaign_id, actor=somebody("bo"))
    lena = waitlist.join("lena")
    waitlist.join("unproven")
    waitlist.verify("lena")
    mine = lena.get(f"{LIST}/me").text
    assert "We write to you when it begins" in mine
    assert "/r/" in mine
    assert tell_begun() == 0
    with clock.frozen_at(begins):
        late = waitlist.join("late")
        waitlist.verify("late")
        assert (tell_begun(), tell_begun()) == (1, 0)
        with database.write():
            [(to, about)] = sql.rows("SELECT recipient, about FROM mails WHERE kind = 'campaign_begun'")
            mail = worded("campaign_begun", to, documents.parse(about))
        assert to == "lena@example.org"
        assert mail
        assert "It has begun" in mail.subject
        elsewhere = waitlist.browser()
        links = re.findall(r"http://[^/]+(/c/\S+)", mail.text)
        assert [elsewhere.get(link).location for link in links] == [f"{LIST}/me", f"{LIST}/me/leave"]
        question = elsewhere.get(f"{LIST}/me/leave")
        assert "lena@example.org" in question.text
        assert waitlist.somebody("lena").status == "active"
        gone = submit(elsewhere, form_of(question, f"{LIST}/me/leave"))
        assert "You have left Summer group" in elsewhere.get(gone.location).text
        # No link and no cookie of hers opens anything any more, and the others are where they were.
        assert {elsewhere.get(link).status_code for link in links} == {410}
        assert "does not know you" in lena.get(f"{LIST}/me").text
        assert "#" in late.get(f"{LIST}/me").text
    with database.read() as session:
        assert session.query(Subscriber).filter_by(address="lena@example.org").count() == 0


def test_the_board_opens_with_five_and_shows_who_looks_among_their_neighbours(waitlist: List, database: Database) -> None:
    waitlist.open(asks_name=True)
    browsers = {name: waitlist.join(name) for name in ("lena", "otto", "ines", "karl")}
    closed = waitlist.browser().get(f"{LIST}/leaderboard").text
    assert "The board opens when 5 people have joined" in closed
    assert "L." not in closed
    for number in range(30):
        with database.write():
            join(waitlist_id=waitlist.waitlist_id, email=f"n{number}@example.org", name=f"N{number}", trusted=True)
    waitlist.verify("otto")
    board = waitlist.browser().get(f"{LIST}/leaderboard")
    assert len(places_on(board.text)) == 25
    assert "Ties go to the earlier sign-up." in board.text
    assert "@example.org" not in board.text
    assert len(places_on(waitlist.browser().get(f"{LIST}/leaderboard?page=99").text)) == 9
    last = waitlist.browser()
    last.get(f"{LIST}/me/{waitlist.token('n29', 'me')}")
    near = last.get(f"{LIST}/leaderboard").text
    assert "(you)" in near
    assert len(places_on(near.partition("Your place")[2])) == 3
    # How somebody is named is theirs to say.
    otto = browsers["otto"]
    form = form_of(otto.get(f"{LIST}/me"), f"{LIST}/me/display")
    shown = {}
    for display in ("first_name", "initials", "hidden"):
        assert submit(otto, form, display=display).status_code == 303
        shown[display] = waitlist.browser().get(f"{LIST}/leaderboard").text
    assert "Otto" in shown["first_name"]
    assert "Otto" not in shown["initials"]
    assert "O." in shown["initials"]
    assert "O." not in shown["hidden"]
    with database.write():
        settings = waitlist.draft.settings.model_copy(update={"leaderboard_enabled": False})
        without = waitlist.draft.model_copy(update={"settings": settings})
        change_campaign(campaign_id=waitlist.campaign_id, document=without, actor=somebody("bo"))
    assert waitlist.browser().get(f"{LIST}/leaderboard").status_code == 404


def test_every_line_of_a_score_is_a_press_or_two_away(waitlist: List, database: Database) -> None:
    waitlist.open()
    lena = waitlist.join("lena")
    subscriber_id = waitlist.somebody("lena").id
    give = partial(adjust, campaign_id=waitlist.campaign_id, subscriber_id=subscriber_id, points=1)
    for number in range(45):
        with database.write():
            give(reason=f"Gift {number}", actor=somebody("bo"), idempotency_key=f"gift-{number}")
    seen, page = [], lena.get(f"{LIST}/me")
    for _ in range(3):
        seen += re.findall(r"Gift (\d+)", page.text)
        more = re.search(r'href="(/c/[^"]+/me/points\?page=\d)"', page.text)
        page = lena.get(more[1], headers=HTMX if len(seen) == 20 else {}) if more else page
    assert [int(number) for number in seen] == list(range(44, -1, -1))
    assert more is None
    assert "Nothing more" in lena.get(f"{LIST}/me/points?page=77").text


def test_a_browser_counts_as_one_visit_a_day_and_reading_counts_none(
    waitlist: List, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waitlist.open()
    lena = waitlist.join("lena")
    browser = waitlist.browser()
    for day in range(2):
        with clock.frozen_at(clock.now() + timedelta(days=day)):
            page = browser.get(f"{LIST}?ref={waitlist.somebody('lena').code}&utm_source=poster")
            for _ in range(3):
                assert submit(browser, form_of(page, "visit"), HTMX).status_code == 204
    assert lena.get(LIST).status_code == 200
    with database.read() as session:
        counted = [(visit.source, visit.referrer_id, visit.visits) for visit in session.query(Visit)]
    assert counted == [("poster", waitlist.somebody("lena").id, 1)] * 2
    # Whoever makes up names fills no table with them.
    monkeypatch.setattr(seeing, "SOURCES_A_DAY", 2)
    for number in range(4):
        made_up = waitlist.browser()
        submit(made_up, form_of(made_up.get(f"{LIST}?source=made-up-{number}"), "visit"), HTMX)
    with database.read() as session:
        assert {visit.source: visit.visits for visit in session.query(Visit)} == {"poster": 1, "made-up-0": 1, "others": 3}


def test_a_shared_link_previews_with_whole_addresses(waitlist: List) -> None:
    waitlist.open()
    waitlist.join("lena")
    code = waitlist.somebody("lena").code
    page = waitlist.browser().get(f"{LIST}?ref={code}").text
    said = dict(re.findall(r'<meta property="(og:[a-z]+)" content="([^"]*)"', page))
    assert said["og:title"] == "Ten weeks outdoors"
    assert said["og:description"] == "Whoever brings friends is asked first."
    assert said["og:url"].endswith(f"{LIST}?ref={code}")
    assert said["og:url"].startswith("http")
    # A picture comes with it, large where the programme has no logo of its own.
    home = said["og:url"].partition(LIST)[0]
    assert said["og:image"].startswith(f"{home}/static/card.png")
    with waitlist.browser().get(said["og:image"].removeprefix(home)) as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert 'content="summary_large_image"' in page
    board = waitlist.browser().get(f"{LIST}/leaderboard").text
    assert '<meta property="og:title" content="Leaderboard: Ten weeks outdoors">' in board
    # What is somebody's own is found by no search.
    assert "noindex" in waitlist.browser().get(f"{LIST}/me").text


class Embedded:
    """The form as it stands inside another site: no cookie travels, in neither direction."""

    def __init__(self, site: Flask, address: str) -> None:
        self.browser = site.test_client(use_cookies=False)
        self.page = self.browser.get(address)

    @property
    def form(self) -> Form:
        return form_of(self.page, "join")

    def send(self, headers: dict[str, str] | None = None, **typed: Any) -> Any:
        return submit(self.browser, self.form, headers, **typed)


def test_another_site_shows_the_form_where_it_may_and_no_page_else(waitlist: List, site: Flask, database: Database) -> None:
    waitlist.open(allowed_origins=[SITE])
    for address in (f"{LIST}/embed", f"{LIST}/embed/leaderboard"):
        held = site.test_client().get(address)
        assert f"frame-ancestors {SITE};" in held.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in held.headers
        assert "Set-Cookie" not in held.headers
    for address in (LIST, f"{LIST}/me", f"{LIST}/leaderboard", "/login"):
        page = site.test_client().get(address)
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
    embedded = Embedded(site, f"{LIST}/embed")
    ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert embedded.send(ours, email="lena@example.org").status_code == 200
    assert waitlist.somebody("lena").source == "embedded"
    assert embedded.send(ours, email="nonsense").status_code == 422
    # Who is in already is told what is told to anybody whose place is not shown.
    assert "Check your mail" in embedded.send(ours, email="lena@example.org").text
    refused = [
        embedded.send({"Origin": SITE}, email="otto@example.org"),
        embedded.send({"Origin": "null"}, email="otto@example.org"),
        embedded.send({"Sec-Fetch-Site": "cross-site"}, email="otto@example.org"),
        embedded.send(email="otto@example.org", form_token=""),
        embedded.send(email="otto@example.org", form_token=embedded.form["form_token"] + "x"),
    ]
    assert {answer.status_code for answer in refused} <= {400, 403}
    with database.read() as session:
        assert session.query(Subscriber).count() == 1
    # Over https one browser that joins again and again is noticed in a frame, too, by what is kept for that frame alone.
    site.config["SESSION_COOKIE_SECURE"] = True
    marked = embedded.send(ours, email="nils@example.org")
    assert "You are number" in marked.text
    cookie = marked.headers["Set-Cookie"]
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", f"Path={LIST}/embed"))
    again = embedded.send({**ours, "Cookie": cookie.partition(";")[0]}, email="ines@example.org")
    assert "Check your mail" in again.text
    assert waitlist.somebody("ines").device == waitlist.somebody("nils").device != ""
    site.config["SESSION_COOKIE_SECURE"] = False
    # Its token opens that form and no other door.
    form = form_of(site.test_client().get(LIST), "join")
    form["csrf_token"] = embedded.form["form_token"]
    assert submit(site.test_client(), form, email="otto@example.org").status_code == 400


def test_where_no_site_is_named_nobody_may_hold_the_form(waitlist: List, site: Flask) -> None:
    waitlist.open()
    held = site.test_client().get(f"{LIST}/embed")
    assert "frame-ancestors 'none'" in held.headers["Content-Security-Policy"]
    assert held.headers["X-Frame-Options"] == "DENY"


def test_what_other_sites_may_hold_and_what_does_without_the_sessions_token_is_written_down(waitlist: List, site: Flask) -> None:
    waitlist.open(allowed_origins=[SITE])
    rules = {rule.endpoint: rule for rule in site.url_map.iter_rules() if "POST" in (rule.methods or ())}
    signed = {f"POST {rules[endpoint].rule}" for endpoint, view in site.view_functions.items() if view in signed_forms()}
    assert signed == set(MATRIX["signed_forms"])
    browser, held = site.test_client(), set()
    for route in MATRIX["pages"]:
        method, _, address = route.partition(" ")
        if method == "GET" and "{" not in address.replace("{slug}", ""):
            answer = browser.get(address.replace("{slug}", "summer-group"))
            policy = answer.headers.get("Content-Security-Policy", "")
            held |= {route.replace("{slug}", "<slug>")} if SITE in policy or "X-Frame-Options" not in answer.headers else set()
    assert held | signed == set(MATRIX["framed"])


def test_a_client_brings_others_to_what_their_coach_plays_for(waitlist: List, sign_in: SignIn) -> None:
    ada, cy = sign_in("ada"), sign_in("cy")
    waitlist.open(asks_name=True)
    assert "/client/refer" in ada.get("/client").text
    begun = submit(ada, form_of(ada.get("/client/refer"), "/client/refer"))
    assert begun.status_code == 303
    page = ada.get("/client/refer").text
    code = re.search(r"/r/([0-9a-z]+)", page)
    assert code
    waitlist.join("lena", code[1])
    assert "Waits until they confirm their address" in ada.get("/client/refer").text
    waitlist.verify("lena")
    told = ada.get("/client/refer").text
    assert "Counts" in told
    assert "lena@example.org" not in told
    # Cy's coach plays for nothing: there is no such page, and no way to it.
    assert "/client/refer" not in cy.get("/client").text
    assert cy.get("/client/refer").status_code == 404
