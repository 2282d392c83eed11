"""An admin looks after everybody's achievements and the coaches', and gives one to several people at once."""

from typing import Any

import pytest

from rewards.achievements.documents import AchievementDocument, AchievementType
from rewards.achievements.identities import achievement_ids
from rewards.earning.in_force import programme_in_force
from rewards.kit import sql
from rewards.programme.owning import add_achievement
from tests.programmes import define
from tests.web.browser import form_of, log, submit
from tests.web.conftest import somebody

PLACE = "/admin/achievements"


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


@pytest.fixture
def kindness(site, database):
    define(achievements=[{"key": "kindness", "name": "Kindness", "type": "manual", "xp_reward": 5}])
    with database.read():
        return achievement_ids(["kindness"])["kindness"]


def in_force(database):
    with database.read():
        return {one.key: one.document for one in programme_in_force().achievements}


def unlocked(database):
    with database.read():
        return [email for (email,) in sql.rows("SELECT u.email FROM unlocks k JOIN users u ON u.id = k.user_id ORDER BY u.email")]


def test_one_for_everybody_is_made_and_given_to_who_has_done_enough(dee, ada, database):
    log(ada, "workout_logged")
    form = form_of(dee.get(f"{PLACE}/create"), "achievement")
    typed: dict[str, Any] = {
        "name": "First workout",
        "condition_type": "activity_count",
        "activity": "workout_logged",
        "condition_value": "1",
        "give_now": "y",
    }
    assert submit(dee, form, **typed).location == f"{PLACE}?told=made"
    assert in_force(database)["first_workout"].coach_id is None
    assert unlocked(database) == ["ada@example.com"]


def test_a_coachs_own_stays_theirs_when_an_admin_changes_it(dee, database):
    with database.write():
        bo = somebody("bo")
        made = add_achievement(achievement=AchievementDocument(key="race", name="Race", type=AchievementType.MANUAL), actor=bo)
        bo_id = bo.id
    with database.read():
        number = achievement_ids([made.key])[made.key]
    submit(dee, form_of(dee.get(f"{PLACE}/{number}/edit"), "achievement"), name="Long race")
    changed = in_force(database)[made.key]
    assert (changed.name, changed.coach_id) == ("Long race", bo_id)


def test_one_is_given_to_several_people_at_once(dee, database, kindness):
    form = form_of(dee.get(f"{PLACE}/{kindness}/group"), "group")
    answer = submit(dee, form, emails="ada@example.com\nCY@example.com, ada@example.com", note="Well done")
    assert answer.location == f"{PLACE}?given=2"
    assert unlocked(database) == ["ada@example.com", "cy@example.com"]
    assert "Given to 2 people." in dee.get(answer.location).text


@pytest.mark.parametrize(
    ("emails", "said"),
    [
        ("", "Enter 1 to 100 e-mail addresses"),
        ("cy@example.com\nnobody@example.com", "No client has the address nobody@example.com."),
        ("cy@example.com bo@example.com", "No client has the address bo@example.com."),
        ("cy@example.com ada@example.com", "ada@example.com: Kindness is unlocked already."),
    ],
)
def test_it_is_given_to_all_of_them_or_to_nobody(dee, database, kindness, emails, said):
    form = form_of(dee.get(f"{PLACE}/{kindness}/group"), "group")
    submit(dee, form, emails="ada@example.com")
    answer = submit(dee, form, emails=emails)
    assert answer.status_code == 422
    assert said in answer.text
    assert unlocked(database) == ["ada@example.com"]


def test_what_somebody_has_is_switched_off_and_not_deleted(dee, database, kindness):
    submit(dee, form_of(dee.get(f"{PLACE}/{kindness}/group"), "group"), emails="ada@example.com")
    page = dee.get(f"{PLACE}/{kindness}/deletion")
    assert "1 person has it already" in page.text
    submit(dee, form_of(page, "deletion-form"))
    assert not in_force(database)["kindness"].active
    assert dee.get(f"{PLACE}/{kindness}/group").status_code == 404


def test_what_nobody_has_goes(dee, database, kindness):
    answer = submit(dee, form_of(dee.get(f"{PLACE}/{kindness}/deletion"), "deletion-form"))
    assert answer.location == f"{PLACE}?told=removed"
    assert "kindness" not in in_force(database)
