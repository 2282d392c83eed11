"""People see where they are signed in, and sign out of one place, of all others, or of everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.kit.errors import NotFound
from rewards.kit.surroundings import Surroundings, surrounded_by
from rewards.people import visits
from rewards.people.changing import change_role, disable_user, enable_user
from rewards.people.links import token_of
from rewards.people.queries import resolve_user
from rewards.people.resetting import is_reset_open, open_reset
from rewards.people.sessions import end_all_sessions, end_other_sessions, end_session_of, sessions_of
from rewards.people.signing_in import Proof, open_session, session_for_token

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
def everybody(cast, clock):
    clock.set_to(MORNING)
    visits.take()
    return cast


def sign_in(database, user_id, stamp, place="192.0.2.7", device=FIREFOX):
    with surrounded_by(Surroundings(place=place, device=device)), database.write():
        return open_session(Proof(user_id, stamp))


def places(database, user_id):
    with database.read():
        return [session.place for session in sessions_of(resolve_user(str(user_id)))]


def session_id(database, token):
    with database.read():
        found = session_for_token(token)
    assert found
    return found.session_id


def is_good(database, token):
    with database.read():
        return session_for_token(token) is not None


def test_a_session_says_on_what_from_where_and_when(database, everybody, clock):
    token = sign_in(database, everybody.ada, "ada")
    sign_in(database, everybody.cy, "cy")
    clock.set_to(MORNING + timedelta(hours=1))
    assert is_good(database, token)
    with database.read():
        (session,) = sessions_of(resolve_user(str(everybody.ada)))
    assert (session.device, session.place) == ("Firefox on Linux", "192.0.2.7")
    assert (session.opened_at, session.last_seen_at) == (MORNING, MORNING + timedelta(hours=1))


def test_the_latest_used_comes_first_and_what_is_over_not_at_all(database, everybody, clock):
    sign_in(database, everybody.ada, "ada", place="one")
    sign_in(database, everybody.ada, "an older stamp", place="two")
    clock.set_to(MORNING + timedelta(days=10))
    sign_in(database, everybody.ada, "ada", place="three")
    assert places(database, everybody.ada) == ["three", "one"]
    clock.set_to(MORNING + timedelta(days=15))
    assert places(database, everybody.ada) == ["three"]


def test_signing_out_of_one_place_leaves_the_others(database, everybody):
    here, there = (sign_in(database, everybody.ada, "ada", place=place) for place in ("here", "there"))
    with database.write():
        end_session_of(user_id=everybody.ada, session_id=session_id(database, there), actor_id=everybody.ada)
    assert (is_good(database, here), is_good(database, there)) == (True, False)


def test_nobody_ends_the_session_of_another(database, everybody):
    token = sign_in(database, everybody.cy, "cy")
    theirs = session_id(database, token)
    for absent in (theirs, 10**9):
        with pytest.raises(NotFound), database.write():
            end_session_of(user_id=everybody.ada, session_id=absent, actor_id=everybody.ada)
    assert is_good(database, token)


def test_signing_out_elsewhere_keeps_this_place(database, everybody):
    here, *others = (sign_in(database, everybody.ada, "ada") for _ in range(3))
    stranger = sign_in(database, everybody.cy, "cy")
    kept = session_id(database, here)
    with database.write():
        assert end_other_sessions(user_id=everybody.ada, session_id=kept, actor_id=everybody.ada) == 2
    assert is_good(database, here)
    assert is_good(database, stranger)
    assert not any(is_good(database, token) for token in others)


def test_signing_out_everywhere_ends_sessions_links_and_proofs(database, everybody):
    token = sign_in(database, everybody.ada, "ada")
    with database.write():
        link = open_reset("ada@example.com")
        assert link
        reset = token_of(link)
        end_all_sessions(user_id=everybody.ada, actor_id=everybody.dee)
    assert not is_good(database, token)
    assert not is_good(database, sign_in(database, everybody.ada, "ada"))
    with database.read():
        assert not is_reset_open(reset)


def test_demotion_and_deactivation_end_every_session_for_good(database, everybody):
    token = sign_in(database, everybody.bo, "bo")
    with database.write():
        disable_user(user_id=everybody.bo, actor_id=everybody.dee)
        enable_user(user_id=everybody.bo, actor_id=everybody.dee)
    assert not is_good(database, token)
    token = sign_in(database, everybody.cy, "cy")
    with database.write():
        change_role(user_id=everybody.cy, role="coach", actor_id=everybody.dee)
    assert not is_good(database, token)
    assert places(database, everybody.cy) == []
