"""The rubric: effort, impact and frequency suggest a size."""

from itertools import product

import pytest

from rewards.activities.rubric import MICRO, MILESTONE, STANDARD, Degree, Frequency, suggested_range, warning_about


@pytest.mark.parametrize(
    ("effort", "impact", "frequency", "suggested"),
    [
        ("low", "low", "often", "Micro 1-5"),
        ("medium", "medium", "sometimes", "Standard 10-30"),
        ("high", "high", "rarely", "Milestone 50-150+"),
        ("high", "high", "often", "Milestone 50-150+"),
        ("low", "medium", "often", "Micro 1-5"),
        ("low", "medium", "sometimes", "Standard 10-30"),
        ("medium", "high", "rarely", "Milestone 50-150+"),
        ("medium", "high", "sometimes", "Standard 10-30"),
    ],
)
def test_effort_impact_and_frequency_suggest_a_size(effort, impact, frequency, suggested):
    assert str(suggested_range(effort=Degree(effort), impact=Degree(impact), frequency=Frequency(frequency))) == suggested


def test_more_effort_or_impact_never_suggests_less():
    sizes = [MICRO, STANDARD, MILESTONE]
    for effort, impact, frequency in product(Degree, Degree, Frequency):
        size = sizes.index(suggested_range(effort=effort, impact=impact, frequency=frequency))
        more = suggested_range(effort=list(Degree)[min(list(Degree).index(effort) + 1, 2)], impact=impact, frequency=frequency)
        assert sizes.index(more) >= size


@pytest.mark.parametrize(
    ("amount", "suggested"), [(1, MICRO), (5, MICRO), (10, STANDARD), (30, STANDARD), (50, MILESTONE), (150, MILESTONE), (900, MILESTONE)]
)
def test_an_amount_inside_the_suggestion_is_no_matter(amount, suggested):
    assert warning_about(amount, suggested) is None


@pytest.mark.parametrize(
    ("amount", "suggested", "warning"),
    [
        (0, MICRO, "0 is less than this rubric suggests: Micro 1-5."),
        (6, MICRO, "6 is more than this rubric suggests: Micro 1-5."),
        (9, STANDARD, "9 is less than this rubric suggests: Standard 10-30."),
        (31, STANDARD, "31 is more than this rubric suggests: Standard 10-30."),
        (49, MILESTONE, "49 is less than this rubric suggests: Milestone 50-150+."),
    ],
)
def test_an_amount_outside_the_suggestion_gets_a_warning(amount, suggested, warning):
    assert warning_about(amount, suggested) == warning
