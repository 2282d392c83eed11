"""The ladder: a level follows total XP and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder, missteps

NAMES = {"Bronze": 0, "Silver": 500, "Gold": 2000, "Platinum": 5000}
LEVELS = [LevelDocument(number=number, name=name, xp_required=xp) for number, (name, xp) in enumerate(NAMES.items(), 1)]


@pytest.mark.parametrize(
    ("xp", "name"),
    [
        (0, "Bronze"),
        (499, "Bronze"),
        (500, "Silver"),
        (1999, "Silver"),
        (2000, "Gold"),
        (4999, "Gold"),
        (5000, "Platinum"),
        (10**15, "Platinum"),
    ],
)
def test_a_level_begins_exactly_at_its_xp(xp, name):
    assert Ladder(LEVELS).level_for(xp).name == name


def test_the_order_of_writing_does_not_matter():
    assert Ladder(reversed(LEVELS)).levels == LEVELS


def test_the_next_level_is_the_one_above():
    ladder = Ladder(LEVELS)
    assert [level and level.name for level in map(ladder.next_after, [1, 2, 3, 4, 99])] == ["Silver", "Gold", "Platinum", None, None]


def test_without_levels_everybody_stands_on_the_first():
    ladder = Ladder([])
    assert (ladder.level_for(0).number, ladder.level_for(10**9).number, ladder.next_after(1)) == (1, 1, None)


def test_a_ladder_rises_from_level_one_at_nothing():
    assert missteps(LEVELS) == {}
    assert missteps(LEVELS[1:]) == {2: "the ladder must begin with level 1 at 0 XP"}
    assert list(missteps([*LEVELS, LevelDocument(number=5, name="Tin", xp_required=5000)])) == [5]


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=20, unique=True), st.integers(0, 10**15))
def test_the_level_is_the_highest_one_that_is_reached(thresholds, xp):
    levels = [LevelDocument(number=number, name=str(number), xp_required=at) for number, at in enumerate([0, *sorted(thresholds)], 1)]
    ladder = Ladder(levels)
    found = ladder.level_for(xp)
    above = ladder.next_after(found.number)
    assert found.xp_required <= xp
    assert above is None or xp < above.xp_required


def test_a_row_of_a_level_table_is_the_same_level():
    assert read_part(LevelDocument, {"name": "Silver", "level_number": 2, "xp_required": 500}) == LEVELS[1]


def test_a_level_may_carry_a_multiplier_an_icon_and_perks():
    level = read_part(
        LevelDocument, {"number": 2, "name": "Silver", "xp_required": 500, "multiplier": 1.1, "icon": "star", "perks": "A call"}
    )
    assert (level.multiplier, level.icon, level.perks) == (Decimal("1.1"), "star", ["A call"])


@pytest.mark.parametrize("wrong", [{"number": 0}, {"xp_required": -1}, {"name": ""}, {"multiplier": 0}], ids=str)
def test_a_level_that_cannot_be_is_refused(wrong):
    with pytest.raises(Invalid, match=next(iter(wrong))):
        read_part(LevelDocument, {"number": 2, "name": "Silver", "xp_required": 500} | wrong)
