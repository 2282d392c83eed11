"""What fails on our side is told as ours, leaves nothing behind, and may be tried again under the same key."""

import pytest

from rewards.earning.granting import grant_points
from rewards.kit import sql
from rewards.kit.errors import Unavailable
from tests.api.test_entrance import is_problem

GIVEN = {"points": 20, "reason": "A gift"}


@pytest.fixture
def failing(monkeypatch):
    """Lets points be given and then fails, until it is told to stop."""

    def begin(error):
        def give_and_fail(**gift):
            grant_points(**gift)
            raise error

        monkeypatch.setattr("rewards.api.external.points.grant_points", give_and_fail)
        return monkeypatch.undo

    return begin


@pytest.mark.parametrize(("status", "error"), [(503, Unavailable("the disk is full")), (500, RuntimeError("a secret of ours"))])
def test_a_failure_is_not_kept_and_the_next_try_succeeds(database, shop, cast, failing, status, error):
    mend = failing(error)
    refused = shop.post(f"/users/{cast.ada}/points/earn", GIVEN, key="k")
    assert is_problem(refused, status)
    assert "secret" not in refused.text
    assert (refused.headers.get("Retry-After") is None) == (status == 500)
    with database.read():
        assert [sql.value(f"SELECT count(*) FROM {table}") for table in ("transfers", "events", "idempotent_answers")] == [0, 0, 0]
    mend()
    assert shop.post(f"/users/{cast.ada}/points/earn", GIVEN, key="k").get_json()["balance"] == 20


def test_a_host_that_is_not_ours_is_refused(shop, cast):
    refused = shop.client.get(f"/api/v1/external/{shop.service_id}/users/{cast.ada}", headers=shop.headers | {"Host": "evil.example.com"})
    assert is_problem(refused, 400)


def test_every_answer_forbids_guessing_and_keeping(shop, cast):
    for answered in (shop.get(f"/users/{cast.ada}"), shop.get("/users/999"), shop.client.get("/api/nothing"), shop.client.get("/api/docs")):
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert answered.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answered.headers
