"""Everybody who joins has one address, a role, a zone, and at most one coach who coaches."""

from datetime import UTC, date, datetime

import pytest

from rewards.kit.errors import Invalid, Refused
from rewards.people import joining
from rewards.people.changing import disable_user
from rewards.people.joining import add_user
from rewards.people.models import User
from rewards.people.passwords import HashedPassword
from rewards.people.queries import user_by_email, user_by_id


def joined(**members):
    return add_user(**{"email": "ada@example.com", "name": "Ada", "role": "client", "timezone": "Europe/Berlin"} | members)


def found_id(email):
    found = user_by_email(email)
    return found.id if found else None


def fields(caught):
    return [problem.field for problem in caught.value.problems]


def test_a_person_is_kept_as_told(database):
    with database.write():
        bo = joined(email="bo@example.com", name="Bo", role="coach")
        hashed = HashedPassword("$argon2id$...")
        ada = joined(
            coach_id=bo.id, external_id="crm-7", locale="de-AT", joined_on=date(2025, 12, 31), tags=("vip", "new", "vip"), password=hashed
        )
    with database.read():
        found = user_by_id(ada.id)
    assert found is not None
    assert (found.email, found.name, found.role, found.timezone) == ("ada@example.com", "Ada", "client", "Europe/Berlin")
    assert (found.coach_id, found.external_id, found.locale) == (bo.id, "crm-7", "de-AT")
    assert (found.joined_on, found.tags, found.is_active) == (date(2025, 12, 31), ["vip", "new"], True)
    assert found.password_hash == "$argon2id$..."


def test_somebody_joins_on_the_day_it_is_where_they_live(database, clock):
    clock.set_to(datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    with database.write():
        berlin, york = joined(), joined(email="cy@example.com", timezone="America/New_York")
    assert (berlin.joined_on, york.joined_on) == (date(2026, 3, 5), date(2026, 3, 4))


def test_two_spellings_of_an_address_are_one_person(database):
    with database.write():
        ada = joined(email="  Ada@Example.COM ")
    with database.read():
        assert found_id("ADA@example.com") == ada.id
    with database.write(), pytest.raises(Refused) as caught:
        joined(email="ADA@EXAMPLE.COM")
    assert caught.value.code == "email_taken"
    assert caught.value.message == "ada@example.com has an account already."


def test_an_external_id_fits_into_an_address(database):
    with database.write(), pytest.raises(Invalid) as caught:
        joined(external_id="crm/7")
    assert fields(caught) == ["external_id"]
    assert "slash" in caught.value.problems[0].message


def test_an_external_id_stands_for_one_person(database):
    with database.write():
        joined(external_id="crm-7")
    with database.write(), pytest.raises(Refused) as caught:
        joined(email="cy@example.com", external_id="crm-7")
    assert caught.value.code == "external_id_taken"


def test_a_slower_twin_is_told_the_same(database, monkeypatch):
    """Two requests look at once and both see nobody: the database itself keeps the second one out."""
    with database.write():
        joined()
    look = joining._refuse_taken
    looks: list[User] = []
    monkeypatch.setattr(joining, "_refuse_taken", lambda user: look(user) if looks else looks.append(user))
    with database.write():
        with pytest.raises(Refused) as caught:
            joined()
        joined(email="cy@example.com")
    assert caught.value.code == "email_taken"
    with database.read():
        assert found_id("cy@example.com")


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.com", "ada@gmail", "a b@example.com", "Ada <ada@example.com>", "ada@exa mple.com"]
)
def test_what_is_no_address_is_refused(database, email):
    with database.write(), pytest.raises(Invalid) as caught:
        joined(email=email)
    assert fields(caught) == ["email"]


@pytest.mark.parametrize("email", ["ada@desk.local", "ada+laurel@example.co.uk", "dee@\u00fcber.example"])
def test_addresses_of_all_networks_are_taken(database, email):
    with database.write():
        assert joined(email=email).id


def test_every_wrong_field_is_named_at_once(database):
    with database.write(), pytest.raises(Invalid) as caught:
        joined(email="ada", name=" ", role="king", timezone="Mars/Olympus", locale="english", external_id="", tags=[""])
    assert fields(caught) == ["email", "name", "timezone", "external_id", "role", "locale", "tags"]


@pytest.mark.parametrize("timezone", ["", "europe/berlin", "posixrules", "../Berlin", "UTC+1"])
def test_a_zone_is_one_of_the_worlds(database, timezone):
    with database.write(), pytest.raises(Invalid) as caught:
        joined(timezone=timezone)
    assert fields(caught) == ["timezone"]


@pytest.mark.parametrize("name", ["", "x" * 201, "Ada\nLovelace", "Ada\x00", "\ud800"])
def test_a_name_is_one_line_of_text(database, name):
    with database.write(), pytest.raises(Invalid) as caught:
        joined(name=name)
    assert fields(caught) == ["name"]


def test_only_who_coaches_here_can_be_a_coach(database):
    with database.write():
        bo = joined(email="bo@example.com", role="coach")
        gone = joined(email="eve@example.com", role="coach")
        disable_user(user_id=gone.id)
        cy = joined(email="cy@example.com")
        dee = joined(email="dee@example.com", role="admin")
    for members in (
        {"coach_id": cy.id},
        {"coach_id": dee.id},
        {"coach_id": gone.id},
        {"coach_id": 999},
        {"coach_id": bo.id, "role": "coach"},
    ):
        with database.write(), pytest.raises(Invalid) as caught:
            joined(**members)
        assert fields(caught) == ["coach"]
    with database.write():
        assert joined(coach_id=bo.id).coach_id == bo.id
