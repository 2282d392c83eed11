"""A coach makes, changes and takes away achievements of their own, and nobody else's."""

from collections.abc import Callable

import pytest

from rewards.achievements.documents import AchievementDocument
from rewards.earning.granting import award_achievement
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, NotFound, Refused
from rewards.people.models import User
from rewards.people.queries import user_by_id
from rewards.programme.owning import add_achievement, change_achievement, remove_achievement
from tests.cast import Cast
from tests.programmes import define


def manual(key: str = "first_race", **members: object) -> AchievementDocument:
    return AchievementDocument.model_validate({"key": key, "name": "First race", "type": "manual", **members})


def somebody(user_id: int) -> User:
    with db.read():
        found = user_by_id(user_id)
    assert found
    return found


def made(achievement: AchievementDocument, actor: User) -> AchievementDocument:
    with db.write():
        return add_achievement(achievement=achievement, actor=actor)


def known() -> dict[str, AchievementDocument]:
    with db.read():
        return {one.key: one.document for one in programme_in_force().achievements}


def test_what_a_coach_makes_is_theirs_whatever_it_says(cast: Cast) -> None:
    one = made(manual(coach_id=cast.dee), somebody(cast.bo))
    assert known()[one.key].coach_id == cast.bo


def test_two_of_one_name_are_two(cast: Cast) -> None:
    keys = [made(manual(), somebody(cast.bo)).key for _ in range(3)]
    assert keys == ["first_race", "first_race_2", "first_race_3"]
    assert set(keys) <= set(known())


def test_the_longest_key_still_finds_a_free_one(cast: Cast) -> None:
    assert [len(made(manual("x" * 64), somebody(cast.bo)).key) for _ in range(11)] == [64] * 11


def change(actor: User) -> None:
    change_achievement(achievement=manual(), actor=actor)


def remove(actor: User) -> None:
    remove_achievement(key="first_race", actor=actor)


@pytest.mark.parametrize("actor", ["bo", "ada"])
@pytest.mark.parametrize("verb", [change, remove])
def test_what_is_everybodys_is_for_admins(cast: Cast, actor: str, verb: Callable[[User], None]) -> None:
    define(achievements=[{"key": "first_race", "type": "manual"}])
    person = somebody(getattr(cast, actor))
    with pytest.raises(NotFound), db.write():
        verb(person)
    with db.write():
        verb(somebody(cast.dee))


def test_a_change_leaves_it_whose_it_is(cast: Cast) -> None:
    made(manual(), somebody(cast.bo))
    with db.write():
        change_achievement(achievement=manual(description="Any distance.", coach_id=cast.dee), actor=somebody(cast.dee))
    assert (known()["first_race"].description, known()["first_race"].coach_id) == ("Any distance.", cast.bo)


def test_a_client_makes_none(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        made(manual(), somebody(cast.ada))


def test_what_somebody_has_is_not_taken_away(cast: Cast) -> None:
    bo = somebody(cast.bo)
    made(manual(), bo)
    with db.write():
        award_achievement(user_id=cast.ada, achievement="first_race", awarded_by=cast.bo)
    with pytest.raises(Refused, match="Switch it off instead"), db.write():
        remove_achievement(key="first_race", actor=bo)
    assert "first_race" in known()


def test_what_a_rule_gives_is_not_taken_away(cast: Cast) -> None:
    define(achievements=[{"key": "first_race", "type": "manual"}])
    define(
        rules=[{"key": "race", "pattern": {"activity": "race_run"}, "outcome": {"type": "unlock_achievement", "achievement": "first_race"}}]
    )
    with pytest.raises(Refused, match="The rule race gives"), db.write():
        remove_achievement(key="first_race", actor=somebody(cast.dee))


def test_what_was_taken_away_is_not_there_and_its_key_is_not_used_again(cast: Cast) -> None:
    bo = somebody(cast.bo)
    made(manual(), bo)
    with db.write():
        remove_achievement(key="first_race", actor=bo)
    assert known() == {}
    for verb in (change, remove):
        with pytest.raises(NotFound), db.write():
            verb(bo)
    assert made(manual(), bo).key == "first_race_2"
