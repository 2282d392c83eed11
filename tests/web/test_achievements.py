"""A client sees what they achieved, how far they are with the rest, and nothing of what is secret or somebody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.granting import award_achievement
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import log

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
WORKOUTS = {"type": "automatic", "condition_type": "workout_count"}
LIST = [
    {"key": "ten", "name": "Ten workouts", "condition_value": 10, "xp_reward": 50, **WORKOUTS},
    {"key": "two", "name": "Two workouts", "condition_value": 2, "description": "It gets easier.", **WORKOUTS},
    {"key": "week", "name": "First week", "type": "automatic", "condition_type": "streak_days", "condition_value": 7},
    {"key": "busy", "name": "Busy week", "condition_value": 5, "window": "week", **WORKOUTS},
    {"key": "owl", "name": "Night owl", "condition_value": 9, "secret": True, **WORKOUTS},
    {"key": "kind", "name": "Good company", "type": "manual"},
]


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def page(ada, database):
    """Ada's page after a few workouts in two weeks, and three check-ins in a row."""
    define(achievements=LIST)
    ada_id = person("ada", database).id
    play(*[did(ada_id, "workout_logged", MORNING - timedelta(days=ago)) for ago in (9, 1, 0)])
    play(*[did(ada_id, "daily_checkin", MORNING - timedelta(days=ago)) for ago in (3, 2, 1)])
    return lambda: ada.get("/client/achievements").text


def person(name, database):
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found


def entry(text, key):
    return text[text.index(f'id="achievement-{key}"') :].split("</li>")[0]


def test_what_is_earned_comes_first_then_what_is_on_the_way_then_the_rest(page):
    text = page()
    places = [text.index(f'id="{part}-title"') for part in ("earned", "begun", "rest")]
    assert places == sorted(places)
    assert text.index('id="achievement-two"') < places[1] < text.index('id="achievement-ten"') < places[2] < text.index("Good company")
    assert "1 of 5" in text


def test_each_says_how_far_one_is_in_its_own_unit(page):
    text = page()
    assert "3 of 10" in entry(text, "ten")
    assert 'max="10" value="3"' in entry(text, "ten")
    assert "3 of 7 days" in entry(text, "week")
    assert "2 of 5 this week" in entry(text, "busy")


def test_a_run_that_ended_is_no_step_towards_the_next(page, clock):
    clock.set_to(MORNING + timedelta(days=2))
    assert "of 7 days" not in entry(page(), "week")


def test_each_says_what_it_asks_and_brings(page):
    text = page()
    assert "Workout logged: 10 times." in entry(text, "ten")
    assert "Brings +50 XP." in entry(text, "ten")
    assert "It gets easier." in entry(text, "two")
    assert "Daily check-in: 7 days in a row." in entry(text, "week")
    assert "Given by your coach" in entry(text, "kind")


def test_what_is_secret_is_seen_by_who_has_it(page, database):
    assert "Night owl" not in page()
    play(*[did(person("ada", database).id, "workout_logged", MORNING) for _ in range(9)])
    assert "Night owl" in page()


def test_what_a_coach_gave_says_who_gave_it_and_why(page, database):
    with database.write():
        award_achievement(user_id=person("ada", database).id, achievement="kind", awarded_by=person("bo", database).id, note="For Tuesday.")
    assert "given by Bo" in entry(page(), "kind")
    assert "For Tuesday." in entry(page(), "kind")


def test_another_coachs_achievements_are_not_shown(ada, sign_in, database):
    define(achievements=[{"key": "bos", "name": "Bo's own", "type": "manual", "coach_id": person("bo", database).id}])
    assert "Bo&#39;s own" in ada.get("/client/achievements").text
    assert "Bo&#39;s own" not in sign_in("cy").get("/client/achievements").text


def test_who_has_none_sees_the_nearest_first(ada, database):
    define(achievements=LIST)
    assert "Nothing earned yet" in ada.get("/client/achievements").text
    log(ada, "workout_logged")
    text = ada.get("/client/achievements").text
    assert "The nearest one comes first." in text
    assert text.index('id="achievement-two"') < text.index('id="achievement-busy"') < text.index('id="achievement-ten"')


def test_a_programme_without_achievements_says_so(ada):
    assert "Nothing to achieve yet" in ada.get("/client/achievements").text


def test_home_shows_the_nearest_and_the_last_ones(page, ada):
    page()
    text = ada.get("/client").text
    assert "3 of 7 days" in text
    assert "Two workouts" in text
    assert "Ten workouts" not in text


def test_a_new_client_is_shown_three_steps_until_the_first_is_done(ada):
    assert "Three steps to begin" in ada.get("/client").text
    log(ada, "workout_logged")
    assert "Three steps to begin" not in ada.get("/client").text
