"""An admin finds people, movements, events and definitions by what they know of them; nobody else finds more than their own clients."""

import pytest

from rewards.insights.search import search
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.spending import spend_points
from rewards.people.queries import resolve_user
from tests.programmes import NOON, define, did, play, workout


@pytest.fixture
def filled(cast):
    rule = {"key": "sat", "description": "Sat for long", "pattern": {"action": "sat"}, "outcome": {"type": "award_points", "points": 7}}
    define(activities=[workout()], rules=[rule])
    play(did(cast.ada, idempotency_key="class-2041"), did(cast.ada, idempotency_key="class-2041", source="another"), did(cast.cy))
    with db.write():
        spend_points(user_id=cast.ada, points=5, reason="a coffee", reference="till 7")
        resolve_user(str(cast.ada)).external_id = "crm-7"
    return cast


def found(cast, text, who="dee"):
    with db.read():
        return search(resolve_user(str(getattr(cast, who))), text, NOON.date())


@pytest.mark.parametrize("text", ["ada", " ADA ", "ada@example", "crm-7"])
def test_people_are_found_by_name_address_and_external_id(filled, text):
    assert [one.person.name for one in found(filled, text).people] == ["Ada"]


def test_staff_are_found_too(filled):
    assert [one.person.name for one in found(filled, "bo@").people] == ["Bo"]


def test_a_movement_is_found_by_its_reference_and_its_id(filled):
    by_reference = found(filled, "till 7").transfers
    assert [(line.person, line.amount) for line in by_reference] == [("Ada", -5)]
    assert found(filled, str(by_reference[0].id)).transfers == by_reference


def test_an_event_is_found_by_its_key_from_any_source_and_by_its_id(filled):
    by_key = found(filled, "class-2041").events
    assert {event.source for event in by_key} == {"test", "another"}
    assert by_key[0] in found(filled, str(by_key[0].id)).events


def test_what_the_programme_defines_is_found_by_name_and_key(filled):
    assert [(one.kind, one.name) for one in found(filled, "workout").defined] == [("activity", "Workout logged")]
    assert [(one.kind, one.name) for one in found(filled, "for LONG").defined] == [("rule", "Sat for long")]
    assert [one.key for one in found(filled, "sat").defined] == ["sat"]


@pytest.mark.parametrize("text", ["", "   ", "nobody and nothing", "\x00", "\ud800", "9" * 30, "%", "0"])
def test_a_text_that_stands_for_nothing_finds_nothing(filled, text):
    assert not found(filled, text)


def test_a_coach_finds_their_own_clients_and_a_client_nobody(filled):
    assert [one.person.name for one in found(filled, "example.com", "bo").people] == ["Ada"]
    mine = found(filled, "till 7", "bo")
    assert not mine
    assert not found(filled, "ada", "ada")
    with db.read():
        any_id = str(sql.value("SELECT min(id) FROM transfers"))
    assert not found(filled, any_id, "bo").transfers
    assert not found(filled, "workout", "bo").defined
