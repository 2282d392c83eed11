"""`GET /api/v1/me/points/by-category/`: whoever is signed in learns how their own points come about, in the words of the seed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app import create_app
from rewards.kit import clock as the_clock
from rewards.kit.settings import load_settings
from rewards.web.access import TOKEN
from tests.web.browser import log
from tests.web.conftest import on_sqlite

ADDRESS = "/api/v1/me/points/by-category/"
CATEGORIES = ["creation", "learning", "community", "participation", "consistency", "challenge"]


@pytest.fixture
def busy(ada):
    """Ada, after a workout and a check-in."""
    for activity in ("workout_logged", "daily_checkin"):
        assert log(ada, activity).status_code == 303
    return ada


def test_the_answer_has_the_members_of_the_seed_and_no_others(busy):
    answered = busy.get(ADDRESS)
    told = answered.get_json()
    assert (answered.status_code, answered.content_type) == (200, "application/json")
    assert list(told) == ["window", "totals", "series"]
    assert told["window"] == "last_30_days"
    assert told["totals"] == dict.fromkeys(CATEGORIES, 0) | {"creation": 20, "participation": 10}
    assert len(told["series"]) == 30
    assert all(list(stretch) == ["date", *CATEGORIES] for stretch in told["series"])
    assert told["series"][-1] == {"date": the_clock.now().astimezone(ZoneInfo("Europe/Berlin")).date().isoformat(), **told["totals"]}


@pytest.mark.parametrize("window", ["last_7_days", "last_30_days", "all_time"])
@pytest.mark.parametrize("bucket", ["day", "week"])
def test_every_window_and_bucket_adds_up(busy, window, bucket):
    told = busy.get(f"{ADDRESS}?window={window}&bucket={bucket}").get_json()
    assert told["window"] == window
    assert {key: sum(stretch[key] for stretch in told["series"]) for key in CATEGORIES} == told["totals"]
    assert told["totals"]["creation"] == 20


def test_everybody_is_told_of_themselves_alone(busy, sign_in):
    for name in ("cy", "bo", "dee"):
        told = sign_in(name).get(ADDRESS).get_json()
        assert set(told["totals"].values()) == {0}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("window=yesterday", "window"),
        ("bucket=month", "bucket"),
        ("window=", "window"),
        ("user=1", "user"),
        ("window=all_time&window=all_time", "window"),
    ],
)
@on_sqlite
def test_a_wrong_question_is_refused_by_the_name_of_its_field(ada, query, field):
    refused = ada.get(f"{ADDRESS}?{query}")
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert [error["field"] for error in refused.get_json()["errors"]] == [field]


@on_sqlite
def test_a_stranger_is_told_to_sign_in_as_a_problem(stranger):
    refused = stranger.get(ADDRESS)
    assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
    assert "sign in" in refused.get_json()["detail"].lower()


@on_sqlite
def test_a_session_that_is_over_opens_nothing(ada, clock):
    assert ada.get(ADDRESS).status_code == 200
    clock.set_to(clock.now() + timedelta(days=31))
    assert ada.get(ADDRESS).status_code == 401


@on_sqlite
def test_a_cookie_that_somebody_else_signed_opens_nothing(site, ada, stranger):
    with ada.session_transaction() as session:
        token = session[TOKEN]
    secret, site.secret_key = site.secret_key, "another"
    with stranger.session_transaction() as session:
        session[TOKEN] = token
    site.secret_key = secret
    assert stranger.get(ADDRESS).status_code == 401


@on_sqlite
def test_asking_sets_no_cookie_and_is_kept_by_nobody(ada):
    answered = ada.get(ADDRESS)
    assert "Set-Cookie" not in answered.headers
    assert answered.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answered.headers["Vary"]


@on_sqlite
def test_behind_https_the_cookie_with_its_other_name_is_read(site, environment, database, sign_in):
    app = create_app(load_settings(environment | {"LAUREL_BASE_URL": "https://rewards.example.org"}))
    ada = sign_in("ada")
    with ada.session_transaction() as session:
        token = session[TOKEN]
    browser = app.test_client()
    with browser.session_transaction(base_url="https://rewards.example.org") as session:
        session[TOKEN] = token
    assert browser.get(ADDRESS, base_url="https://rewards.example.org").status_code == 200


@on_sqlite
def test_the_answer_costs_few_questions(busy, questions):
    with questions() as asked:
        busy.get(ADDRESS)
    assert len(asked) <= 5


@on_sqlite
def test_who_asks_too_often_waits(environment, site, sign_in):
    site.extensions["laurel.machines"].extensions["laurel.api.limiter"].calls_max = 2
    ada = sign_in("ada")
    assert [ada.get(ADDRESS).status_code for _ in range(3)] == [200, 200, 429]
    assert sign_in("bo").get(ADDRESS).status_code == 200
