"""Every change that matters leaves an entry: who, what, to what, before, after, when, from where; and nobody can change it afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.earning.reversing import reverse_transfer
from rewards.integrations.keys import create_key, revoke_key, roll_key
from rewards.integrations.registering import add_service, change_service
from rewards.kit import sql
from rewards.kit.errors import NotFound, Refused
from rewards.kit.surroundings import Surroundings, surrounded_by
from rewards.people.audit import PAGE_ROWS, Wanted, actions_known, entries, entry_by_id, every_entry, kinds_known
from rewards.people.auditing import Done, record_deed
from rewards.people.changing import change_password, change_role, disable_user, enable_user
from rewards.people.describing import change_profile, hand_over_clients, reassign_coach
from rewards.people.joining import add_user
from rewards.people.passwords import hash_password
from rewards.people.zones import change_timezone
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from tests.programmes import define, workout

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
HERE = Surroundings(place="192.0.2.7", device="Firefox", request_id="abc123", caller="")


@pytest.fixture
def here(database, cast, clock):
    clock.set_to(MORNING)
    define(activities=[workout()])
    with surrounded_by(HERE):
        yield cast


def last(database, **wanted):
    with database.read():
        return entries(Wanted(**wanted))[0]


def test_an_entry_says_who_did_what_to_whom_when_and_from_where(database, here):
    with database.write():
        change_role(user_id=here.ada, role="coach", actor_id=here.dee, note="She knows how")
    entry = last(database)
    assert (entry.actor, entry.action, entry.object_kind, entry.person) == ("Dee", "role_changed", "user", "Ada")
    assert (entry.at, entry.place, entry.request_id, entry.note) == (MORNING, "192.0.2.7", "abc123", "She knows how")
    assert entry.differences == [("coach_id", here.bo, None), ("role", "client", "coach")]


def deeds(here):
    """Every verb that changes something that matters, with the action that it leaves."""
    yield "user_added", lambda: add_user(email="eli@example.com", name="Eli", role="client", timezone="UTC", actor_id=here.dee)
    yield "profile_changed", lambda: change_profile(user_id=here.ada, name="Ada L", actor_id=here.dee)
    yield "timezone_changed", lambda: change_timezone(user_id=here.ada, timezone="UTC", actor_id=here.dee)
    yield "coach_changed", lambda: reassign_coach(user_id=here.cy, coach_id=here.bo, actor_id=here.dee)
    yield "coach_changed", lambda: hand_over_clients(coach_id=here.bo, new_coach_id=None, actor_id=here.dee)
    yield "user_disabled", lambda: disable_user(user_id=here.cy, actor_id=here.dee)
    yield "user_enabled", lambda: enable_user(user_id=here.cy, actor_id=here.dee)
    yield "balance_adjusted", lambda: adjust(user_id=here.ada, asset="points", amount=5, reason="Kind", actor_id=here.dee)
    yield "transfer_reversed", lambda: reverse_transfer(transfer_id=1, actor_id=here.dee, reason="Mistaken")
    yield "service_added", lambda: add_service(name="Shop", type="shop", actor_id=here.dee)
    yield "service_changed", lambda: change_service(service_id=service(), name="Shop 2", type="shop", actor_id=here.dee)
    yield "key_created", lambda: create_key(service_id=service(), permissions=["events:write"], actor_id=here.dee)
    yield "key_rolled", lambda: roll_key(key_id=1, overlap=timedelta(), actor_id=here.dee)
    yield "key_revoked", lambda: revoke_key(key_id=2, actor_id=here.dee)
    document = ProgrammeDocument.model_validate({"activities": [{"key": "workout_logged", "xp": 7}]})
    yield "redefined", lambda: change_programme(document=document, actor_id=here.dee, note="Easier")


def service():
    return sql.value("SELECT service_id FROM services")


def test_every_verb_that_changes_something_leaves_an_entry(database, here):
    for action, deed in deeds(here):
        with database.write():
            before = sql.value("SELECT count(*) FROM audit_entries")
            deed()
            assert sql.value("SELECT count(*) FROM audit_entries") > before, action
        assert (last(database).action, last(database).actor) == (action, "Dee")


def test_a_definition_is_kept_as_it_was_and_as_it_is(database, here):
    document = ProgrammeDocument.model_validate({"activities": [{"key": "workout_logged", "xp": 7}]})
    with database.write():
        change_programme(document=document, actor_id=here.dee, note="Easier")
    entry = last(database, object_kind="activity", object_id="workout_logged")
    assert (entry.before["xp"], entry.after["xp"], entry.note) == (20, 7, "Easier")


def test_what_failed_leaves_no_entry(database, here):
    with database.read():
        before = len(entries(Wanted()))
    with pytest.raises(Refused), database.write():
        disable_user(user_id=here.dee, actor_id=here.dee)
    with database.read():
        assert len(entries(Wanted())) == before


def test_the_same_adjustment_told_again_leaves_no_second_entry(database, here):
    for _ in range(2):
        with database.write():
            adjust(user_id=here.ada, asset="xp", amount=5, reason="Kind", actor_id=here.dee, idempotency_key="one")
    with database.read():
        assert len(entries(Wanted(action="balance_adjusted"))) == 1


def test_an_entry_holds_no_password_no_key_and_no_address(database, here):
    hashed = hash_password("three quiet garden walls")
    with database.write():
        change_password(user_id=here.ada, password=hashed, actor_id=here.ada)
        add_user(email="eli@example.com", name="Elisabeth", role="client", timezone="UTC")
        known = add_service(name="Shop", type="shop").service_id
        key = create_key(service_id=known, permissions=["events:write"])
        stored = str(sql.rows("SELECT * FROM audit_entries"))
    for secret in (hashed.text, key, "eli@example.com", "Elisabeth"):
        assert secret not in stored


@pytest.mark.parametrize("table", ["audit_entries", "consents"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id + 1000", "DELETE FROM {0}", "replace"])
def test_the_record_cannot_be_changed_even_from_inside(database, here, table, statement):
    columns = {
        "audit_entries": "(id, at, action, object_kind, object_id, note, place, caller, request_id)"
        " VALUES (1, '', '', '', '', '', '', '', '')",
        "consents": f"(id, user_id, key, version, given, at) VALUES (1, {here.ada}, '', '', 1, '')",
    }[table]
    if statement == "replace":
        replace = "INSERT OR REPLACE" if database.dialect == "sqlite" else "INSERT"
        ending = "" if database.dialect == "sqlite" else " ON CONFLICT (id) DO UPDATE SET id = 2"
        statement = f"{replace} INTO {table} {columns}{ending}"
    with database.write():
        if not sql.value(f"SELECT 1 FROM {table} WHERE id = 1"):
            sql.run(f"INSERT INTO {table} {columns}")
    with pytest.raises(Exception, match="append-only"), database.write():
        sql.run(statement.format(table))


def test_filters_find_what_they_name_and_nothing_else(database, here, clock):
    with database.write():
        record_deed(Done("waved", "user", here.ada), actor_id=here.bo)
    clock.set_to(MORNING + timedelta(days=1))
    with database.write():
        record_deed(Done("waved", "reward", "bottle"), actor_id=None)
    with database.read():
        assert [entry.object_id for entry in entries(Wanted(action="waved"))] == ["bottle", str(here.ada)]
        assert [entry.object_id for entry in entries(Wanted(action="waved", actor_id=here.bo))] == [str(here.ada)]
        assert [entry.object_id for entry in entries(Wanted(action="waved", by_nobody=True))] == ["bottle"]
        assert [entry.object_id for entry in entries(Wanted(object_kind="reward", object_id="bottle"))] == ["bottle"]
        for first, found in ((date(2026, 3, 4), 2), (date(2026, 3, 5), 1), (date(2026, 3, 6), 0), (date.min, 2)):
            assert len(entries(Wanted(action="waved", first=first))) == found
        for end, found in ((date(2026, 3, 3), 0), (date(2026, 3, 4), 1), (date.max, 2)):
            assert len(entries(Wanted(action="waved", last=end))) == found
        assert "waved" in actions_known()
        assert {"reward", "user"} <= set(kinds_known())
        assert entry_by_id(entries(Wanted())[0].id).action == "waved"
        for absent in (0, 10**9, 10**30):
            with pytest.raises(NotFound):
                entry_by_id(absent)


def test_pages_follow_each_other_without_gap_or_repetition(database, here):
    with database.write():
        for number in range(PAGE_ROWS * 2 + 3):
            record_deed(Done("waved", "number", number), actor_id=here.bo)
    with database.read():
        whole = [entry.id for entry in every_entry(Wanted(action="waved"))]
        first = entries(Wanted(action="waved"))
        second = entries(Wanted(action="waved"), before_id=first[-1].id)
    assert [entry.id for entry in first + second] == whole[: PAGE_ROWS * 2]
    assert len(whole) == PAGE_ROWS * 2 + 3


def test_an_entry_of_the_command_line_says_so(database, here):
    with surrounded_by(Surroundings(place="command line")), database.write():
        add_user(email="eli@example.com", name="Eli", role="client", timezone="UTC")
    assert (last(database).place, last(database).actor) == ("command line", None)
