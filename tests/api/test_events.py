"""Events that other systems tell: paid once for their key, for ever, and answered the same."""

import pytest

from rewards.activities.documents import ActivityDocument
from rewards.earning.queueing import run_queue
from rewards.kit import sql
from rewards.people.models import User
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from tests.api.conftest import make_app, open_shop
from tests.api.test_entrance import is_problem


@pytest.fixture
def workout(cast):
    return {"user": cast.ada, "action": "logged", "object_type": "workout"}


def same(first, second):
    return (first.status_code, first.content_type, first.data) == (second.status_code, second.content_type, second.data)


def points(shop, who):
    return shop.get(f"/users/{who}/points").get_json()["points"]


def counted(database, table):
    with database.read():
        return sql.value(f"SELECT count(*) FROM {table}")


def test_an_event_is_answered_with_what_it_earned(shop, cast, workout):
    answered = shop.post("/events", workout)
    told = answered.get_json()
    assert answered.status_code == 201
    assert told | {"event_id": 0, "unlocked": [], "bonuses": []} == {
        "event_id": 0,
        "state": "processed",
        "awards": {"xp": 20, "points": 20, "money": []},
        "points_awarded": 20,
        "capped": False,
        "reason": None,
        "opens_at": None,
        "bonuses": [],
        "unlocked": [],
        "level": {"number": 1, "name": "Bronze"},
    }
    assert points(shop, cast.ada) == 20 + sum(bonus["points"] for bonus in told["bonuses"])


def test_the_same_key_and_body_get_the_same_answer_and_pay_once(shop, cast, workout):
    first = shop.post("/events", workout, key="k")
    again = shop.post("/events", workout, key="k")
    assert first.status_code == 201
    assert same(first, again)
    assert points(shop, cast.ada) == 20


def test_a_person_may_be_named_in_three_ways_and_it_is_the_same_event(database, shop, cast, workout):
    with database.write() as session:
        session.get(User, cast.ada).external_id = "a/b c"
    answers = [shop.post("/events", workout | {"user": who}, key="k") for who in (cast.ada, str(cast.ada), "ext:a/b c")]
    assert answers[0].status_code == 201
    assert same(answers[0], answers[1])
    assert same(answers[0], answers[2])


@pytest.mark.parametrize(
    "change", [{"action": "deleted"}, {"metadata": {"kg": 5}}, {"occurred_at": "2026-01-02T03:04:05Z"}, {"activity": "quiz_completed"}]
)
def test_the_same_key_with_another_body_is_refused(shop, cast, workout, change):
    first = shop.post("/events", workout, key="k")
    refused = shop.post("/events", workout | change, key="k")
    assert is_problem(refused, 422)
    assert refused.get_json()["errors"][0]["field"] == "idempotency_key"
    assert same(first, shop.post("/events", workout, key="k"))
    assert points(shop, cast.ada) == 20


def test_another_service_has_its_own_keys(database, app, shop, cast, workout):
    other = open_shop(database, app)
    assert shop.post("/events", workout, key="k").get_json()["event_id"] != other.post("/events", workout, key="k").get_json()["event_id"]
    assert points(shop, cast.ada) == 40


def test_the_answer_is_the_same_after_a_restart(database, database_url, tmp_path, shop, workout):
    first = shop.post("/events", workout, key="k")
    database.close()
    database.open(database_url)
    shop.client = make_app(database_url, tmp_path).test_client()
    assert same(first, shop.post("/events", workout, key="k"))


def test_a_refusal_stays_though_its_reason_goes(database, shop, workout):
    allow(database, ["client"])
    first = shop.post("/events", workout, key="k")
    assert is_problem(first, 409)
    assert first.get_json()["reason"] == "not_allowed_to_record"
    allow(database, ["client", "service"])
    assert same(first, shop.post("/events", workout, key="k"))
    assert is_problem(shop.post("/events", workout | {"action": "deleted"}, key="k"), 422)
    batched = shop.post("/events/batch", {"events": [workout | {"idempotency_key": "k"}]}).get_json()["results"][0]
    assert (batched["outcome"], batched["problem"]) == ("refused", first.get_json())
    assert shop.post("/events", workout, key="another").status_code == 201


def allow(database, recorders):
    with database.write():
        activity = ActivityDocument(
            key="workout_logged", name="Workout logged", category="creation", xp=20, points=20, recorded_by=recorders
        )
        change_programme(document=ProgrammeDocument(activities=[activity]), actor_id=None, note="a test")


def test_what_is_not_understood_is_not_kept_and_may_be_mended_under_its_key(shop, cast, workout):
    assert is_problem(shop.post("/events", workout | {"user": 999}, key="k"), 404)
    assert is_problem(shop.post("/events", workout | {"action": "?"}, key="k"), 422)
    assert shop.post("/events", workout, key="k").status_code == 201
    assert points(shop, cast.ada) == 20


def test_who_does_not_wait_is_told_that_it_is_queued_for_ever(shop, cast, workout):
    first = shop.post("/events", workout, key="k", Prefer="respond-async, wait=1")
    assert (first.status_code, first.get_json()["state"]) == (202, "queued")
    assert points(shop, cast.ada) == 0
    run_queue()
    assert points(shop, cast.ada) == 20
    assert same(first, shop.post("/events", workout, key="k", Prefer="respond-async"))
    assert same(first, shop.post("/events", workout, key="k"))
    assert points(shop, cast.ada) == 20


def test_an_event_is_shown_with_its_awards_and_how_they_were_decided(database, app, shop, cast, workout):
    event_id = shop.post("/events", workout | {"metadata": {"kg": 1.5}}, key="secret").get_json()["event_id"]
    shown = shop.get(f"/events/{event_id}").get_json()
    assert shown | workout | {"user_id": cast.ada, "metadata": {"kg": 1.5}, "activity": "workout_logged"} == shown | workout
    assert (shown["state"], shown["points_awarded"], shown["idempotency_key"]) == ("processed", 20, "secret")
    assert shown["trace"]["version"] == 1
    assert open_shop(database, app).get(f"/events/{event_id}").get_json()["idempotency_key"] is None


def test_a_batch_is_taken_event_by_event_and_the_queue_pays_it(shop, cast, workout):
    shop.post("/events", workout, key="before")
    events = [
        workout | {"idempotency_key": "a"},
        workout | {"idempotency_key": "before"},
        workout | {"idempotency_key": "a"},
        workout | {"idempotency_key": "a", "action": "deleted"},
        workout | {"idempotency_key": "b", "user": 999},
        workout | {"idempotency_key": "c", "action": 7},
        workout,
        "no event at all",
        workout | {"idempotency_key": "d"},
    ]
    answered = shop.post("/events/batch", {"events": events})
    told = answered.get_json()
    assert answered.status_code == 202
    assert (told["accepted"], told["duplicates"], told["refused"]) == (2, 2, 5)
    assert [result["outcome"] for result in told["results"]] == ["accepted", "duplicate", "duplicate", *["refused"] * 5, "accepted"]
    assert [result["problem"]["status"] for result in told["results"] if "problem" in result] == [422, 404, 422, 422, 422]
    assert told["results"][1]["state"] == "processed"
    run_queue()
    assert points(shop, cast.ada) == 60
    again = shop.post("/events/batch", {"events": events}).get_json()
    assert (again["accepted"], again["duplicates"], again["refused"]) == (0, 4, 5)
    assert [result.get("event_id") for result in again["results"]] == [result.get("event_id") for result in told["results"]]
    run_queue()
    assert points(shop, cast.ada) == 60


def test_a_batch_with_a_key_of_its_own_is_answered_again(shop, workout):
    batch = {"events": [workout | {"idempotency_key": "a"}]}
    first = shop.post("/events/batch", batch, key="batch")
    assert same(first, shop.post("/events/batch", batch, key="batch"))
    assert is_problem(shop.post("/events/batch", {"events": []}, key="batch"), 422)


@pytest.mark.parametrize("event", ["1e400", '"\\ud800"', "[" * 400 + "]" * 400, '{"idempotency_key": "\\ud800", "\\udfff": 1}'])
def test_a_batch_with_a_key_may_hold_an_event_that_cannot_be_spelled(shop, event):
    first = shop.post("/events/batch", f'{{"events": [{event}]}}', key="batch")
    assert (first.status_code, first.get_json()["refused"]) == (202, 1)
    assert same(first, shop.post("/events/batch", f'{{"events": [{event}]}}', key="batch"))
    assert is_problem(shop.post("/events/batch", f'{{"events": [{event}, 1]}}', key="batch"), 422)


def test_a_batch_takes_a_thousand_events_and_no_more(database, shop, workout):
    events = [workout | {"idempotency_key": str(number)} for number in range(1001)]
    assert is_problem(shop.post("/events/batch", {"events": events}), 422)
    assert counted(database, "events") == 0
    assert shop.post("/events/batch", {"events": events[:1000]}).get_json()["accepted"] == 1000
    assert shop.post("/events/batch", {"events": []}).get_json() == {"accepted": 0, "duplicates": 0, "refused": 0, "results": []}


def test_an_event_of_somebody_who_is_switched_off_is_refused(database, shop, cast, workout):
    with database.write() as session:
        session.get(User, cast.ada).status = "disabled"
    refused = shop.post("/events", workout)
    assert is_problem(refused, 409)
    assert refused.get_json()["reason"] == "disabled"
