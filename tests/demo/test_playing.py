"""The demonstration is made by the engine, the same every time, and never in the way of a real desk."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.demo.days import deeds_of
from rewards.demo.opening import demo_password
from rewards.demo.people import CLIENTS
from rewards.demo.playing import play_story
from rewards.kit import clock, sql
from rewards.people.passwords import check_password, is_password
from rewards.people.queries import user_by_email
from rewards.programme.kits import load_starting_kits
from rewards.programme.verifying import verify
from tests.cast import gather

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def play(database, clock):
    def play_at(moment, secret="the secret of this installation"):
        with clock.frozen_at(moment):
            return play_story(secret=secret, day_done=lambda day: None)

    with database.write():
        load_starting_kits()
    return play_at


def found(database, question):
    with database.read():
        return sql.rows(question)


def test_the_story_has_everything_that_is_worth_looking_at(database, play):
    played = play(NOON)
    assert played.people_added == 15
    assert played.events_added > 1000
    roles = Counter(role for (role,) in found(database, "SELECT role FROM users"))
    assert roles == {"admin": 1, "coach": 2, "client": 12}
    assert len(found(database, "SELECT DISTINCT timezone FROM users WHERE role = 'client'")) == 12
    assert {name for (name,) in found(database, "SELECT name FROM level_reaches")} >= {"Silver", "Gold"}
    assert {key for (key,) in found(database, "SELECT DISTINCT object_type FROM events")} >= {"streak_7_day", "streak_30_day", "week"}
    assert len(found(database, "SELECT DISTINCT achievement_id FROM unlocks")) >= 6
    assert found(database, "SELECT 1 FROM unlocks WHERE awarded_by IS NOT NULL")
    assert found(database, "SELECT 1 FROM events WHERE result LIKE '%daily limit of 10 reached%' LIMIT 1")
    assert {state for (state,) in found(database, "SELECT DISTINCT state FROM events")} == {"processed"}
    # Nothing of it lies in the future, and the clock runs on afterwards.
    assert found(database, "SELECT max(occurred_at) FROM events")[0][0] <= "2026-06-15T12:00:00.000000Z"
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    with database.read():
        assert verify() == []
        nadia = user_by_email("nadia@laurel.example")
    assert nadia
    assert played.password
    assert is_password(nadia.password_hash, played.password)


def test_playing_again_adds_nothing_and_a_day_later_only_that_day(database, play):
    play(NOON)
    before = found(database, "SELECT id, idempotency_key, result FROM events ORDER BY id")
    again = play(NOON, secret="a secret that was replaced")
    assert (again.people_added, again.events_added) == (0, 0)
    assert again.password is None
    assert found(database, "SELECT id, idempotency_key, result FROM events ORDER BY id") == before
    later = play(NOON + timedelta(days=1))
    assert 0 < later.events_added < 60
    with database.read():
        assert verify() == []


def test_one_day_of_one_person_is_always_the_same():
    day = date(2026, 3, 7)
    assert [deeds_of(client, day) for client in CLIENTS] == [deeds_of(client, day) for client in CLIENTS]


def test_the_password_differs_from_one_desk_to_the_next_and_is_a_good_one():
    assert demo_password("one secret") != demo_password("another secret")
    for number in range(200):
        check_password(demo_password(f"secret {number}"))


def test_a_desk_with_people_of_its_own_is_left_alone(database, play):
    with database.write():
        gather()
    played = play(NOON)
    assert played.is_left_alone
    assert len(found(database, "SELECT id FROM users")) == 4
