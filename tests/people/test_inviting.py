"""An invitation lets one person in, once, as what it says; and tells nobody else anything."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit import announcing, sql
from rewards.kit.errors import Forbidden, Invalid, Refused
from rewards.people.changing import change_role
from rewards.people.consenting import consents_of
from rewards.people.facts import Invited
from rewards.people.inviting import accept_invitation, invitation_for_token, invite, token_of, withdraw_invitation
from rewards.people.passwords import hash_password
from tests.racing import race

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def hashed():
    return hash_password("three quiet garden walls")


@pytest.fixture
def invited(database, cast, clock):
    clock.set_to(MORNING)
    with database.write():
        return invite(email="Eli@Example.com", role="client", name="Eli", actor_id=cast.bo)


def accept(database, token, hashed, **changes):
    given = {"name": "Eli", "timezone": "Asia/Kathmandu", "consents": ["records"], **changes}
    with database.write():
        return accept_invitation(token=token, password=hashed, **given)


def test_whoever_holds_the_link_joins_as_what_they_were_invited_to_be(database, cast, invited, hashed):
    eli = accept(database, token_of(invited), hashed)
    assert (eli.email, eli.role, eli.coach_id, eli.timezone) == ("eli@example.com", "client", cast.bo, "Asia/Kathmandu")
    assert eli.email_verified_at == MORNING
    with database.read():
        said = {one.text.key: (one.is_given, one.version, one.at) for one in consents_of(eli.id)}
    assert said == {"records": (True, "1", MORNING), "news": (False, None, None)}


def test_an_invitation_is_accepted_once_also_by_two_at_a_time(database, invited, hashed):
    def one():
        return accept(database, token_of(invited), hashed).id

    done = race(one, one, one)
    assert sorted(type(outcome).__name__ for outcome in done) == ["Refused", "Refused", "int"]
    with database.read():
        assert sql.value("SELECT count(*) FROM users WHERE email = 'eli@example.com'") == 1
        assert invitation_for_token(token_of(invited)) is None


def test_no_row_of_the_database_holds_the_token(database, invited):
    token = token_of(invited)
    with database.read():
        for table in ("invitations", "links", "mails", "audit_entries"):
            assert token not in str(sql.rows(f"SELECT * FROM {table}"))


def test_an_invitation_ends_by_time_by_withdrawal_by_a_newer_one_and_with_the_secret_key(database, cast, invited, hashed, clock, tmp_path):
    token = token_of(invited)
    clock.set_to(MORNING + timedelta(days=7))
    with pytest.raises(Refused):
        accept(database, token, hashed)
    clock.set_to(MORNING)
    with database.write():
        newer = invite(email="eli@example.com", role="client", actor_id=cast.dee)
    with pytest.raises(Refused):
        accept(database, token, hashed)
    newer_token = token_of(newer)
    (tmp_path / "secret_key").unlink()
    with pytest.raises(Refused):
        accept(database, newer_token, hashed)
    with database.write():
        withdraw_invitation(invitation_id=newer.id, actor_id=cast.dee)
    with pytest.raises(Refused):
        accept(database, token_of(newer), hashed)


def test_a_coach_invites_clients_of_their_own_and_nobody_else(database, cast):
    with database.write():
        assert invite(email="fay@example.com", role="client", actor_id=cast.bo, coach_id=cast.dee).coach_id == cast.bo
        with pytest.raises(Forbidden):
            invite(email="gus@example.com", role="admin", actor_id=cast.bo)
        with pytest.raises(Forbidden):
            invite(email="gus@example.com", role="client", actor_id=cast.ada)


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nothing"}, {"email": "a@example.com\nBcc: b@example.com"}, {"role": "king"}, {"name": "Two\nlines"}, {"coach_id": 10**9}],
)
def test_a_wrong_invitation_is_refused_with_its_field(database, cast, wrong):
    given = {"email": "eli@example.com", "role": "client", "name": "Eli", **wrong}
    with pytest.raises(Invalid), database.write():
        invite(actor_id=cast.dee, **given)


def test_who_has_an_account_is_not_invited(database, cast):
    with pytest.raises(Refused) as refusal, database.write():
        invite(email="ada@example.com", role="client", actor_id=cast.dee)
    assert refusal.value.code == "email_taken"


def test_nobody_joins_without_the_consent_that_is_needed(database, invited, hashed):
    with pytest.raises(Invalid) as refusal:
        accept(database, token_of(invited), hashed, consents=["news"])
    assert [problem.field for problem in refusal.value.problems] == ["consent_records"]
    assert accept(database, token_of(invited), hashed).name == "Eli"


def test_a_coach_who_is_none_any_more_turns_nobody_away(database, cast, invited, hashed):
    with database.write():
        sql.run("UPDATE users SET coach_id = NULL")
        change_role(user_id=cast.bo, role="client")
    assert accept(database, token_of(invited), hashed).coach_id is None


def test_an_invitation_is_announced_without_its_token(database, cast):
    heard: list = []
    announcing.wire({Invited: (heard.extend,)})
    try:
        with database.write():
            invitation = invite(email="eli@example.com", role="coach", actor_id=cast.dee)
    finally:
        announcing.wire({})
    assert heard == [Invited(invitation.id, "eli@example.com")]
