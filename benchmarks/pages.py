"""PERF-7: each page, with few and with many transfers stored, against a page that is nothing but the shell, for the same person."""

import os
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection

from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app import create_app
from benchmarks.engine import START, play, programme
from benchmarks.engine import events as stream
from benchmarks.reading import ADMIN_ID, COACHES, DAYS, FEW, FIRST_COACH_ID, FIRST_ID, MANY, fill, settle
from benchmarks.waitlists import SLUG, Played, play_waitlist
from rewards.campaigns.links import token_for
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.settings import load_settings
from rewards.people.queries import user_by_id
from rewards.people.signing_in import Proof, open_session
from rewards.web.access import TOKEN, visitor
from rewards.web.public.waitlisted import PLACE, listed_at

TIMES = 21
BARE = "/bare"
CLIENT_ID = FIRST_ID + 7
COACH_ID = FIRST_COACH_ID + CLIENT_ID % COACHES
SUBSCRIBERS, LIST_DAYS = 100_000, 49
# Whose pages, and how many times the bare page each may take. Nobody is signed in on public ones.
AUDIENCES = {"public": (None, 4.0), "client": (CLIENT_ID, 4.0), "coach": (COACH_ID, 6.0), "admin": (ADMIN_ID, 6.0)}
# What a page asks for after it is there, and nobody waits for.
LATER = "?compared=1"


@dataclass(frozen=True, slots=True)
class Page:
    """What one page takes: milliseconds of the processor, and questions to the database."""

    taken: float
    questions: int


# By path.
Pages = dict[str, Page]


def measure(stored: Iterable[int] = (FEW, MANY)) -> list[dict[str, Pages]]:
    """Every page by audience, with so many transfers stored, few and then many; `/bare` is among them."""
    with programme() as folder:
        play(stream(1), 1)
        with db.write():
            settle()
        # Their pages are full from the start: what grows is what others have stored.
        for one in stream(430, first=1, people=1):
            with clock.frozen_at(one.occurred_at or START):
                play([replace(one, user_id=CLIENT_ID)], 1)
        site = _site(folder)
        with clock.frozen_at(START + timedelta(days=DAYS - LIST_DAYS - 1)), db.write():
            played = play_waitlist(people=SUBSCRIBERS, days=LIST_DAYS, coach_id=COACH_ID, client_id=CLIENT_ID)
        return [_with_stored(site, played, already, transfers) for already, transfers in _steps(stored)]


def paths(site: Flask, audience: str, played: Played) -> Iterator[str]:
    """Every page of an audience that needs no name of a thing; of those that do, one client's and one campaign's."""
    for rule in site.url_map.iter_rules():
        if rule.rule.startswith(f"/{audience}") and "GET" in (rule.methods or ()) and not rule.arguments and "." not in rule.rule:
            yield rule.rule
    yield from named_paths(audience, played)


def named_paths(audience: str, played: Played) -> list[str]:
    """Those that have a name in their address, and must be there."""
    public, campaign = f"/c/{played.slug}", f"/{audience}/campaigns/{played.campaign_id}"
    board = f"{campaign}/leaderboard"
    mine = [f"{campaign}/people/{played.subscriber_id}", f"{campaign}/rewards/{played.reward_id}", f"{campaign}{LATER}"]
    parts = [f"{campaign}/{part}" for part in ("people", "rules", "rewards", "leaderboard", "settings")]
    return {
        "public": [public, f"{public}/me", f"{public}/me/why", f"{public}/leaderboard", f"{public}/leaderboard?page=2000"],
        "coach": [f"/coach/clients/{CLIENT_ID}", f"/coach/clients/{CLIENT_ID}/statement", campaign, *parts, *mine, f"{board}?page=2000"],
        "admin": [f"/admin/people/{CLIENT_ID}", campaign],
    }.get(audience, [])


def _steps(stored: Iterable[int]) -> Iterator[tuple[int, int]]:
    already = 0
    for transfers in stored:
        yield already, transfers
        already = transfers


def _with_stored(site: Flask, played: Played, already: int, transfers: int) -> dict[str, Pages]:
    with db.write():
        fill(already // 2, transfers // 2)
        sql.run("ANALYZE")
    with clock.frozen_at(START + timedelta(days=DAYS - 1, hours=12)):
        return {name: _audience(site, name, person, played) for name, (person, _) in AUDIENCES.items()}


def _audience(site: Flask, name: str, person_id: int | None, played: Played) -> Pages:
    with _browser(site, person_id, played) as browser:
        pages = [BARE, *paths(site, name, played)]
        there = {page: browser.get(page).status_code == 200 for page in pages}
        if missing := [page for page in named_paths(name, played) if not there[page]]:
            raise AssertionError(f"{missing[0]} is not there for {name}")
        times: dict[str, list[float]] = {page: [] for page in pages if there[page]}
        for _ in range(TIMES):
            for page, taken in times.items():
                start = time.process_time()
                browser.get(page)
                taken.append(time.process_time() - start)
        return {page: Page(1000 * statistics.median(taken), _questions(browser, page)) for page, taken in times.items()}


def _questions(browser: FlaskClient, page: str) -> int:
    """How many a page asks."""
    asked: list[str] = []

    def listen(connection: Connection, *_: object) -> None:
        connection.set_trace_callback(asked.append)

    def stop(connection: Connection, *_: object) -> None:
        connection.set_trace_callback(None)

    event.listen(Pool, "checkout", listen)
    event.listen(Pool, "checkin", stop)
    try:
        browser.get(page)
    finally:
        event.remove(Pool, "checkout", listen)
        event.remove(Pool, "checkin", stop)
    return sum(text.lstrip("( ").startswith(("SELECT", "WITH")) for text in asked)


@contextmanager
def _browser(site: Flask, person_id: int | None, played: Played) -> Iterator[FlaskClient]:
    browser = site.test_client()
    with db.write():
        person = user_by_id(person_id) if person_id else None
        token = open_session(Proof(person.id, person.stamp)) if person else ""
        place = token_for(db.session.get_one(Subscriber, played.subscriber_id), "me")
    with browser.session_transaction() as session:
        session.update({TOKEN: token} if token else {})
    browser.set_cookie(PLACE, place, path=f"/c/{played.slug}")
    yield browser


def _site(folder: Path) -> Flask:
    settings = load_settings({**os.environ, "LAUREL_DATA": str(folder), "DATABASE_URL": f"sqlite:///{folder}/laurel.db"})
    site = create_app(settings)

    def bare() -> str:
        # The shell itself asks who is there; what all public pages of a waitlist stand in needs to know whose they are.
        if visitor():
            return render_template("shell.html")
        return render_template("public/campaign.html", about=listed_at(SLUG))

    site.add_url_rule(BARE, "bare", bare)
    return site


def worst(found: dict[str, Pages]) -> dict[str, tuple[str, float]]:
    """By audience, the page that takes longest, in units of the bare one."""
    return {name: max(ratios(pages).items(), key=lambda item: item[1]) for name, pages in found.items()}


def ratios(pages: Pages) -> dict[str, float]:
    """Each page in units of the bare one, but for what is asked for later."""
    return {path: page.taken / pages[BARE].taken for path, page in pages.items() if not path.endswith(LATER)}


def growth(few: dict[str, Pages], many: dict[str, Pages]) -> tuple[str, float]:
    """The page that grows most, and how much, in units of the bare one: between the two the machine may have become faster or slower."""
    before = {name: ratios(pages) for name, pages in few.items()}
    grown = [(path, ratio / before[name][path]) for name in many for path, ratio in ratios(many[name]).items() if path in before[name]]
    return max(grown, key=lambda item: item[1])
