"""Every line of a client's log says why it brought what it brought: two clicks from home, in plain words, as it was decided then."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.granting import adjust
from rewards.kit import sql
from rewards.people.queries import user_by_email
from tests.programmes import define, did, play
from tests.web.browser import HTMX

# A Saturday in Berlin.
MORNING = datetime(2026, 3, 7, 8, tzinfo=UTC)
WEEKEND = {
    "key": "weekend",
    "description": "Workouts on Saturday and Sunday count double.",
    "pattern": {"activity": "workout_logged"},
    "conditions": {"time.weekday": {"in": ["saturday", "sunday"]}},
    "outcome": {"type": "multiply", "asset": "points", "factor": 2},
}
LONG = {
    "key": "long",
    "description": "A meditation of ten minutes or more",
    "pattern": {"action": "completed", "object_type": "meditation"},
    "conditions": {"metadata.minutes": {"gte": 10}},
    "outcome": {"type": "award_points", "points": 10, "xp": 10},
}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(MORNING)


@pytest.fixture
def why(ada, database):
    """What the page says about the event that Ada has just had recorded."""

    def asked(activity="workout_logged", at=MORNING, **members):
        play(did(ada_id(database), activity, at, **members))
        with database.read():
            event_id = sql.value("SELECT max(id) FROM events WHERE source = 'test'")
        return words_of(ada.get(f"/client/log/{event_id}").text)

    return asked


def ada_id(database):
    with database.read():
        found = user_by_email("ada@example.com")
        assert found
        return found.id


def words_of(page):
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\N{MULTIPLICATION SIGN}", "x").split())


def test_it_is_two_clicks_from_home(ada, why):
    why()
    assert 'href="/client/log"' in ada.get("/client").text
    link = re.search(r'<a id="why-\d+" class="why" href="(/client/log/\d+)"', ada.get("/client/log").text)
    assert link
    assert "Workout logged" in ada.get(link[1]).text


def test_in_a_dialog_it_is_only_the_dialog(ada, why, database):
    why()
    with database.read():
        event_id = sql.value("SELECT max(id) FROM events")
    part = ada.get(f"/client/log/{event_id}", headers=HTMX).text
    assert part.lstrip().startswith('<dialog id="explanation"')
    assert "<html" not in part


def test_a_plain_award_names_its_activity(why):
    assert "Workout logged +20 XP, +20 points In all +20 XP, +20 points" in why()


def test_a_rule_that_multiplied_is_told_by_its_description(why):
    define(rules=[WEEKEND])
    told = why()
    assert "Workouts on Saturday and Sunday count double points x 2" in told
    assert "In all +20 XP, +40 points" in told


def test_what_was_decided_then_is_told_as_it_was_then(why, ada, database):
    define(rules=[WEEKEND])
    why()
    with database.read():
        event_id = sql.value("SELECT max(id) FROM events")
    define(rules=[WEEKEND | {"description": "Something else", "outcome": {"type": "multiply", "factor": 9}}])
    told = words_of(ada.get(f"/client/log/{event_id}").text)
    assert "count double points x 2" in told
    assert "Something else" not in told


def test_units_show_the_arithmetic(why):
    told = why("plastic_recycled", metadata={"kg": 5})
    assert "Plastic recycled: 5 kg at 10 XP, 10 points and $0.50 a kg +50 XP, +50 points, +$2.50" in told
    assert "No kg was given, so nothing was added for it." in why("plastic_recycled")


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"max_per_day": 1}, "The daily limit was reached: 1 of 1 had counted that day."),
        ({"max_per_week": 1}, "The weekly limit was reached: 1 of 1 had counted that week."),
        ({"cooldown_hours": 3}, "It counts once every 3 hours, and another one was closer than that."),
        ({"active": False}, "This activity was switched off."),
    ],
)
def test_what_brought_nothing_says_what_was_in_the_way(why, limit, said):
    define(activities=[{"key": "meal_logged", "category": "participation", "xp": 5, "points": 5, **limit}])
    why("meal_logged")
    told = why("meal_logged")
    assert said in told
    assert "In all 0 points" in told


def test_an_open_limit_says_how_much_of_it_was_used(why):
    define(activities=[{"key": "meal_logged", "category": "participation", "xp": 5, "points": 5, "max_per_day": 3}])
    why("meal_logged")
    assert "It was within the limit: 2 of 3 that day." in why("meal_logged")


def test_what_no_rule_took_says_which_might_have(why):
    define(rules=[LONG])
    told = why("meditation_completed", metadata={"minutes": 4})
    assert "Nothing in the programme pays for it as it is. Did not apply: A meditation of ten minutes or more." in told
    assert "A meditation of ten minutes or more +10 XP, +10 points" in why("meditation_completed", metadata={"minutes": 12})


def test_fractions_say_that_they_were_rounded(why):
    define(rules=[WEEKEND | {"outcome": {"type": "multiply", "factor": 1.13}}])
    told = why()
    assert "XP and points x 1.13" in told
    assert "Rounded to whole units" in told
    assert "In all +23 XP, +23 points" in told


def test_a_level_and_a_tired_activity_are_factors_too(why):
    define(
        levels=[{"number": 1, "name": "Bronze", "xp_required": 0, "multiplier": 2}],
        activities=[{"key": "meal_logged", "category": "participation", "xp": 8, "diminishing": {"after": 1, "factor": 0.5}}],
    )
    assert "Your level at the time XP x 2" in why("meal_logged")
    assert "Number 2 of that day counts less XP x 0.5 In all +8 XP" in why("meal_logged")


def test_bonuses_are_told_with_what_led_to_them_and_by_themselves(why, ada, database):
    play(*[did(ada_id(database), "daily_checkin", MORNING - timedelta(days=ago)) for ago in range(6, 0, -1)])
    told = why("daily_checkin")
    assert "It made 7 days in a row." in told
    assert "It came to +10 XP, +10 points Bonus: 7-day streak +50 XP, +50 points" in told
    with database.read():
        bonus = sql.value("SELECT e.id FROM events e JOIN activities a ON a.id = e.activity_id WHERE a.key = 'streak_7_day'")
    assert "7 days in a row since Sun 1 Mar." in words_of(ada.get(f"/client/log/{bonus}").text)


def test_what_was_entered_by_hand_gives_its_reason(ada, database):
    with database.write():
        event_id = adjust(user_id=ada_id(database), asset="points", amount=30, reason="For helping on Friday", actor_id=None).event_id
    told = words_of(ada.get(f"/client/log/{event_id}").text)
    assert "For helping on Friday In all +30 points" in told


def test_earlier_lines_are_appended_where_the_list_ended(ada, database):
    play(*[did(ada_id(database), at=MORNING - timedelta(minutes=minute)) for minute in range(40)])
    first = ada.get("/client/log").text
    link = re.search(r'hx-get="(/client/log\?before=\d+)" hx-target="#earlier"', first)
    assert link
    part = ada.get(link[1], headers=HTMX).text
    assert "<html" not in part
    assert part.count("data-focus") == 1
    assert 'class="day"' not in part, "the day goes on"
    assert 'class="day"' in ada.get(link[1]).text
    assert "data-focus" not in ada.get(link[1]).text


def test_a_part_costs_four_questions_at_most(ada, database, questions, why):
    play(*[did(ada_id(database), at=MORNING - timedelta(minutes=minute)) for minute in range(40)])
    with database.read():
        event_id = sql.value("SELECT max(id) FROM events")
    for address in (f"/client/log/{event_id}", f"/client/log?before={event_id}"):
        ada.get(address, headers=HTMX)
        with questions() as asked:
            ada.get(address, headers=HTMX)
        asked = [one for one in asked if one != "BEGIN"]
        assert len(asked) <= 4, (address, asked)
