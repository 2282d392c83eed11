"""A coach gathers their own clients; each change is kept in the record."""

from datetime import timedelta

import pytest

from rewards.circles import gathering, overseeing
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound, Refused
from rewards.people.changing import disable_user
from rewards.people.models import User
from tests.programmes import did, play
from tests.racing import race


def test_a_circle_is_where_its_members_are(company):
    company.make("ada", "ben", name="Early birds", goal_xp=700)
    found = company.circle("ada")
    assert (found.name, found.goal_xp, found.shows) == ("Early birds", 700, False)
    assert company.circle("ben").id == found.id
    assert company.circle("ida") is None


def test_what_a_coach_does_is_kept_in_the_record(company):
    circle_id = company.make("ada")
    with db.write():
        gathering.change_circle(circle_id=circle_id, name="Owls", goal_xp=None, actor=company.person("bo"))
        gathering.change_circle(circle_id=circle_id, name="Owls", goal_xp=None, actor=company.person("bo"))
    company.fill(circle_id, "ada")
    company.fill(circle_id, "ben")
    company.end(circle_id)
    with db.read():
        found = [row[0] for row in sql.rows("SELECT action FROM audit_entries WHERE object_kind = 'circle' ORDER BY id")]
    assert found == ["circle_made", "circle_members_changed", "circle_changed", "circle_members_changed", "circle_ended"]


@pytest.mark.parametrize(
    ("name", "goal", "field"),
    [("", 5, "name"), ("x" * 61, 5, "name"), ("a\x00b", 5, "name"), ("Owls", 0, "goal_xp"), ("Owls", -5, "goal_xp")],
)
def test_a_circle_without_a_name_or_with_a_goal_of_nothing_is_refused(company, name, goal, field):
    with pytest.raises(Invalid) as refused, db.write():
        gathering.make_circle(name=name, goal_xp=goal, actor=company.person("bo"))
    assert [problem.field for problem in refused.value.problems] == [field]


def test_only_coaches_make_circles(company):
    for name in ("ada", "dee"):
        with pytest.raises(Forbidden), db.write():
            gathering.make_circle(name="Owls", goal_xp=None, actor=company.person(name))


@pytest.mark.parametrize("stranger", ["cyd", "cy", "eve", "dee", "bo"])
def test_only_own_clients_come_into_a_circle(company, stranger):
    circle_id = company.make("ada")
    with pytest.raises(NotFound):
        company.fill(circle_id, "ada", stranger)
    with pytest.raises(NotFound), db.write():
        gathering.set_members(circle_id=circle_id, user_ids=[10**30], actor=company.person("bo"))
    assert len(company.standing("ada").members) == 1


def test_another_coachs_circle_is_none(company):
    circle_id = company.make("ada")
    eve = {"circle_id": circle_id}
    for verb in (
        lambda actor: gathering.change_circle(**eve, name="Mine", goal_xp=1, actor=actor),
        lambda actor: gathering.set_members(**eve, user_ids=[], actor=actor),
        lambda actor: gathering.end_circle(**eve, actor=actor),
        lambda actor: overseeing.own_circle(actor, circle_id),
    ):
        for name in ("eve", "dee", "ada"):
            with pytest.raises(NotFound), db.write():
                verb(company.person(name))
    with db.read():
        assert overseeing.circles_of(company.person("eve")) == []
        assert overseeing.members_of(company.person("eve"), circle_id) == []


def test_somebody_is_in_one_circle_at_a_time(company):
    first = company.make("ada", "ben", name="Early birds")
    second = company.make(name="Owls")
    with pytest.raises(Refused, match="Ada is in Early birds already") as refused:
        company.fill(second, "ada")
    assert refused.value.code == "in_another_circle"
    company.fill(first, "ben")
    company.fill(second, "ada")
    assert company.circle("ada").id == second


def test_somebody_who_changes_coaches_leaves_the_circle_behind(company):
    company.make("ada", "ben")
    with db.write() as session:
        session.get_one(User, company.person("ada").id).coach_id = company.person("eve").id
    assert company.circle("ada") is None
    assert [one.name for one in company.standing("ben").members] == ["Ben"]
    with db.read():
        assert [one.members for one in overseeing.circles_of(company.person("bo"))] == [1]
    theirs = company.make("ada", coach="eve", name="Owls")
    assert company.circle("ada").id == theirs


def test_who_is_switched_off_is_not_in_it(company):
    company.make("ada", "ben")
    with db.write():
        disable_user(user_id=company.person("ben").id)
    assert [one.name for one in company.standing("ada").members] == ["Ada"]


def test_a_circle_that_has_ended_is_nobodys(company):
    circle_id = company.make("ada", "ben")
    company.end(circle_id)
    assert company.circle("ada") is None
    with pytest.raises(NotFound):
        company.end(circle_id)
    company.make("ada", name="Owls")
    assert company.circle("ada").name == "Owls"


def test_a_circle_is_small(company):
    circle_id = company.make("ada")
    with pytest.raises(Invalid, match="At most 30 people"), db.write():
        gathering.set_members(circle_id=circle_id, user_ids=range(1, 32), actor=company.person("bo"))


def test_two_circles_that_race_for_one_client_leave_them_in_one(company):
    circles = [company.make(name="Early birds"), company.make(name="Owls")]

    def join(circle_id):
        def deed():
            try:
                company.fill(circle_id, "ada")
            except Refused as error:
                return error.code
            return "in"

        return deed

    assert sorted(race(*map(join, circles))) == ["in", "in_another_circle"]


def test_a_coach_sees_what_each_circle_earned_this_week(company):
    circle_id = company.make("ada", "ben", goal_xp=100)
    company.make(name="Owls", goal_xp=None)
    play(did(company.id("ada")), did(company.id("ben")), did(company.id("ida")))
    # Last Sunday is not this week.
    play(did(company.id("ada"), at=clock.now() - timedelta(days=3, hours=1)))
    with db.read():
        bo = company.person("bo")
        assert [(one.name, one.members, one.xp, one.goal_xp) for one in overseeing.circles_of(bo)] == [
            ("Early birds", 2, 40, 100),
            ("Owls", 0, 0, None),
        ]
        assert [(one.name, one.xp) for one in overseeing.members_of(bo, circle_id)] == [("Ada", 20), ("Ben", 20)]
        assert [(one.name, one.circle) for one in overseeing.candidates_for(bo, None, limit=9)] == [
            ("Ada", "Early birds"),
            ("Ben", "Early birds"),
            ("Ida", None),
        ]
        assert [one.name for one in overseeing.candidates_for(bo, circle_id, text="I", limit=9)] == ["Ida"]
