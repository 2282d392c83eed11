"""PERF-7: each page, with few and with many transfers stored, against a page that is nothing but the shell, for the same person."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Flask, render_template
from flask.testing import FlaskClient

from app import create_app
from benchmarks.engine import START, play, programme
from benchmarks.engine import events as stream
from benchmarks.reading import ADMIN_ID, DAYS, FEW, FIRST_COACH_ID, FIRST_ID, MANY, fill, settle
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.settings import load_settings
from rewards.people.queries import user_by_id
from rewards.people.signing_in import Proof, open_session
from rewards.web.access import TOKEN

TIMES = 21
BARE = "/bare"
CLIENT_ID = FIRST_ID + 7
# Whose pages, and how many times the bare page each may take.
AUDIENCES = {"client": (CLIENT_ID, 4.0), "coach": (FIRST_COACH_ID, 6.0), "admin": (ADMIN_ID, 6.0)}

# Path to milliseconds.
Times = dict[str, float]


def measure() -> tuple[dict[str, Times], dict[str, Times]]:
    """Milliseconds of every page by audience, with few and with many transfers; `/bare` is among them."""
    with programme() as folder:
        play(stream(1), 1)
        with db.write():
            settle()
        # Their pages are full from the start: what grows is what others have stored.
        for event in stream(430, first=1, people=1):
            with clock.frozen_at(event.occurred_at or START):
                play([replace(event, user_id=CLIENT_ID)], 1)
        site = _site(folder)
        found = []
        stored = 0
        for transfers in (FEW, MANY):
            with db.write():
                fill(stored // 2, transfers // 2)
                sql.run("ANALYZE")
            stored = transfers
            with clock.frozen_at(START + timedelta(days=DAYS - 1, hours=12)):
                found.append({name: _audience(site, name, person) for name, (person, _) in AUDIENCES.items()})
        return found[0], found[1]


def paths(site: Flask, audience: str) -> Iterator[str]:
    """Every page of an audience that needs no name of a thing; pages of one client stand in for those that do."""
    for rule in site.url_map.iter_rules():
        if rule.rule.startswith(f"/{audience}") and "GET" in (rule.methods or ()) and not rule.arguments and "." not in rule.rule:
            yield rule.rule
    yield from {"coach": [f"/coach/clients/{FIRST_ID}"], "admin": [f"/admin/people/{CLIENT_ID}"]}.get(audience, [])


def _audience(site: Flask, name: str, person_id: int) -> Times:
    with _signed_in(site, person_id) as browser:
        pages = [BARE, *paths(site, name)]
        times: dict[str, list[float]] = {page: [] for page in pages}
        for turn in range(TIMES + 1):
            for page in pages:
                start = time.perf_counter()
                answer = browser.get(page)
                taken = time.perf_counter() - start
                if answer.status_code != 200 and page in times:
                    del times[page]
                elif turn and page in times:
                    times[page].append(taken)
            pages = [page for page in pages if page in times]
    return {page: 1000 * statistics.median(taken) for page, taken in times.items()}


@contextmanager
def _signed_in(site: Flask, person_id: int) -> Iterator[FlaskClient]:
    browser = site.test_client()
    with db.write():
        person = user_by_id(person_id)
        if person is None:
            raise AssertionError(f"nobody has the id {person_id}")
        token = open_session(Proof(person.id, person.stamp))
    with browser.session_transaction() as session:
        session[TOKEN] = token
    yield browser


def _site(folder: Path) -> Flask:
    settings = load_settings({**os.environ, "LAUREL_DATA": str(folder), "DATABASE_URL": f"sqlite:///{folder}/laurel.db"})
    site = create_app(settings)

    def bare() -> str:
        # The shell itself asks who is there.
        return render_template("shell.html")

    site.add_url_rule(BARE, "bare", bare)
    return site


def worst(times: dict[str, Times]) -> dict[str, tuple[str, float]]:
    """By audience, the page that takes longest, in units of the bare one."""

    def ratio(name: str) -> Callable[[str], float]:
        return lambda page: times[name][page] / times[name][BARE]

    return {name: (page := max(times[name], key=ratio(name)), ratio(name)(page)) for name in times}


def growth(few: dict[str, Times], many: dict[str, Times]) -> tuple[str, float]:
    """The page that grows most, and how much."""
    grown = {page: many[name][page] / few[name][page] for name in many for page in many[name] if page in few[name] and page != BARE}
    return max(grown.items(), key=lambda item: item[1])
