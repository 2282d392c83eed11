"""The same request many times at once happens once, and everybody hears the same."""

import threading
from collections import Counter

from rewards.kit import sql
from tests.api.conftest import Shop

AT_ONCE = 20


def all_at_once(shop, path, body, key):
    """What each of them is answered; every one has a client of its own."""
    barrier, answers = threading.Barrier(AT_ONCE), []

    def call():
        caller = Shop(shop.client.application.test_client(), shop.service_id, shop.key)
        barrier.wait()
        answered = caller.post(path, body, key=key)
        answers.append((answered.status_code, answered.data))

    threads = [threading.Thread(target=call) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def count(database, question):
    with database.read():
        return sql.value(question)


def test_one_event_is_paid_once_and_answered_the_same_to_all(database, shop, cast):
    event = {"user": cast.ada, "action": "logged", "object_type": "workout"}
    answers = all_at_once(shop, "/events", event, "k")
    assert list(answers.values()) == [AT_ONCE]
    assert next(iter(answers))[0] == 201
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == 20
    assert count(database, "SELECT count(*) FROM events") == 1


def test_points_are_given_once_and_spent_once(database, shop, cast):
    for verb, status, balance in (("earn", 201, 50), ("spend", 201, 0), ("spend", 409, 0)):
        answers = all_at_once(shop, f"/users/{cast.ada}/points/{verb}", {"points": 50, "reason": "x"}, f"{verb} {status}")
        assert list(answers.values()) == [AT_ONCE]
        assert next(iter(answers))[0] == status
        assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == balance
    assert count(database, "SELECT count(*) FROM transfers") == 2


def test_one_person_is_added_once(database, shop):
    eve = {"email": "eve@example.com", "name": "Eve", "timezone": "UTC"}
    answers = all_at_once(shop, "/users", eve, "k")
    assert list(answers.values()) == [AT_ONCE]
    assert count(database, "SELECT count(*) FROM users WHERE email = 'eve@example.com'") == 1


def test_without_a_key_one_of_many_spenders_gets_the_last_points(shop, cast):
    shop.post(f"/users/{cast.ada}/points/earn", {"points": 50, "reason": "x"})
    answers = all_at_once(shop, f"/users/{cast.ada}/points/spend", {"points": 50, "reason": "x"}, None)
    assert Counter(status for status, _ in answers.elements()) == {201: 1, 409: AT_ONCE - 1}
    assert shop.get(f"/users/{cast.ada}/points").get_json()["points"] == 0
