"""Whoever opens a form and saves it as it stands has changed nothing: every form carries all that its document says."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rewards.achievements.identities import achievement_ids
from rewards.activities.definitions import current_version, definitions_at
from rewards.kit.database import Database
from rewards.people.preferences import change_preferences, preferences_of
from rewards.people.queries import user_by_email
from tests.programme import test_exporting as written
from tests.programmes import define
from tests.web.browser import form_of, submit
from tests.web.conftest import SignIn, on_sqlite

amounts = st.integers(1, 9 * 10**15)
activity_keys = st.sampled_from(["workout_logged", "meal_logged", "Nobody.registered-this"])
names = st.sampled_from(["Früh am Morgen", "a: b", "'10'", '"', "<b>", "& more", "10", "two\nlines"])
currencies = st.sampled_from(["USD", "EUR"])
windows = st.sampled_from(["day", "week", "month"])
money = st.dictionaries(currencies, amounts, max_size=2)
moments = written.days | st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
scope = {
    "asset": st.sampled_from(["xp", "points", "USD", "EUR", "score"]),
    "stacking": st.sampled_from(["compound", "add", "highest"]),
    "categories": st.lists(st.sampled_from(["learning", "sleep"]), unique=True),
    "activities": st.lists(activity_keys, unique=True),
}


def document(certain: Mapping[str, Any], **possible: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One with these members, and perhaps those."""
    return st.fixed_dictionaries(dict(certain), optional=possible)


per_unit = document(
    {"field": st.just("kg"), "points": written.fractions}, xp=written.fractions, money=st.dictionaries(currencies, written.fractions)
)
members = written.members | st.one_of(
    st.builds(lambda key: {f"person.count.{key}": {"lt": 5}}, activity_keys),
    st.builds(lambda value: {"metadata.note": {"contains": value}}, written.scalars),
    st.builds(lambda value: {"metadata.note": {"exists": value}}, st.booleans()),
    st.builds(
        lambda values: {"metadata.kind": {"in": values}, "person.level": {"gt": 1, "lte": 3}},
        st.lists(written.scalars, min_size=1, max_size=3),
    ),
)
conditions = st.recursive(
    members,
    lambda inner: (
        st.builds(lambda how, parts: {how: parts}, st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=6,
)
awards = document(
    {"type": st.just("award_points"), "points": amounts},
    xp=amounts,
    money=money,
    score=st.integers(-5, 5),
    per_unit=per_unit,
    category=st.sampled_from(["learning", "sleep"]),
)
multiplies = document({"type": st.just("multiply"), "factor": written.fractions}, **scope)
unlocks = st.just({"type": "unlock_achievement", "achievement": "hero"})
patterns = written.optional(action=st.just("completed"), object_type=st.just("meditation"), activity=activity_keys)
rules = document(
    {"outcome": awards | multiplies | unlocks, "pattern": patterns},
    description=names,
    priority=st.integers(-9, 9),
    conditions=conditions,
    stop=st.booleans(),
    active=st.booleans(),
    active_from=moments,
)
boosts = document(
    {"name": names, "factor": written.fractions},
    **scope,
    **{"from": moments},
    active=st.booleans(),
    weekdays=st.lists(st.sampled_from(["monday", "sunday"]), unique=True),
    hours=st.just({"from": 0, "until": 24}),
)
activities = st.builds(dict.__or__, written.activities, written.optional(per_unit=per_unit, money=money))
levels = document(
    {"number": st.just(9), "name": names, "xp_required": st.integers(5001, 10**15)},
    icon=st.sampled_from(["rosette", "crown", "of-our-own"]),
    multiplier=written.fractions,
    perks=st.lists(names),
)
asked = st.one_of(
    document({"condition_type": st.just("activity_count"), "activity": st.sampled_from(["workout_logged", "gone"])}, window=windows),
    document({"condition_type": st.sampled_from(["workout_count", "checkin_count"])}, window=windows),
    document(
        {"condition_type": st.sampled_from(["streak_days", "streak_weeks", "streak_months"])},
        activity=st.sampled_from(["workout_logged", "gone"]),
    ),
    document({"condition_type": st.sampled_from(["xp_total", "points_earned", "level", "referral_count"])}),
)
by_itself = st.builds(lambda value, condition: {"type": "automatic", "condition_value": value, **condition}, st.integers(1, 50), asked)
achievements = st.builds(
    dict.__or__,
    st.just({"type": "manual"}) | by_itself,
    written.optional(
        name=names,
        description=written.texts,
        xp_reward=amounts,
        points_reward=amounts,
        icon=st.sampled_from(["award", "crown", "of-our-own"]),
        secret=st.booleans(),
        active=st.booleans(),
    ),
)
as_they_stand = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=60,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
# What has no order is written in one of its own, and a text in a field is without the spaces around it.
UNORDERED = ("recorded_by", "weekdays", "categories", "activities")
TEXTS = ("description", "notes")


@pytest.fixture
def dee(sign_in: SignIn) -> FlaskClient:
    return sign_in("dee")


def in_force(database: Database, kind: str, key: str) -> dict[str, Any]:
    with database.read():
        return next(row.body for row in definitions_at(current_version()) if (row.kind, row.key) == (kind, key))


def meaning(value: Any, name: str = "") -> Any:
    """What a document says, whichever way it says it."""
    if isinstance(value, dict):
        return {member: meaning(part, member) for member, part in value.items() if not (member in ("USD", "EUR") and part == 0)}
    if name in UNORDERED and isinstance(value, list):
        return sorted(value)
    if name in TEXTS and isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value


def assert_nothing_changes(dee: FlaskClient, database: Database, kind: str, place: str, key: str = "example") -> None:
    before = in_force(database, kind, key)
    page = dee.get(place)
    assert page.status_code == 200
    answer = submit(dee, form_of(page, kind))
    assert answer.status_code == 303, (before, re.findall(r'<p id="[^"]*problem".*?</p>', answer.text))
    assert meaning(in_force(database, kind, key)) == meaning(before)


@on_sqlite
@as_they_stand
@given(rule=rules)
def test_a_rule(dee: FlaskClient, database: Database, rule: dict[str, Any]) -> None:
    define(rules=[rule | {"key": "example"}], achievements=[{"key": "hero", "type": "manual"}])
    assert_nothing_changes(dee, database, "rule", "/admin/rules/example/edit")


@on_sqlite
@as_they_stand
@given(boost=boosts)
def test_a_boost(dee: FlaskClient, database: Database, boost: dict[str, Any]) -> None:
    define(boosts=[boost | {"key": "example"}])
    assert_nothing_changes(dee, database, "boost", "/admin/boosts/example/edit")


@on_sqlite
@as_they_stand
@given(activity=activities)
def test_an_activity(dee: FlaskClient, database: Database, activity: dict[str, Any]) -> None:
    define(activities=[activity | {"key": "example"}])
    assert_nothing_changes(dee, database, "activity", "/admin/activities/example/edit")


@on_sqlite
@as_they_stand
@given(level=levels)
def test_a_level(dee: FlaskClient, database: Database, level: dict[str, Any]) -> None:
    define(levels=[level])
    assert_nothing_changes(dee, database, "level", "/admin/levels/9/edit", "9")


@on_sqlite
@as_they_stand
@given(achievement=achievements)
def test_an_achievement(dee: FlaskClient, database: Database, achievement: dict[str, Any]) -> None:
    define(achievements=[achievement | {"key": "example"}])
    with database.read():
        number = achievement_ids(["example"])["example"]
    assert_nothing_changes(dee, database, "achievement", f"/admin/achievements/{number}/edit")


@on_sqlite
@settings(as_they_stand, max_examples=12)
@given(
    chosen=st.fixed_dictionaries(
        {"theme": st.sampled_from(["system", "light", "dark"])}
        | dict.fromkeys(["celebrations", "outcome_mail", "campaign_mail"], st.booleans())
    )
)
def test_what_a_client_has_chosen(sign_in: SignIn, database: Database, chosen: dict[str, Any]) -> None:
    ada = sign_in("ada")
    with database.write():
        user = user_by_email("ada@example.com")
        assert user
        change_preferences(user_id=user.id, **chosen)
    for form in ("display", "mail-form"):
        assert submit(ada, form_of(ada.get("/client/settings"), form)).status_code == 303
    with database.write() as session:
        session.refresh(user := session.merge(user))
        assert preferences_of(user).model_dump(include=set(chosen)) == chosen
