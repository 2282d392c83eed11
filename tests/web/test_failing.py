"""A page that fails says what happened, what to do, and the way home; and nothing about the machine."""

import pytest
from flask import abort

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused, Unavailable
from tests.web.browser import HTMX, log
from tests.web.conftest import on_sqlite

pytestmark = on_sqlite


def failing(site, error):
    def fail():
        if isinstance(error, int):
            abort(error)
        raise error

    site.testing = False
    site.add_url_rule("/failing", view_func=fail, methods=["GET"])
    return site.test_client().get("/failing")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (400, 400, "This request makes no sense here"),
        (404, 404, "Nothing is here"),
        (405, 405, "That cannot be done here"),
        (413, 413, "That is too much at once"),
        (418, 418, "I&#39;m a Teapot"),
        (Refused("late", "It is too late for that."), 409, "It is too late for that."),
        (Invalid.single("amount", "Enter a number."), 422, "amount: Enter a number."),
        (Unavailable("the database is locked by PID 7"), 503, "Busy just now"),
        (RuntimeError("secret inside"), 500, "Your points are safe."),
        (KeyError("password"), 500, "Your points are safe."),
    ],
)
def test_every_failure_is_a_page(site, error, status, said):
    response = failing(site, error)
    assert response.status_code == status
    assert said in response.text
    assert "<h1>" in response.text
    assert 'href="/"' in response.text
    for inside in ("secret inside", "PID 7", "Traceback", "password", "werkzeug"):
        assert inside not in response.text


def test_a_mistake_of_ours_has_a_number_to_ask_about(site):
    response = failing(site, RuntimeError("broken"))
    assert f"<code>{response.headers['X-Request-ID']}</code>" in response.text


def test_busy_says_when_to_come_again(site):
    assert failing(site, Unavailable("locked")).headers["Retry-After"] == "5"


def test_a_failure_is_told_without_asking_the_database(site, ada, monkeypatch):
    def gone(*more):
        raise RuntimeError("the database is gone")

    site.testing = False
    monkeypatch.setattr(type(db), "cursor", gone)
    monkeypatch.setattr("rewards.web.access.session_for_token", gone)
    response = ada.get("/client")
    assert response.status_code == 500
    assert "Your points are safe." in response.text


def test_a_log_that_cannot_be_written_says_so_and_counts_nothing(ada, monkeypatch):
    def busy(events):
        raise Unavailable("the disk is full")

    monkeypatch.setattr("rewards.web.client.log.record_and_process", busy)
    for headers in (None, HTMX):
        answer = log(ada, "workout_logged", headers=headers)
        assert answer.status_code == 503
        assert "Nothing was lost." in answer.text


def test_a_body_that_is_too_large_is_refused(ada):
    assert ada.post("/client/log", data={"note": "x" * (2**20 + 1)}).status_code == 413


def test_what_cannot_be_done_says_what_can(ada):
    answer = ada.delete("/client/log", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in (400, 405)
    assert ada.put("/login").status_code in (400, 405)
    assert ada.get("/logout").headers["Allow"]
