"""The programme document as a whole."""

from typing import Any

import pytest

from rewards.kit.errors import Invalid
from rewards.kit.written import read_part
from rewards.programme.document import ProgrammeDocument
from rewards.programme.reading import read_programme

# The fixed example of the outside surface, without the two sections of later releases.
EXAMPLE = """
programme: {name: Laurel, currency: USD, timezone: Europe/Berlin, points_word: points}
categories: [{key: learning, name: Learning}]
activities:
  - {key: workout_logged, name: Workout logged, category: creation, xp: 20, points: 20, cooldown_hours: null, max_per_day: null,
     max_per_week: null, diminishing: null, recorded_by: [client, coach, service], active: true}
  - {key: plastic_recycled, category: community, per_unit: {field: kg, points: 10, money: {USD: 50}}}     # 5 kg: 50 points and 2.50
rules:
  - key: long_meditation
    description: Completed a meditation of ten minutes or more
    priority: 10                       # lower first
    pattern: {action: completed, object_type: meditation}
    conditions: {metadata.duration: {gte: 600}}
    outcome: {type: award_points, category: learning, points: 10, xp: 10}
  - key: double_weekend
    priority: 50
    pattern: {activity: workout_logged}
    conditions: {all: [{time.weekday: {in: [saturday, sunday]}}, {person.days_since_joining: {lt: 30}}]}
    outcome: {type: multiply, asset: points, factor: 2, stacking: highest}      # compound | add | highest
levels: [{number: 1, name: Bronze, xp_required: 0}, {number: 2, name: Silver, xp_required: 500, multiplier: 1.1}]
boosts: [{key: june, from: 2027-06-01, until: 2027-07-01, categories: [learning], asset: xp, factor: 1.5, stacking: compound}]
achievements: [{key: first_week, name: First week, type: automatic, condition_type: streak_days, condition_value: 7,
                activity: daily_checkin, xp_reward: 50, points_reward: 20}]
"""


def complaints(**sections: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read_part(ProgrammeDocument, sections)
    return {problem.field: problem.message for problem in refused.value.problems}


def test_the_example_of_the_surface_is_taken_as_it_stands():
    document = read_programme(EXAMPLE.encode(), name="programme.yaml")
    assert [entry.key for entry in document.entries()] == [
        *(
            "programme",
            "learning",
            "workout_logged",
            "plastic_recycled",
            "long_meditation",
            "double_weekend",
            "june",
            "1",
            "2",
            "first_week",
        )
    ]


def test_an_error_names_the_whole_path():
    rules = [{"key": key, "pattern": {}, "outcome": {"type": "award_points", "points": 1}} for key in "ab"]
    wrong = rules[0] | {"key": "c", "conditions": {"all": [{"metadata.duration": {"gte": "long"}}]}}
    assert complaints(rules=[*rules, wrong]) == {"rules[2].conditions.all[0].metadata.duration.gte": 'a number is expected, not "long"'}


def test_a_key_stands_once_in_its_section():
    activities = [{"key": "a"}, {"key": "b"}, {"key": "a"}]
    levels = [{"number": 1, "name": "One", "xp_required": 0}] * 2
    assert complaints(activities=activities, levels=levels) == {
        "activities[2].key": "stands at activities[0] already",
        "levels[1].number": "stands at levels[0] already",
    }
    assert len(list(read_part(ProgrammeDocument, {"activities": [{"key": "a"}], "categories": [{"key": "a"}]}).entries())) == 2


def test_an_unknown_section_is_refused_with_the_nearest_known_one():
    assert complaints(activites=[])["activites"].startswith("is unknown here; did you mean `activities`?")


def test_an_empty_section_says_nothing():
    assert read_part(ProgrammeDocument, {"activities": None, "programme": None}) == ProgrammeDocument()


@pytest.mark.parametrize("document", [None, [], "programme", 3], ids=str)
def test_a_document_has_sections(document: object):
    with pytest.raises(Invalid, match="members such as `programme`"):
        read_part(ProgrammeDocument, document)
