"""Staff changes what people may do, and people change how they are called; an admin always remains."""

import pytest

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.changing import change_role, disable_user
from rewards.people.describing import change_profile, hand_over_clients, reassign_coach
from rewards.people.devices import device_words
from rewards.people.models import Role
from rewards.people.preferences import Preferences, change_preferences, preferences_of
from rewards.people.queries import resolve_user
from tests.cast import user
from tests.racing import race


def test_the_last_admin_stays_one(database, cast):
    for change in (
        lambda: change_role(user_id=cast.dee, role="coach"),
        lambda: disable_user(user_id=cast.dee),
    ):
        with pytest.raises(Refused) as refusal, database.write():
            change()
        assert refusal.value.code == "last_admin"
    with database.write():
        eve = user("eve", Role.ADMIN)
        disable_user(user_id=eve)
    with pytest.raises(Refused), database.write():
        disable_user(user_id=cast.dee)


def test_of_two_admins_who_leave_at_once_one_stays(database, cast):
    with database.write():
        eve = user("eve", Role.ADMIN)

    def leave(user_id):
        with database.write():
            return disable_user(user_id=user_id).id

    outcomes = race(lambda: leave(cast.dee), lambda: leave(eve))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "int"]


def test_a_client_goes_to_another_coach_or_to_none(database, cast):
    with database.write():
        assert reassign_coach(user_id=cast.cy, coach_id=cast.bo, actor_id=cast.dee).coach_id == cast.bo
        assert reassign_coach(user_id=cast.cy, coach_id=None, actor_id=cast.dee).coach_id is None
        for user_id, coach_id in ((cast.cy, cast.ada), (cast.cy, 10**9), (cast.bo, cast.bo)):
            with pytest.raises(Invalid):
                reassign_coach(user_id=user_id, coach_id=coach_id, actor_id=cast.dee)
        with pytest.raises(NotFound):
            reassign_coach(user_id=10**9, coach_id=cast.bo, actor_id=cast.dee)


def test_a_coach_who_leaves_hands_everybody_over(database, cast):
    with database.write():
        eve = user("eve", Role.COACH)
        reassign_coach(user_id=cast.cy, coach_id=cast.bo, actor_id=cast.dee)
        assert hand_over_clients(coach_id=cast.bo, new_coach_id=eve, actor_id=cast.dee) == 2
        assert change_role(user_id=cast.bo, role="client", actor_id=cast.dee).role == "client"
        with pytest.raises(Invalid):
            hand_over_clients(coach_id=eve, new_coach_id=eve, actor_id=cast.dee)


def test_a_profile_keeps_what_is_not_named(database, cast):
    with database.write():
        ada = change_profile(user_id=cast.ada, name=" Ada Lovelace ", actor_id=cast.ada)
        assert (ada.name, ada.locale) == ("Ada Lovelace", "en")
        ada = change_profile(user_id=cast.ada, locale="de-AT", actor_id=cast.ada)
        assert (ada.name, ada.locale) == ("Ada Lovelace", "de-AT")
        before = sql.value("SELECT count(*) FROM audit_entries")
        change_profile(user_id=cast.ada, name="Ada Lovelace", actor_id=cast.ada)
        assert sql.value("SELECT count(*) FROM audit_entries") == before
    for wrong in ({"name": ""}, {"name": "a\nb"}, {"name": "x" * 201}, {"locale": "Klingon!"}):
        with pytest.raises(Invalid), database.write():
            change_profile(user_id=cast.ada, actor_id=cast.ada, **wrong)


def test_what_somebody_likes_is_kept_and_the_rest_is_as_usual(database, cast):
    with database.read():
        assert preferences_of(resolve_user(str(cast.ada))) == Preferences(theme="system", celebrations=True)
    with database.write():
        change_preferences(user_id=cast.ada, theme="dark")
        change_preferences(user_id=cast.ada, celebrations=False)
    with database.read():
        assert preferences_of(resolve_user(str(cast.ada))) == Preferences(theme="dark", celebrations=False)
        assert preferences_of(resolve_user(str(cast.cy))) == Preferences()


@pytest.mark.parametrize("wrong", [{"theme": "plaid"}, {"celebrations": "yes"}, {"role": "admin"}])
def test_what_nobody_can_choose_is_refused_with_its_field(database, cast, wrong):
    with pytest.raises(Invalid) as refusal, database.write():
        change_preferences(user_id=cast.ada, **wrong)
    assert [problem.field for problem in refusal.value.problems] == list(wrong)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/130.0 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(told, words):
    assert device_words(told) == words
