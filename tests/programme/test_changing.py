"""Changing the programme: merged, checked as a whole, and versioned."""

import threading
from typing import Any

import pytest

from rewards.activities.definitions import current_version, definitions_at
from rewards.activities.recording import record_events
from rewards.activities.registry import registry_in_force
from rewards.kit import sql
from rewards.kit.database import Database, db
from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.levels.queries import unseen_reaches
from rewards.people.models import Role
from rewards.programme.changing import Change, change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.verifying import verify
from tests.cast import Cast, gather, user
from tests.programmes import define, did, play

WORKOUT = {"key": "workout_logged", "category": "creation", "xp": 20, "points": 20, "max_per_day": 5}
LEVELS = [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 500}]
UNLOCK = {"key": "unlock", "pattern": {}, "outcome": {"type": "unlock_achievement", "achievement": "hero"}}
HERO = {"key": "hero", "type": "manual"}


def change(*, dry_run: bool = False, actor_id: int | None = None, **sections: Any) -> Change:
    with db.write():
        document = read_part(ProgrammeDocument, sections)
        return change_programme(document=document, actor_id=actor_id, note="a test", dry_run=dry_run)


def complaints(**sections: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        change(**sections)
    return {problem.field: problem.message for problem in refused.value.problems}


def said(things: tuple[Any, ...]) -> list[str]:
    return [str(thing) for thing in things]


def version() -> int:
    with db.read():
        return current_version()


def test_what_is_new_is_created_in_one_version(database: Database):
    done = change(activities=[WORKOUT], levels=LEVELS)
    assert said(done.created) == ["activity workout_logged", "level 1", "level 2"]
    assert (done.changed, done.unchanged, done.version) == ((), (), version())


def test_what_is_the_same_makes_no_version(database: Database):
    first = change(activities=[WORKOUT]).version
    again = change(activities=[WORKOUT])
    assert (again.version, said(again.unchanged), again.created, again.changed) == (None, ["activity workout_logged"], (), ())
    assert version() == first


def test_what_differs_is_changed_and_the_old_form_stays_readable(database: Database):
    before = change(activities=[WORKOUT, {"key": "meal_logged"}]).version
    done = change(activities=[WORKOUT | {"points": 25}, {"key": "meal_logged"}])
    assert (said(done.changed), said(done.unchanged)) == (["activity workout_logged"], ["activity meal_logged"])
    with db.read():
        assert before
        old = {row.key: row.body["points"] for row in definitions_at(before)}
        new = {row.key: row.body["points"] for row in definitions_at(current_version())}
    assert (old["workout_logged"], new["workout_logged"]) == (20, 25)


def test_what_a_document_does_not_name_stays(database: Database):
    change(activities=[WORKOUT], levels=LEVELS)
    change(activities=[{"key": "meal_logged"}])
    with db.read():
        assert set(registry_in_force().activities) == {"workout_logged", "meal_logged"}


def test_a_definition_is_what_its_entry_says_whatever_it_was_before(database: Database):
    change(activities=[WORKOUT])
    change(activities=[{"key": "workout_logged", "xp": 20}])
    with db.read():
        workout = registry_in_force().activities["workout_logged"]
    assert (workout.points, workout.max_per_day) == (0, None)


def test_settings_that_are_not_named_stay(database: Database):
    change(programme={"name": "Gym", "timezone": "Europe/Berlin", "backdating_days": 7})
    change(programme={"points_word": "laurels", "backdating_days": None})
    with db.read():
        settings = registry_in_force().settings
    assert (settings.name, settings.timezone, settings.points_word, settings.backdating_days) == ("Gym", "Europe/Berlin", "laurels", None)


def test_the_usual_settings_are_no_change(database: Database):
    assert change(programme={"name": "Laurel"}).version is None


def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database):
    change(activities=[WORKOUT])
    wanted: dict[str, Any] = {"activities": [WORKOUT | {"xp": 1}, {"key": "meal_logged", "category": "food"}], "levels": LEVELS}
    before = version()
    with db.read():
        rehearsed = change_programme(document=read_part(ProgrammeDocument, wanted), actor_id=None, dry_run=True)
        assert current_version() == before
    done = change(**wanted)
    assert (rehearsed.created, rehearsed.changed, rehearsed.unchanged, rehearsed.version) == (
        done.created,
        done.changed,
        done.unchanged,
        None,
    )


def test_a_category_that_nobody_has_defined_is_created(database: Database):
    rule = {"key": "mind", "pattern": {}, "outcome": {"type": "award_points", "category": "MINDFULNESS", "basePoints": 10}}
    double = {"key": "double", "factor": 2, "categories": ["SLEEP", "learning"]}
    done = change(rules=[rule], boosts=[double], activities=[{"key": "nap", "category": "Rest"}])
    assert said(done.created)[:3] == ["category rest", "category mindfulness", "category sleep"]
    with db.read():
        assert registry_in_force().categories["mindfulness"].name == "Mindfulness"
    assert change(rules=[rule]).version is None


def test_a_category_that_is_defined_keeps_its_name(database: Database):
    change(categories=[{"key": "rest", "name": "Rest and sleep"}], activities=[{"key": "nap", "category": "rest"}])
    change(activities=[{"key": "sauna", "category": "REST"}])
    with db.read():
        assert registry_in_force().categories["rest"].name == "Rest and sleep"


def test_the_ladder_is_checked_with_the_levels_in_force(database: Database):
    change(levels=LEVELS)
    assert complaints(levels=[{"number": 3, "name": "Gold", "xp_required": 500}]) == {
        "levels[0].xp_required": "more than 500 is expected: level 2 (Silver) begins there"
    }
    assert complaints(levels=[{"number": 1, "name": "Bronze", "xp_required": 600}])["levels[0].xp_required"].endswith("level 1 at 0 XP")
    assert said(change(levels=[{"number": 3, "name": "Gold", "xp_required": 501}]).created) == ["level 3"]


def test_a_level_in_force_that_a_document_would_overtake_is_named(database: Database):
    change(levels=[*LEVELS, {"number": 3, "name": "Gold", "xp_required": 900}])
    assert complaints(levels=[{"number": 2, "name": "Silver", "xp_required": 900}]) == {
        "levels": "level 3: more than 900 is expected: level 2 (Silver) begins there"
    }


def test_a_ladder_begins_with_level_one(database: Database):
    assert list(complaints(levels=LEVELS[1:])) == ["levels[0].xp_required"]


def test_a_rule_unlocks_an_achievement_that_exists(database: Database):
    assert list(complaints(rules=[UNLOCK])) == ["rules[0].outcome.achievement"]
    change(rules=[UNLOCK], achievements=[HERO])
    assert change(rules=[UNLOCK | {"priority": 1}]).version


def test_a_rule_grants_a_reward_that_there_is(database: Database):
    rule = {"key": "grant", "pattern": {}, "outcome": {"type": "grant_reward", "reward": "bottle"}}
    assert complaints(rules=[rule]) == {"rules[0].outcome.reward": "the key of a reward is expected"}
    assert change(rules=[rule], rewards=[{"key": "bottle", "points_cost": 5}]).version
    assert change(rules=[rule | {"priority": 1}]).version


def test_nothing_of_a_refused_document_is_kept(database: Database):
    assert complaints(activities=[WORKOUT], rules=[UNLOCK])
    assert version() == 0


def test_every_activity_and_achievement_has_an_identity_that_stays(database: Database):
    change(activities=[WORKOUT], achievements=[HERO])
    with db.read():
        before = sql.rows("SELECT id, key FROM activities"), sql.rows("SELECT id, key FROM achievements")
    change(activities=[WORKOUT | {"category": "challenge"}], achievements=[HERO | {"xp_reward": 5}])
    with db.read():
        assert (sql.rows("SELECT id, key FROM activities"), sql.rows("SELECT id, key FROM achievements")) == before
        assert sql.rows("SELECT key, category FROM activities") == [("workout_logged", "challenge")]


def test_a_kind_of_event_that_was_seen_before_keeps_its_identity_when_it_is_registered(database: Database):
    with db.write():
        sql.run("INSERT INTO activities (id, key, category) VALUES (77, 'workout_logged', 'participation')")
    change(activities=[WORKOUT])
    with db.read():
        assert sql.rows("SELECT id, category FROM activities") == [(77, "creation")]


def test_a_coachs_own_achievement_is_stored_with_the_coachs_id(database: Database):
    with db.write():
        cast = gather()
    change(achievements=[HERO | {"coach": "BO@example.com"}])
    with db.read():
        [row] = definitions_at(current_version())
        assert (row.body["coach"], row.body["coach_id"]) == (None, cast.bo)
        assert sql.rows("SELECT key, coach_id FROM achievements") == [("hero", cast.bo)]
    assert change(achievements=[HERO | {"coach_id": cast.bo}]).version is None


@pytest.mark.parametrize("coach", ["ada@example.com", "nobody@example.com", "x"])
def test_an_achievement_belongs_to_nobody_but_a_coach(database: Database, coach: str):
    with db.write():
        gather()
    assert complaints(achievements=[HERO | {"coach": coach}]) == {"achievements[0].coach": "somebody who coaches here is expected"}
    assert complaints(achievements=[HERO | {"coach_id": 999}]) == {"achievements[0].coach_id": "somebody who coaches here is expected"}


def test_a_coach_is_named_once(database: Database):
    with db.write():
        cast = gather()
        other = user("eve", Role.COACH)
    assert list(complaints(achievements=[HERO | {"coach": "bo@example.com", "coach_id": other}])) == ["achievements[0].coach_id"]
    assert change(achievements=[HERO | {"coach": "bo@example.com", "coach_id": cast.bo}]).version


def test_a_change_remembers_who_made_it_and_why(database: Database):
    with db.write():
        cast = gather()
    change(activities=[WORKOUT], actor_id=cast.dee)
    with db.read():
        assert sql.rows("SELECT actor_id, note FROM programme_versions WHERE id > 0") == [(cast.dee, "a test")]


def test_changes_at_the_same_time_lose_nothing(database: Database):
    failures: list[Exception] = []

    def add(number: int) -> None:
        try:
            change(activities=[{"key": f"activity_{number}"}, WORKOUT | {"points": number}])
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it.
            failures.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.read():
        assert len(registry_in_force().activities) == 9
        assert sql.value("SELECT max(id) FROM programme_versions") == 8
        assert sql.value("SELECT count(*) FROM definitions WHERE key = 'workout_logged' AND until_version IS NULL") == 1


def test_the_currency_stays_once_money_has_moved(cast: Cast) -> None:
    per_unit = {"field": "kg", "money": {"USD": 50}}
    define(programme={"currency": "EUR"})
    define(programme={"currency": "USD"}, activities=[{"key": "plastic_recycled", "category": "community", "per_unit": per_unit}])
    play(did(cast.ada, "plastic_recycled", metadata={"kg": 5}))
    with pytest.raises(Invalid, match=r"programme\.currency: USD; money of one of the two has moved already"):
        define(programme={"currency": "EUR"})


def test_a_currency_in_which_money_has_moved_does_not_become_the_programmes_own(cast: Cast) -> None:
    define(activities=[{"key": "workout_logged", "money": {"EUR": 50}}])
    play(did(cast.ada))
    with pytest.raises(Invalid, match=r"programme\.currency: USD; money"):
        define(programme={"currency": "EUR"})


def test_the_currency_stays_while_an_event_waits_for_its_award(cast: Cast) -> None:
    define(activities=[{"key": "workout_logged", "money": {"USD": 50}}])
    with db.write():
        record_events([did(cast.ada)])
    with pytest.raises(Invalid, match=r"programme\.currency: USD until"):
        define(programme={"currency": "EUR"})


def test_who_has_the_xp_for_a_level_that_became_easier_has_reached_it(cast: Cast) -> None:
    levels = [{"number": 1, "name": "One", "xp_required": 0}, {"number": 2, "name": "Two", "xp_required": 500}]
    define(activities=[{"key": "workout_logged", "xp": 60}], levels=levels)
    play(did(cast.ada), did(cast.cy))
    play(did(cast.cy))
    define(levels=[{"number": 2, "name": "Two", "xp_required": 50}, {"number": 3, "name": "Three", "xp_required": 120}])
    with db.read():
        assert [reach.number for reach in unseen_reaches(cast.ada)] == [2]
        assert [reach.number for reach in unseen_reaches(cast.cy)] == [2, 3]
        assert verify() == []
