"""The feed: written with what it tells of, in the same transaction, and without what was undone."""

from datetime import timedelta

import pytest

from rewards.circles.models import ItemKind
from rewards.earning.facts import LevelReached
from rewards.earning.granting import award_achievement
from rewards.earning.undoing import undo_event
from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.database import db
from tests.circles.conftest import told
from tests.programmes import NOON, define, did, play


def test_what_members_do_and_reach_is_told(company):
    company.make("ada", "ben")
    ada = company.id("ada")
    play(did(ada))
    clock.set_to(NOON + timedelta(minutes=5))
    play(did(ada, at=clock.now()), did(ada, at=clock.now()))
    feed = company.feed("ada")
    assert [(item.kind, item.xp) for item in feed] == [
        (ItemKind.EVENT, 20),
        (ItemKind.EVENT, 20),
        (ItemKind.ACHIEVEMENT, 0),
        (ItemKind.LEVEL, 0),
        (ItemKind.EVENT, 20),
    ]
    assert [one for _, one in told(feed)] == ["workout_logged", "workout_logged", "two", "Silver", "workout_logged"]
    assert {item.person for item in feed} == {"Ada"}


def test_what_is_given_by_hand_is_told(company):
    company.make("ada")
    with db.write():
        award_achievement(user_id=company.person("ada").id, achievement="kindness", awarded_by=company.person("bo").id)
    assert told(company.feed("ada")) == [("Ada", "kindness")]


def test_what_brought_no_xp_is_not_told(company):
    company.make("ada")
    play(did(company.id("ada"), "song_sung"))
    assert company.feed("ada") == []


def test_when_somebody_signs_in_is_not_told(company):
    define(activities=[{"key": "daily_login", "category": "participation", "xp": 5}])
    company.make("ada")
    play(did(company.id("ada"), "daily_login"))
    assert company.standing("ada").xp == 5
    assert company.feed("ada") == []


def test_of_people_in_no_circle_nothing_is_written(company, questions_of):
    ida = company.id("ida")
    # All that can be reached.
    play(did(ida), did(ida), did(ida))
    asked = questions_of(lambda: play(*[did(ida) for _ in range(20)]))
    assert len([one for one in asked if "memberships" in one]) == 1
    assert not [one for one in asked if "feed_items" in one]


def test_what_happened_before_somebody_joined_is_told_to_nobody(company):
    ada = company.id("ada")
    # All that can be reached.
    play(did(ada), did(ada), did(ada))
    circle_id = company.make("ada", "ben")
    play(did(ada, at=NOON - timedelta(hours=1)))
    assert company.feed("ada") == []
    play(did(ada, at=NOON))
    company.fill(circle_id, "ben")
    clock.set_to(NOON + timedelta(hours=1))
    company.fill(circle_id, "ben", "ada")
    assert company.feed("ada") == []


def test_who_has_left_is_told_of_no_more(company):
    circle_id = company.make("ada", "ben")
    company.show("ada", "ben")
    play(did(company.id("ada")))
    assert len(company.feed("ben")) == 1
    company.fill(circle_id, "ben")
    assert company.feed("ben") == []


def test_what_is_undone_vanishes_with_its_cheers(company):
    company.make("ada", "ben")
    company.show("ada", "ben")
    ada = company.id("ada")
    play(did(ada), did(ada))
    [last] = play(did(ada))
    play(did(company.id("ben")))
    for item in company.feed("ben"):
        if not item.is_mine:
            company.cheer("ben", item.id)
    assert ("Ada", "Silver") in told(company.feed("ben"))
    with db.write():
        undo_event(event_id=last["event_id"], actor=company.person("bo"), reason="a mistake")
    # The level went with the event that reached it.
    assert sorted(told(company.feed("ben"))) == [
        ("Ada", "two"),
        ("Ada", "workout_logged"),
        ("Ada", "workout_logged"),
        ("Ben", "workout_logged"),
    ]
    with db.read():
        assert sql.value("SELECT count(*) FROM cheers") == 3


def test_an_achievement_that_is_withdrawn_vanishes(company):
    company.make("ada")
    ada = company.id("ada")
    play(did(ada))
    [second] = play(did(ada))
    assert ("Ada", "two") in told(company.feed("ada"))
    with db.write():
        undo_event(event_id=second["event_id"], actor=company.person("bo"), reason="a mistake")
    assert told(company.feed("ada")) == [("Ada", "workout_logged")]


def test_a_level_that_is_reached_again_after_an_undo_is_told_again(company):
    company.make("ada")
    ada = company.id("ada")
    *_, last = play(did(ada), did(ada), did(ada))
    with db.write():
        undo_event(event_id=last["event_id"], actor=company.person("bo"), reason="a mistake")
    play(did(ada))
    assert told(company.feed("ada")).count(("Ada", "Silver")) == 1
    # The first one to reach it stays undone; what came since stands.
    [other] = play(did(ada))
    with db.write():
        undo_event(event_id=other["event_id"], actor=company.person("bo"), reason="a mistake")
    assert told(company.feed("ada")).count(("Ada", "Silver")) == 1


def test_what_is_told_twice_is_one_item(company):
    company.make("ada")
    ada = company.id("ada")
    play(did(ada), did(ada), did(ada))
    with db.write():
        announce([LevelReached(ada, 2, "Silver")])
    assert told(company.feed("ada")).count(("Ada", "Silver")) == 1


def test_the_feed_is_written_with_what_it_tells_or_not_at_all(company):
    company.make("ada")
    ada = company.id("ada")
    fact = LevelReached(ada, 1, "Bronze")

    def fail() -> None:
        with db.write():
            sql.run("INSERT INTO level_reaches (user_id, number, name, reached_at) VALUES (?, 1, 'Bronze', '2026')", (ada,))
            announce([fact])
            assert sql.value("SELECT count(*) FROM feed_items") == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert company.feed("ada") == []
