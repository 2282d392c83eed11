"""Where clients stand is counted by the database, and comes out as the ladder itself would tell it."""

from collections import Counter

import pytest

from rewards.earning.granting import adjust
from rewards.insights.climbing import Movement, count_by_level, movement_between
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder
from rewards.people.models import Role
from tests.cast import user

AMOUNTS = (0, 1, 499, 500, 501, 1_999, 2_000, 90_000)


def ladder(*thresholds):
    return Ladder(LevelDocument(number=number, name=f"Level {number}", xp_required=xp) for number, xp in enumerate(thresholds, start=1))


LADDERS = [ladder(), ladder(0, 500), ladder(0, 500, 2_000), ladder(0, 1, 2_000, 5_000, 90_000)]


@pytest.fixture
def clients(database):
    """One with each amount of XP, one without an account; admins do not count."""
    with database.write():
        found = [user(f"client{place}", Role.CLIENT) for place in range(len(AMOUNTS))]
        user("new", Role.CLIENT)
        user("dee", Role.ADMIN)
        for person, xp in zip(found, AMOUNTS, strict=True):
            if xp:
                adjust(user_id=person, asset="xp", amount=xp, reason="a test", actor_id=None)
    return [*AMOUNTS, 0]


@pytest.mark.parametrize("on", LADDERS, ids=lambda on: str(len(on.levels)))
def test_everybody_stands_on_the_level_they_reached(database, clients, on):
    with database.read():
        assert count_by_level(on) == Counter(on.level_for(xp).number for xp in clients)


@pytest.mark.parametrize("after", LADDERS, ids=lambda on: str(len(on.levels)))
def test_another_ladder_moves_whom_it_moves(database, clients, after):
    before = LADDERS[2]
    moves = [after.level_for(xp).number - before.level_for(xp).number for xp in clients]
    with database.read():
        assert movement_between(before, after) == Movement(sum(move > 0 for move in moves), sum(move < 0 for move in moves))
