"""An admin reads rules as sentences, edits them row by row, and knows what a rule would do before it is saved."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.programme.rulebook import all_boosts, all_rules
from tests.programmes import define, did, play
from tests.web.browser import HTMX, form_of, submit
from tests.web.conftest import somebody

PLACE = "/admin/rules"
NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
LONG = {
    "key": "long_meditation",
    "description": "Long meditation",
    "priority": 10,
    "pattern": {"action": "completed", "object_type": "meditation"},
    "conditions": {"metadata.duration": {"gte": 600}},
    "outcome": {"type": "award_points", "category": "learning", "points": 10, "xp": 10},
}
WEEKEND = {
    "key": "weekend",
    "description": "Weekend",
    "priority": 50,
    "pattern": {"activity": "workout_logged"},
    "conditions": {"time.weekday": {"in": ["saturday", "sunday"]}, "person.level": {"lt": 3}},
    "outcome": {"type": "multiply", "factor": 2},
}


@pytest.fixture(autouse=True)
def morning(clock):
    clock.set_to(NOW)


@pytest.fixture
def dee(sign_in):
    return sign_in("dee")


@pytest.fixture
def rules(site):
    define(rules=[LONG, WEEKEND])


def in_force(database):
    with database.read():
        return {rule.key: rule for rule in all_rules()}


def open_form(dee, key=None):
    return form_of(dee.get(f"{PLACE}/{key}/edit" if key else f"{PLACE}/create"), "rule")


def test_a_programme_without_rules_says_what_they_are_good_for(dee):
    assert "Say what deserves more" in dee.get(PLACE).text


def test_rules_are_read_as_sentences_in_their_order(dee, rules):
    page = dee.get(PLACE).text
    first = "When <em>Meditation completed</em> and <em>duration is at least 600</em>: <strong>10 XP, 10 points for Learning</strong>."
    second = "When <em>Workout logged</em> and <em>the level is less than 3 and the day is Saturday or Sunday</em>: <strong>XP and points"
    assert 0 < page.index(first) < page.index(second)


def test_hits_are_counted_for_thirty_days(dee, rules, database):
    with database.read():
        ada = somebody("ada").id
    play(*[did(ada, "meditation_completed", NOW - timedelta(days=day), metadata={"duration": 700 - day * 60}) for day in range(4)])
    assert "2 hits in 30 days" in dee.get(PLACE).text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_rule_moves_up_and_is_tried_first(dee, rules, database, headers):
    form = form_of(dee.get(PLACE), "move-weekend")
    answer = submit(dee, form, headers, direction="up")
    assert answer.status_code == (200 if headers else 303)
    assert list(in_force(database)) == ["weekend", "long_meditation"]
    submit(dee, form, headers, direction="up")
    assert list(in_force(database)) == ["weekend", "long_meditation"], "at the top it stays"


def test_rules_that_share_a_priority_are_told_apart_when_one_moves(dee, database):
    define(rules=[LONG | {"key": key, "priority": 5} for key in ("a", "b", "c")])
    submit(dee, form_of(dee.get(PLACE), "move-c"), direction="up")
    assert list(in_force(database)) == ["a", "c", "b"]


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_a_rule_is_switched_off_and_on_again(dee, rules, database, headers):
    answer = submit(dee, form_of(dee.get(PLACE), "switch-weekend"), headers)
    assert not in_force(database)["weekend"].active
    page = answer if headers else dee.get(answer.location)
    assert "Weekend is off." in page.text
    submit(dee, form_of(page, "undo-form"), headers)
    assert in_force(database)["weekend"].active


@pytest.mark.parametrize("key", ["long_meditation", "weekend"])
def test_a_form_that_is_saved_as_it_stands_changes_nothing(dee, rules, database, key):
    before = in_force(database)[key]
    assert submit(dee, open_form(dee, key)).location == f"{PLACE}?saved={key}"
    assert in_force(database)[key] == before


@pytest.mark.parametrize(
    "conditions",
    [
        {"metadata.kind": {"in": ["yoga", "a, b", "10"]}},
        {"metadata.note": {"equals": "10"}, "metadata.done": {"equals": True}},
        {"metadata.minutes": {"gte": 1.5, "lt": 20}},
        {"metadata.minutes": {"between": [10, 20]}},
        {"metadata.photo": {"exists": False}},
        {"person.count.workout_logged": {"gte": 5}},
        {"person.tags": {"contains": "vip"}},
        {"time.date": {"gte": "2027-06-01"}, "time.hour": {"lt": 9}},
        {"any": [{"person.level": {"gte": 3}}, {"person.total_xp": {"gt": 100}}]},
        {"not": {"any": [{"person.level": {"gte": 3}}, {"all": [{"metadata.a": {"equals": "x"}}]}]}},
    ],
)
def test_whatever_is_asked_survives_the_form(dee, database, conditions):
    define(rules=[LONG | {"conditions": conditions}])
    before = in_force(database)["long_meditation"]
    answer = submit(dee, open_form(dee, "long_meditation"), description="Another name")
    assert answer.status_code == 303, answer.text
    after = in_force(database)["long_meditation"]
    assert (after.conditions, after.description) == (before.conditions, "Another name")


def test_the_fields_of_a_pattern_become_conditions_that_ask_the_same(dee, database):
    define(rules=[LONG | {"pattern": {"action": "completed", "metadata": {"kind": "yoga"}}}])
    submit(dee, open_form(dee, "long_meditation"))
    after = in_force(database)["long_meditation"]
    assert after.conditions == {"metadata.kind": {"equals": "yoga"}, "metadata.duration": {"gte": 600}}


@pytest.mark.parametrize("headers", [None, HTMX | {"HX-Target": "conditions"}], ids=["plain", "htmx"])
def test_rows_come_and_go_by_buttons_and_nothing_is_saved(dee, rules, database, headers):
    form = open_form(dee, "long_meditation")
    before = in_force(database)
    more = dee.post(f"{PLACE}/draft", data={**form, "add": "1"}, headers=headers)
    assert more.text.count('name="condition_what"') == 2
    fewer = dee.post(f"{PLACE}/draft", data={**form, "remove": "1"}, headers=headers)
    assert 'name="condition_what"' not in fewer.text
    assert ("<html" in more.text) is (headers is None)
    assert in_force(database) == before


def test_a_rule_is_made_of_rows(dee, database):
    fields = {
        "description": "Early bird",
        "activity": "workout_logged",
        "match": "any",
        "condition_what": ["time.hour", "metadata", "person.count"],
        "condition_name": ["", "minutes", "daily_checkin"],
        "condition_operator": ["lt", "gte", "gt"],
        "condition_value": ["8", "30", "10"],
        "outcome": "award_points",
        "xp": "15",
        "money": "1,50",
        "active_from": "2026-03-01",
        "stop": "y",
        "active": "y",
        "priority": "20",
    }
    answer = dee.post(f"{PLACE}/create", data={**open_form(dee), **fields})
    assert answer.location == f"{PLACE}?saved=early_bird", answer.text
    made = in_force(database)["early_bird"]
    asked = [{"time.hour": {"lt": 8}}, {"metadata.minutes": {"gte": 30}}, {"person.count.daily_checkin": {"gt": 10}}]
    assert made.conditions == {"any": asked}
    assert (made.outcome.xp, made.outcome.money, made.stop, made.priority) == (15, {"USD": 150}, True, 20)
    assert "15 XP, $1.50. From Sun 1 Mar. No rule after it is tried." in dee.get(answer.location).text


def test_the_sentence_follows_what_is_typed(dee, rules):
    form = open_form(dee, "long_meditation")
    answer = dee.post(f"{PLACE}/draft", data={**form, "xp": "99"}, headers=HTMX | {"HX-Target": "sentence"})
    assert answer.text.lstrip().startswith('<output id="sentence"')
    assert "<strong>99 XP, 10 points for Learning</strong>" in answer.text
    broken = dee.post(f"{PLACE}/draft", data={**form, "xp": "some"}, headers=HTMX | {"HX-Target": "sentence"})
    assert "When it is filled in" in broken.text


def test_another_kind_of_outcome_shows_its_fields(dee, rules):
    form = open_form(dee, "long_meditation")
    answer = dee.post(f"{PLACE}/draft", data={**form, "outcome": "multiply"}, headers=HTMX | {"HX-Target": "outcome"})
    assert answer.text.lstrip().startswith('<fieldset id="outcome"')
    assert 'id="sentence"' in answer.text


def test_a_rule_gives_a_reward_and_its_form_says_which(dee, rules, database):
    define(rewards=[{"key": "water_bottle", "name": "Water bottle", "points_cost": 500}])
    form = open_form(dee, "long_meditation")
    assert submit(dee, form, outcome="grant_reward", reward="water_bottle").status_code == 303
    assert in_force(database)["long_meditation"].outcome.plain() == {"type": "grant_reward", "reward": "water_bottle"}
    page = dee.get(f"{PLACE}/long_meditation/edit")
    assert '<option value="water_bottle" selected>Water bottle</option>' in page.text
    assert "gives the reward Water bottle" in page.text
    assert submit(dee, form_of(page, "rule"), description="Renamed").status_code == 303
    assert in_force(database)["long_meditation"].outcome.plain()["reward"] == "water_bottle"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"description": ""}, "description"),
        ({"xp": "x", "points": "5"}, "xp"),
        ({"xp": "", "points": ""}, "xp"),
        ({"outcome": "multiply", "factor": ""}, "factor"),
        ({"outcome": "unlock_achievement"}, "achievement"),
        ({"outcome": "unlock_achievement", "achievement": "nothing"}, "achievement"),
        ({"outcome": "grant_reward"}, "reward"),
        ({"outcome": "grant_reward", "reward": "nothing"}, "reward"),
        ({"active_from": "2026-05-01", "active_until": "2026-04-01"}, "active_until"),
        ({"priority": "first"}, "priority"),
        ({"condition_name": ""}, "condition_1"),
        ({"condition_value": ""}, "condition_1"),
        ({"condition_value": "much"}, "condition_1"),
        ({"condition_operator": "between", "condition_value": "5"}, "condition_1"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(dee, rules, database, typed, field):
    before = in_force(database)
    answer = submit(dee, open_form(dee, "long_meditation"), **typed)
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert "data-focus" in answer.text
    assert in_force(database) == before


def test_a_document_of_conditions_that_cannot_be_read_says_where(dee, database):
    define(rules=[LONG | {"conditions": {"not": {"person.level": {"gte": 3}}}}])
    form = open_form(dee, "long_meditation")
    assert "person.level" in form["conditions_document"]
    answer = submit(dee, form, conditions_document="not: {person.levle: 3}")
    assert answer.status_code == 422
    assert "did you mean" in answer.text


def test_a_new_rule_overwrites_no_other(dee, rules, database):
    answer = submit(dee, open_form(dee), description="Weekend", xp="5")
    assert answer.status_code == 422
    assert "Another rule is called so." in answer.text
    assert in_force(database)["weekend"].outcome.type == "multiply"


def test_paying_twice_is_pointed_out(dee, rules):
    define(rules=[LONG | {"key": "again", "description": "Again", "priority": 60}])
    page = dee.get(PLACE).text
    assert "Again pays for this too." in page
    assert "Long meditation pays for this too." in page
    submit(dee, open_form(dee), description="Extra", activity="workout_logged", xp="5")
    assert "Workout logged is worth something by itself; this comes on top." in dee.get(PLACE).text


def test_versions_stand_under_the_form(dee, rules):
    submit(dee, open_form(dee, "long_meditation"), xp="12")
    page = dee.get(f"{PLACE}/long_meditation/edit").text
    versions = page[page.index("Versions") :]
    assert versions.index("12 XP, 10 points") < versions.index("10 XP, 10 points")
    assert "changed outcome" in versions


def test_rules_cost_a_handful_of_questions_however_many(dee, rules, questions):
    define(rules=[LONG | {"key": f"r{number}", "priority": number} for number in range(60)])
    for address in (PLACE, f"{PLACE}/weekend/edit", f"{PLACE}/create"):
        dee.get(address)
        with questions() as asked:
            dee.get(address)
        assert len(asked) <= 10, asked
    form = open_form(dee, "weekend")
    with questions() as part:
        dee.post(f"{PLACE}/draft", data=form, headers=HTMX | {"HX-Target": "sentence"})
    assert len(part) <= 4, part


def test_a_boost_is_made_changed_and_switched_off(dee, database):
    fields = {"name": "Early June", "factor": "1,5", "begins": "2026-06-01", "ends": "2026-07-01", "hour_from": "6", "hour_until": "9"}
    form = form_of(dee.get("/admin/boosts/create"), "boost") | fields
    form.pop("activities", None)
    answer = dee.post("/admin/boosts/create", data={**form, "weekdays": ["saturday", "sunday"], "categories": ["learning"]})
    assert answer.location == "/admin/boosts?saved=early_june", answer.text
    with database.read():
        [made] = all_boosts()
    assert made.hours
    assert (str(made.factor), made.weekdays, made.hours.from_, made.categories) == ("1.5", ["saturday", "sunday"], 6, ["learning"])
    page = dee.get("/admin/boosts")
    assert "it happens on Saturday and Sunday from 6:00 to 9:00" in page.text
    assert "Planned" in page.text
    submit(dee, form_of(page, "switch-early_june"))
    with database.read():
        assert not all_boosts()[0].active
    kept = form_of(dee.get("/admin/boosts/early_june/edit"), "boost")
    assert {name: kept[name] for name in fields} == fields | {"factor": "1.5"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"factor": "0"}, "factor"),
        ({"hour_from": "6"}, "hour_until"),
        ({"ends": "2026-01-01", "begins": "2026-02-01"}, "ends"),
    ],
)
def test_a_boost_that_makes_no_sense_is_explained(dee, typed, field):
    form = form_of(dee.get("/admin/boosts/create"), "boost")
    form.pop("activities", None)
    answer = dee.post("/admin/boosts/create", data={**form, "name": "June", **typed})
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text


def test_a_category_is_made_and_renamed(dee):
    form = form_of(dee.get("/admin/categories/create"), "category")
    answer = submit(dee, form, name="Kindness")
    assert answer.location == "/admin/categories?saved=kindness"
    assert "There is a category of this name already." in submit(dee, form, name="Kindness").text
    submit(dee, form_of(dee.get("/admin/categories/kindness/edit"), "category"), name="Being kind")
    page = dee.get("/admin/categories").text
    assert "Being kind" in page
    assert 'value="kindness"' in dee.get("/admin/activities/create").text
