"""A list of people shows whom its viewer looks after, in the view, the order and by the text asked for; nobody is lost between pages."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.earning.granting import adjust
from rewards.insights.coaching import Standing, standings_of
from rewards.insights.people import Sort, View, Wanted, count_views, each_person, people_page
from rewards.kit.database import db
from rewards.ledger.models import POINTS
from rewards.people.changing import disable_user
from rewards.people.joining import add_user
from rewards.people.models import Role
from rewards.people.queries import resolve_user
from tests.cast import user
from tests.programmes import NOON, define, did, play, workout

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def clients(cast):
    """Ada did most and lately, Ben something five days ago, Cay eight days ago; Dan joined yesterday, Eli is switched off."""
    define(activities=[workout()])
    with db.write():
        ids = {name: user(name, Role.CLIENT, coach_id=cast.bo) for name in ("ben", "cay", "eli")}
        ids["dan"] = user("dan", Role.CLIENT, coach_id=cast.bo, joined_on=TODAY - DAY)
        disable_user(user_id=ids["eli"])
    play(did(cast.ada), did(cast.ada), did(ids["ben"], at=NOON - 5 * DAY), did(ids["cay"], at=NOON - 8 * DAY), did(cast.cy))
    with db.write():
        adjust(user_id=ids["ben"], asset=POINTS, amount=100, reason="a gift", actor_id=cast.bo)
    return ids | {"ada": cast.ada}


def listed(cast, who="bo", **wanted):
    with db.read():
        page = people_page(resolve_user(str(getattr(cast, who))), Wanted(**wanted), TODAY)
    assert page.count == len(page.rows)
    return [row.person.name for row in page.rows]


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("all", ["Ada", "Ben", "Cay", "Dan", "Eli"]),
        ("attention", ["Cay"]),
        ("quiet", ["Ben"]),
        ("on_track", ["Ada", "Dan"]),
        ("new", ["Dan"]),
        ("off", ["Eli"]),
    ],
)
def test_a_view_shows_its_people_and_is_counted(cast, clients, view, names):
    assert listed(cast, view=View(view)) == names
    with db.read():
        assert count_views(resolve_user(str(cast.bo)), Wanted(), TODAY)[View(view)] == len(names)


def test_the_views_agree_with_the_figures_of_the_first_page(cast, clients):
    with db.read():
        bo = resolve_user(str(cast.bo))
        counts, figures = count_views(bo, Wanted(), TODAY), standings_of(bo, TODAY)
    assert (counts[View.ATTENTION], counts[View.QUIET], counts[View.ON_TRACK]) == (figures.attention, figures.quiet, figures.on_track)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Ada", "Ben", "Cay", "Dan", "Eli"]),
        ("xp", ["Ada", "Ben", "Cay", "Dan", "Eli"]),
        ("points", ["Ben", "Ada", "Cay", "Dan", "Eli"]),
        ("last_day", ["Ada", "Ben", "Cay", "Dan", "Eli"]),
        ("joined", ["Dan", "Ada", "Ben", "Cay", "Eli"]),
    ],
)
def test_a_list_stands_in_the_order_that_was_asked_for(cast, clients, sort, names):
    assert listed(cast, sort=Sort(sort)) == names


def test_an_order_can_be_turned_round(cast, clients):
    assert listed(cast, descending=True) == ["Eli", "Dan", "Cay", "Ben", "Ada"]
    assert listed(cast, sort=Sort.POINTS, descending=False) == ["Dan", "Eli", "Cay", "Ada", "Ben"]


def test_a_row_says_how_somebody_is_doing(cast, clients):
    with db.read():
        rows = {row.person.name: row for row in people_page(resolve_user(str(cast.bo)), Wanted(), TODAY).rows}
    assert (rows["Ada"].xp, rows["Ada"].points, rows["Ada"].last_day, rows["Ada"].standing) == (40, 40, TODAY, Standing.ON_TRACK)
    assert (rows["Ben"].xp, rows["Ben"].points, rows["Ben"].last_day) == (20, 120, TODAY - 5 * DAY)
    assert (rows["Eli"].xp, rows["Eli"].last_day) == (0, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [("ad", ["Ada"]), ("ADA@", ["Ada"]), ("example.com", ["Ada", "Cy"]), ("CRM-7", ["Cy"]), ("%", []), ("_", []), ("\x00", [])],
)
def test_a_text_is_looked_for_in_names_addresses_and_external_ids(cast, text, names):
    with db.write():
        resolve_user(str(cast.cy)).external_id = "crm-7"
    assert listed(cast, "dee", text=text) == names


def test_nobody_finds_whom_they_do_not_look_after(cast, clients):
    assert listed(cast, text="cy") == []
    assert listed(cast, "ada") == listed(cast, "cy") == []
    assert listed(cast, roles=tuple(Role)) == listed(cast)


def test_an_admin_may_ask_for_other_roles(cast):
    assert listed(cast, "dee", roles=(Role.COACH, Role.ADMIN)) == ["Bo", "Dee"]
    assert listed(cast, "dee", roles=tuple(Role)) == ["Ada", "Bo", "Cy", "Dee"]
    assert listed(cast, "dee", roles=tuple(Role), view=View.ATTENTION) == ["Ada", "Cy"]


def test_a_page_that_is_not_there_is_the_last_one(cast):
    with db.read():
        dee = resolve_user(str(cast.dee))
        assert people_page(dee, Wanted(), TODAY, number=99).number == 1
        assert people_page(dee, Wanted(text="nobody"), TODAY, number=-3).pages == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sort=st.sampled_from(Sort), descending=st.sampled_from([None, True, False]), view=st.sampled_from([View.ALL, View.ATTENTION, View.NEW])
)
def test_pages_miss_nobody_and_repeat_nobody(crowd, sort, descending, view):
    wanted = Wanted(view=view, sort=sort, descending=descending)
    with db.read():
        dee = resolve_user(str(crowd.dee))
        first = people_page(dee, wanted, TODAY)
        pages = [people_page(dee, wanted, TODAY, number=number) for number in range(1, first.pages + 1)]
        seen = [row.person.id for page in pages for row in page.rows]
        assert seen == [row.person.id for row in each_person(dee, wanted, TODAY)]
    assert len(seen) == len(set(seen)) == first.count


@pytest.fixture
def crowd(cast):
    with db.write():
        for number in range(55):
            joined = date(2026, 1, 1) + (number % 60) * DAY
            add_user(email=f"{number}@example.com", name=f"Twin {number // 2}", role="client", timezone="UTC", joined_on=joined)
    return cast
