"""What members see of each other: nothing before it is shown, and every page of it at the same price."""

from datetime import timedelta

import pytest

from rewards.circles import queries
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from tests.circles.conftest import told
from tests.programmes import NOON, did, play


def seen(company, name):
    """Everybody's XP, by name, as one of them sees it."""
    return {one.name: one.xp for one in company.standing(name).members}


def test_nobody_sees_what_a_member_has_not_shown(company):
    company.make("ada", "ben")
    play(did(company.id("ada")))
    assert seen(company, "ben") == {"Ada": None, "Ben": 0}
    assert seen(company, "ada") == {"Ada": 20, "Ben": None}
    assert company.feed("ben") == []
    assert told(company.feed("ada")) == [("Ada", "workout_logged")]
    # It counts to the goal all the same.
    assert company.standing("ben").xp == 20


def test_one_tap_shows_it_and_another_hides_it_again(company):
    company.make("ada", "ben")
    play(did(company.id("ada")))
    company.show("ada")
    assert company.circle("ada").shows
    assert seen(company, "ben") == {"Ada": 20, "Ben": 0}
    assert told(company.feed("ben")) == [("Ada", "workout_logged")]
    company.show("ada", shows=False)
    assert seen(company, "ben")["Ada"] is None
    assert company.feed("ben") == []


def test_who_comes_back_begins_hidden(company):
    circle_id = company.make("ada", "ben")
    company.show("ada")
    company.fill(circle_id, "ben")
    company.fill(circle_id, "ada", "ben")
    assert not company.circle("ada").shows


def test_who_is_in_no_circle_has_nothing_to_show(company):
    with pytest.raises(NotFound):
        company.show("ida")


def test_who_shows_nothing_is_known_by_their_first_name(company):
    company.make("ada", "ben")
    with db.write() as session:
        company.person("ada").name = "Ada Lovelace"
        session.flush()
    assert set(seen(company, "ben")) == {"Ada", "Ben"}
    company.show("ada")
    assert set(seen(company, "ben")) == {"Ada Lovelace", "Ben"}


def test_members_stand_by_their_names_and_a_week_begins_on_monday(company):
    company.make("ida", "ben", "ada")
    company.show("ada")
    play(did(company.id("ada")), did(company.id("ada"), at=NOON - timedelta(days=2)), did(company.id("ada"), at=NOON - timedelta(days=3)))
    standing = company.standing("ben")
    assert [one.name for one in standing.members] == ["Ada", "Ben", "Ida"]
    assert standing.xp == 40
    # Monday in Berlin begins an hour before it does in London.
    clock.set_to(NOON.replace(day=8, hour=23, minute=30))
    assert company.standing("ben").xp == 0
    assert company.circle("ben").week.first.isoformat() == "2026-03-09"


def test_a_cheer_is_given_once_and_can_be_taken_back(company):
    company.make("ada", "ben", "ida")
    company.show("ada")
    play(did(company.id("ada")))
    [item] = company.feed("ben")
    assert (item.cheers, item.is_cheered) == (0, False)
    for name in ("ben", "ben", "ida"):
        company.cheer(name, item.id)
    [item] = company.feed("ben")
    assert (item.cheers, item.is_cheered) == (2, True)
    [item] = company.feed("ada")
    assert (item.cheers, item.is_cheered) == (2, False)
    company.stop("ben", item.id)
    company.stop("ben", item.id)
    assert company.feed("ben")[0].cheers == 1


def test_nobody_cheers_for_themselves(company):
    company.make("ada", "ben")
    play(did(company.id("ada")))
    [item] = company.feed("ada")
    with pytest.raises(Refused, match="The others cheer"):
        company.cheer("ada", item.id)


def test_what_is_not_theirs_to_see_is_not_there(company):
    company.make("ada", "ben")
    company.make("cyd", coach="eve", name="Owls")
    play(did(company.id("ada")))
    [item] = company.feed("ada")
    for name in ("ben", "cyd", "ida"):
        for verb in (company.cheer, company.stop):
            with pytest.raises(NotFound):
                verb(name, item.id)
    company.show("ada")
    with pytest.raises(NotFound):
        company.feed("cyd", before_id=item.id)
    for missing in (0, -1, 999_999, 10**30):
        with pytest.raises(NotFound):
            company.cheer("ben", missing)
        with pytest.raises(NotFound):
            company.feed("ben", before_id=missing)


def test_a_feed_comes_in_pages_and_each_costs_the_same(company, questions_of):
    company.make("ada", "ben")
    company.show("ada")
    ada = company.id("ada")
    # In one moment, and some told late.
    play(*[did(ada, at=NOON) for _ in range(9)])
    clock.set_to(NOON + timedelta(hours=2))
    play(*[did(ada, at=NOON + timedelta(minutes=ago)) for ago in (50, 10, 30)])
    whole = company.feed("ben", limit=50)
    assert [item.at for item in whole] == sorted((item.at for item in whole), reverse=True)
    pages, before = [], None
    while page := company.feed("ben", before_id=before, limit=4):
        pages += page
        before = page[-1].id
    assert pages == whole
    few = questions_of(lambda: company.feed("ben", limit=1))
    assert len(questions_of(lambda: company.feed("ben", limit=50))) == len(few)


def test_what_is_new_is_counted_without_ones_own(company):
    company.make("ada", "ben")
    company.show("ada")
    play(did(company.id("ada")))
    [item] = company.feed("ben")
    play(did(company.id("ada"), at=NOON), did(company.id("ben")))
    with db.read():
        ben = company.person("ben")
        circle = queries.circle_of(ben)
        assert circle
        # Her second workout, and the achievement that came with it.
        assert queries.count_new(circle, ben, after_id=item.id) == 2
        assert queries.count_new(circle, ben, after_id=10**30) == 0


def test_no_page_of_a_feed_reads_all_of_it(company):
    company.make("ada", "ben")
    if db.dialect != "sqlite":
        return
    with db.read():
        question = queries.ITEMS.format(seen=queries.SEEN) + " ORDER BY f.at DESC, f.id DESC LIMIT 5"
        plan = " ".join(str(row[3]) for row in sql.rows(f"EXPLAIN QUERY PLAN {question}", (1, 1, 1)))
    assert "ix_feed_items_circle_id_at_id" in plan
    assert "TEMP B-TREE" not in plan
