"""A coach sees how their own clients are getting on, and nobody else's."""

from datetime import timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.insights.coaching import Standing, Standings, Stats, standing_of, standings_of, stats_of, tracker_of
from rewards.kit.database import db
from rewards.ledger.models import XP
from rewards.people.changing import disable_user
from rewards.people.models import Role
from rewards.people.queries import resolve_user
from tests.cast import user
from tests.programmes import NOON, define, did, play, workout

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def clients(cast):
    """Ada was about today, Ben five days ago, Cay eight days ago; Dan joined yesterday, Eli long ago, and neither did anything."""
    define(activities=[workout()])
    with db.write():
        ids = {name: user(name, Role.CLIENT, coach_id=cast.bo) for name in ("ben", "cay", "eli")}
        ids["dan"] = user("dan", Role.CLIENT, coach_id=cast.bo, joined_on=TODAY - DAY)
    play(did(cast.ada), did(ids["ben"], at=NOON - 5 * DAY), did(ids["cay"], at=NOON - 8 * DAY), did(cast.cy))
    return ids | {"ada": cast.ada}


def standings(cast, who="bo"):
    with db.read():
        return standings_of(resolve_user(str(getattr(cast, who))), TODAY)


def test_a_client_is_on_track_quiet_or_in_need_of_attention(cast, clients):
    assert standings(cast) == Standings(on_track=2, quiet=1, attention=2)
    assert standings(cast).clients == 5


def test_everybody_counts_those_they_look_after(cast, clients):
    assert standings(cast, "dee").clients == 6
    assert standings(cast, "ada").clients == standings(cast, "cy").clients == 0


def test_who_is_switched_off_needs_no_attention(cast, clients):
    with db.write():
        disable_user(user_id=clients["eli"])
    assert standings(cast).attention == 1


def test_what_a_coach_books_is_no_activity_of_the_clients(cast, clients):
    with db.write():
        adjust(user_id=clients["cay"], asset=XP, amount=5, reason="a gift", actor_id=cast.bo)
    assert standings(cast).attention == 2
    with db.read():
        days = [square for week in tracker_of(clients["cay"], TODAY) for square in week]
    assert [square.xp for square in days if square.xp] == [20]


@pytest.mark.parametrize(
    ("days", "standing"), [(0, "on_track"), (2, "on_track"), (3, "quiet"), (6, "quiet"), (7, "attention"), (90, "attention")]
)
def test_the_edges_of_each_standing(days, standing):
    assert standing_of(TODAY - days * DAY, TODAY - 300 * DAY, TODAY) == Standing(standing)
    assert standing_of(None, TODAY - days * DAY, TODAY) == Standing(standing)


def test_thirty_days_stand_against_the_thirty_before(cast, clients):
    play(*(did(cast.ada, at=NOON - ago * DAY) for ago in (29, 30, 59, 60)), did(clients["ben"], at=NOON - 31 * DAY))
    with db.read():
        recent, before = stats_of(resolve_user(str(cast.bo)), TODAY)
        assert recent == Stats(active=3, events=4, xp=80, points=80)
        assert before == Stats(active=2, events=3, xp=60, points=60)
        assert stats_of(resolve_user(str(cast.dee)), TODAY)[0].active == 4
        assert stats_of(resolve_user(str(cast.ada)), TODAY) == (Stats(), Stats())


def test_the_tracker_has_twelve_weeks_and_ends_with_this_one(cast, clients):
    with db.read():
        weeks = tracker_of(cast.ada, TODAY)
    assert [len(week) for week in weeks] == [7] * 12
    assert all(week[0].day.weekday() == 0 for week in weeks)
    squares = [square for week in weeks for square in week]
    assert [square.day for square in squares if square.events] == [TODAY]
    assert [square.is_ahead for square in weeks[-1]] == [False] * 3 + [True] * 4
