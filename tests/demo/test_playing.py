"""The demonstration is made by the engine, the same every time, and never in the way of a real desk."""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.demo import playing
from rewards.demo.backstage import Backstage
from rewards.demo.days import deeds_of
from rewards.demo.inviting import COMERS
from rewards.demo.opening import demo_password
from rewards.demo.people import CLIENTS
from rewards.demo.playing import play_story
from rewards.demo.shopping import VISITS
from rewards.kit import clock, sql
from rewards.people.joining import add_user
from rewards.people.passwords import check_password, is_password
from rewards.people.queries import user_by_email
from rewards.programme.kits import load_starting_kits
from rewards.programme.verifying import verify
from tests.cast import gather

EVENTS = "SELECT id, idempotency_key, result FROM events ORDER BY id"
WAITLIST = "SELECT (SELECT count(*) FROM subscribers), (SELECT sum(visits) FROM visits), (SELECT count(*) FROM campaign_events),"
WAITLIST += " (SELECT count(delivered_at) FROM subscriber_rewards)"
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def play(database, clock):
    def play_at(moment, secret="the secret of this installation"):
        with clock.frozen_at(moment):
            return play_story(secret=secret, day_done=lambda day: None)

    with database.write():
        load_starting_kits()
    return play_at


@pytest.fixture
def without_list(monkeypatch):
    """The story without its waitlist, where something else is looked at: it is a fifth of the work."""
    monkeypatch.setattr(playing, "wait_in_line", lambda number: None)


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
    assert Counter(found(database, "SELECT outcome FROM questions")) == {(None,): 2, ("explained",): 1}
    assert {state for (state,) in found(database, "SELECT DISTINCT status FROM redemptions")} == {
        *("pending", "fulfilled", "rejected", "cancelled", "expired")
    }
    assert len(found(database, "SELECT id FROM redemptions")) == len(VISITS)
    assert found(database, "SELECT stock FROM rewards WHERE key = 'protein_box'") == [(1,)]
    assert len(found(database, "SELECT id FROM rewards WHERE coach_id IS NOT NULL")) == 2
    assert len(found(database, "SELECT DISTINCT circle_id FROM memberships WHERE left_at IS NULL")) == 2
    assert found(database, "SELECT DISTINCT shows FROM memberships ORDER BY shows") == [(0,), (1,)]
    # A client brings others too, and two of those who joined may be somebody who is there already.
    assert found(database, "SELECT count(*), count(user_id) FROM subscribers") == [(len(COMERS) + 1, 1)]
    assert Counter(found(database, "SELECT decided_at FROM fraud_flags")) == {(None,): 2}
    assert {state for (state,) in found(database, "SELECT state FROM referrals")} == {"confirmed", "waiting", "held"}
    assert len(found(database, "SELECT DISTINCT source FROM visits")) == 4
    assert found(database, "SELECT status FROM campaigns") == [("live",)]
    assert {status for (status,) in found(database, "SELECT status FROM subscriber_rewards")} == {"earned", "delivered"}
    # Nothing of it lies in the future, and the clock runs on afterwards.
    assert found(database, "SELECT max(occurred_at) FROM events")[0][0] <= "2026-06-15T12:00:00.000000Z"
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    with database.read():
        assert verify() == []
        nadia = user_by_email("nadia@laurel.example")
    assert nadia
    assert played.password
    assert is_password(nadia.password_hash, played.password)


def test_members_cheer_for_what_the_others_show(database, play, without_list, wired):
    play(NOON)
    own = "SELECT 1 FROM cheers c JOIN feed_items f ON f.id = c.item_id WHERE f.user_id = c.user_id"
    assert len(found(database, "SELECT item_id FROM cheers LIMIT 100")) == 100
    assert found(database, own) == []


def test_playing_again_adds_nothing_and_a_day_later_only_that_day(database, play):
    play(NOON)
    before, waiting = (found(database, question) for question in (EVENTS, WAITLIST))
    again = play(NOON, secret="a secret that was replaced")
    assert (again.people_added, again.events_added) == (0, 0)
    assert again.password is None
    assert [found(database, question) for question in (EVENTS, WAITLIST)] == [before, waiting]
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


def test_whoever_administers_already_goes_on_alone_and_the_programme_s_history_in_its_order(database, play, without_list):
    with database.write():
        add_user(email="dee@example.com", name="Dee", role="admin", timezone="UTC", joined_on=NOON.date())
    played = play(clock.now())
    assert (played.people_added, played.has_admin) == (14, False)
    assert played.password
    assert found(database, "SELECT email FROM users WHERE role = 'admin'") == [("dee@example.com",)]
    moments = [at for (at,) in found(database, "SELECT created_at FROM programme_versions ORDER BY id")]
    assert moments == sorted(moments)
    with database.read():
        assert verify() == []


def test_in_its_own_thread_it_is_another_time_for_the_story_alone(database, play, without_list):
    scenes = Backstage()
    assert scenes.scene("a secret") is None
    with database.write():
        add_user(email="dee@example.com", name="Dee", role="admin", timezone="UTC", joined_on=NOON.date())
    scenes.play("a secret")
    while scenes.is_playing:
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
        # Asking without a pause would keep the story from going on.
        time.sleep(0.05)
    scene = scenes.scene("a secret")
    assert scene
    assert (scene.is_over, scene.password) == (True, demo_password("a secret"))
    with database.read():
        assert verify() == []


def test_a_story_that_was_cut_off_goes_on_where_it_was(database, play, monkeypatch, without_list):
    whole = playing._play

    def play_part(number, day):
        if number == 5:
            raise RuntimeError("the process ends here")
        return whole(number, day)

    monkeypatch.setattr(playing, "_play", play_part)
    scenes = Backstage()
    scenes.play("a secret")
    scenes.wait(60)
    scene = scenes.scene("a secret")
    assert scene
    assert (scene.is_over, scene.days_played, scene.days) == (False, 5, 90)
    monkeypatch.setattr(playing, "_play", whole)
    scenes.play("a secret")
    scenes.wait(60)
    scene = scenes.scene("a secret")
    assert scene
    assert scene.is_over
    with database.read():
        assert verify() == []
