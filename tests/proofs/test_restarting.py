"""Same key, same answer: before and after the server has gone and come back, however it went, and whatever has changed meanwhile."""

from typing import Any

from tests.programmes import define, workout
from tests.proofs.house import House
from tests.proofs.server import Server, Told

QUIZ = {"key": "quiz_completed", "category": "learning", "xp": 3, "points": 3, "max_per_day": 1}
WEIGHED = {"key": "weight_measured", "category": "creation", "xp": 1, "points": 1, "recorded_by": ["coach"]}
AT = "2026-03-04T12:00:00Z"


def requests(person: int) -> dict[str, tuple[str, Any, dict[str, str]]]:
    """By key: where it goes, what it says, and its headers."""

    def told(activity: str) -> dict[str, Any]:
        object_type, _, action = activity.rpartition("_")
        return {"user": str(person), "action": action, "object_type": object_type, "occurred_at": AT}

    batch = {"events": [told("workout_logged") | {"idempotency_key": f"in the batch {number}"} for number in range(3)]}
    points = f"/users/{person}/points"
    return {
        "paid": ("/events", told("workout_logged"), {}),
        "paid, and the only one today": ("/events", told("quiz_completed"), {}),
        "capped": ("/events", told("quiz_completed"), {}),
        "later": ("/events", told("workout_logged"), {"Prefer": "respond-async"}),
        "not allowed": ("/events", told("weight_measured"), {}),
        "batch": ("/events/batch", batch, {}),
        "earned": (f"{points}/earn", {"points": 7, "reason": "a test"}, {}),
        "spent": (f"{points}/spend", {"points": 5, "reason": "a test"}, {}),
        "too dear": (f"{points}/spend", {"points": 1_000, "reason": "a test"}, {}),
    }


def ask(house: House, server: Server, person: int) -> dict[str, Told]:
    with server.line(house.shop) as line:
        return {key: line.post(path, body, key, **headers) for key, (path, body, headers) in requests(person).items()}


def test_a_key_is_answered_the_same_after_the_server_was_stopped_and_after_it_was_killed(furnished):
    house = furnished(activities=[workout(), QUIZ, WEIGHED])
    [person] = house.settle_people(1)
    server = house.serve()
    first = ask(house, server, person)
    assert [told.status for told in first.values()] == [201, 201, 201, 202, 409, 202, 201, 201, 409]
    assert first["capped"].members["capped"]

    server.stop()
    # What was refused would be allowed now, and what was paid would be worth something else.
    define_anew(house)
    server.start()
    assert ask(house, server, person) == first
    with server.line(house.shop) as line:
        line.post(f"/users/{person}/points/earn", {"points": 5_000, "reason": "a test"}, "rich now")
        assert line.post("/events", requests(person)["paid"][1] | {"occurred_at": None}, "paid").status == 422
        assert line.post("/events", requests(person)["capped"][1] | {"action": "begun"}, "not allowed").status == 422

    server.kill()
    server.start()
    assert ask(house, server, person) == first
    server.stop()
    house.empty_the_queue()
    assert house.balances(person) == {"xp": 20 + 3 + 20 + 3 * 20, "points": 20 + 3 + 20 + 3 * 20 + 7 - 5 + 5_000}
    assert house.differences() == []


def define_anew(house: House) -> None:
    with house.inside():
        define(activities=[workout(xp=500, points=500), QUIZ | {"max_per_day": 9}, WEIGHED | {"recorded_by": ["coach", "service"]}])
