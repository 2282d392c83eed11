"""Exporting: a document that changes nothing when it is imported."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rewards.kit import sql
from rewards.kit.database import Database
from rewards.kit.written import read_part
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.exporting import as_json, as_yaml, export_programme
from rewards.programme.kits import load_starting_kits
from rewards.programme.reading import read_text
from tests.cast import gather
from tests.programme.test_document import EXAMPLE

keys = st.from_regex(r"[a-z0-9][a-z0-9_]{0,12}", fullmatch=True).filter(lambda key: key not in ("adjustment", "points_granted"))
# Words that readers of YAML take for something else, among any others.
words = st.sampled_from(
    [
        "yes",
        "null",
        "1e5",
        "0x1F",
        "12:30",
        "2027-06-01",
        "=",
        "<<",
        "~",
        "- a",
        "# b",
        "a: b",
        ".5",
        "*x",
        "010",
        "nan",
        ".NaN",
        "Infinity",
        "-.inf",
        "off",
        "True",
        "---",
        "!x",
        "@",
        "%a",
        "?",
        "'",
        "|",
    ]
)
texts = words | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30) | st.just("two\nlines\tand a tab")
names = texts.filter(lambda text: text.strip())
amounts = st.integers(0, 9 * 10**15)
fractions = st.decimals("0.000001", 1000, places=6)
scalars = st.booleans() | st.integers(-(10**12), 10**12) | st.decimals(-1000, 1000, places=5) | texts
optional_counts = st.none() | st.integers(1, 1000)
money = st.dictionaries(st.sampled_from(["USD", "EUR"]), amounts, max_size=2)
days = st.dates().map(str)


def optional(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


per_unit = st.fixed_dictionaries(
    {"field": st.just("kg"), "points": fractions}, optional={"money": st.dictionaries(st.just("USD"), fractions)}
)
activities = st.builds(
    dict.__or__,
    st.fixed_dictionaries({"key": keys}),
    optional(
        name=names,
        description=texts,
        category=st.sampled_from(["learning", "SLEEP"]),
        xp=amounts,
        points=amounts,
        money=money,
        per_unit=per_unit,
        cooldown_hours=st.none() | st.integers(1, 100),
        max_per_day=optional_counts,
        max_per_week=optional_counts,
        diminishing=st.none() | st.fixed_dictionaries({"after": st.integers(0, 9), "factor": st.decimals("0.01", 1, places=3)}),
        recorded_by=st.lists(st.sampled_from(["client", "coach", "service", "system"]), min_size=1),
        active=st.booleans(),
        notes=texts,
    ),
)
members = st.one_of(
    st.builds(lambda value: {"metadata.kind": value}, scalars),
    st.builds(lambda values: {"metadata.kind": {"in": values}}, st.lists(scalars, min_size=1, max_size=3)),
    st.builds(lambda low, span: {"metadata.km": {"between": [low, low + span]}}, fractions, fractions),
    st.builds(lambda number: {"person.count.meal_logged": {"gte": number}}, st.integers(0, 99)),
    st.builds(lambda tag: {"person.tags": tag}, names),
    st.builds(lambda day: {"time.date": {"lt": day}}, days),
    st.just({"time.weekday": "Monday", "referralCount": 5, "minScore": 100}),
)
conditions = st.recursive(
    members,
    lambda inner: (
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)) | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=6,
)
scope = optional(
    asset=st.sampled_from(["xp", "points", "USD"]),
    stacking=st.sampled_from(["compound", "add", "highest"]),
    categories=st.lists(keys, max_size=2),
)
outcomes = st.one_of(
    st.builds(
        dict.__or__,
        st.fixed_dictionaries({"type": st.just("award_points"), "points": amounts}),
        optional(score=st.integers(-5, 5), money=money),
    ),
    st.builds(dict.__or__, st.fixed_dictionaries({"type": st.just("multiply"), "factor": fractions}), scope),
    st.just({"type": "award_points", "basePoints": 10, "category": "MINDFULNESS"}),
)
patterns = optional(
    action=st.just("completed"), objectType=st.just("meditation"), metadata=st.dictionaries(st.sampled_from(["a", "B-c"]), scalars)
)
rules = st.builds(
    dict.__or__,
    st.fixed_dictionaries({"key": keys, "pattern": patterns, "outcome": outcomes}),
    optional(
        description=texts, priority=st.integers(-9, 9), conditions=conditions, active_from=days, stop=st.booleans(), active=st.booleans()
    ),
)
boosts = st.builds(
    dict.__or__,
    st.fixed_dictionaries({"key": keys, "factor": fractions, "hours": st.none() | st.just({"from": 6, "until": 9})}),
    scope,
)


def section(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(parts, max_size=3, unique_by=lambda part: part["key"])


documents = st.fixed_dictionaries({"activities": section(activities), "rules": section(rules), "boosts": section(boosts)})


def assert_importing_the_export_changes_nothing() -> None:
    exported = export_programme()
    for text, name in ((as_yaml(exported), "a.yaml"), (as_json(exported), "a.json")):
        document = read_part(ProgrammeDocument, read_text(text, name=name))
        again = change_programme(document=document, actor_id=None)
        assert (again.version, again.created, again.changed) == (None, (), ())
        assert document == exported


@settings(deadline=None)
@given(written=documents)
def test_the_text_of_a_document_reads_back_as_the_same_document(written: dict[str, Any]):
    document = read_part(ProgrammeDocument, written)
    for text, name in ((as_yaml(document), "a.yaml"), (as_json(document), "a.json")):
        assert read_part(ProgrammeDocument, read_text(text, name=name)).plain() == document.plain() | {"programme": None}


# Each example is merged into all those before it.
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate]
)
@given(written=documents)
def test_importing_what_was_exported_changes_nothing(database: Database, written: dict[str, Any]):
    with database.write():
        change_programme(document=read_part(ProgrammeDocument, written), actor_id=None)
        assert_importing_the_export_changes_nothing()


@pytest.mark.parametrize("text", [EXAMPLE, "{}"], ids=["example", "empty"])
def test_the_example_comes_back_as_it_went_in(database: Database, text: str):
    with database.write():
        change_programme(document=read_part(ProgrammeDocument, read_text(text)), actor_id=None)
        assert_importing_the_export_changes_nothing()


def test_the_kits_come_back_as_they_went_in(database: Database):
    with database.write():
        load_starting_kits()
        assert_importing_the_export_changes_nothing()


def test_an_export_names_a_coach_by_address(database: Database):
    with database.write():
        gather()
        own = {"achievements": [{"key": "hero", "type": "manual", "coach": "bo@example.com"}, {"key": "everybody", "type": "manual"}]}
        change_programme(document=read_part(ProgrammeDocument, own), actor_id=None)
        exported = export_programme()
        assert [(hero.key, hero.coach, hero.coach_id) for hero in exported.achievements] == [
            ("everybody", None, None),
            ("hero", "bo@example.com", None),
        ]
        assert_importing_the_export_changes_nothing()


def test_a_coach_who_coaches_no_more_does_not_break_the_export(database: Database):
    with database.write():
        cast = gather()
        own = {"achievements": [{"key": "hero", "type": "manual", "coach": "bo@example.com"}]}
        change_programme(document=read_part(ProgrammeDocument, own), actor_id=None)
        sql.run("UPDATE users SET role = 'client' WHERE id = ?", (cast.bo,))
        assert_importing_the_export_changes_nothing()


def test_an_export_stands_in_an_order_that_stays(database: Database):
    with database.write():
        load_starting_kits()
        before = as_yaml(export_programme()).splitlines()
        edit = {"key": "battle_won", "name": "Battle won", "category": "challenge", "xp": 21, "points": 20}
        change_programme(document=ProgrammeDocument.model_validate({"activities": [edit]}), actor_id=None)
        after = as_yaml(export_programme()).splitlines()
    assert [line for line in after if line not in before] == [
        "- {key: battle_won, name: Battle won, category: challenge, xp: 21, points: 20}"
    ]
