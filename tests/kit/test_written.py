"""Documents that people write: what is taken, what is refused, and in which words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from rewards.kit import documents
from rewards.kit.errors import Invalid, Problem
from rewards.kit.values import AMOUNT_MAX, Amount, Factor, Key, Name, YesNo, exact_number
from rewards.kit.written import Written, joined, plain, read_part, shown


class Crate(Written):
    """A part for these tests."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {"weight_and_size": ("weight", "size"), "full": ("is_full",)}

    key: Key
    name: Name = "Crate"
    weight: Amount = 0
    size: Amount = 0
    factor: Factor = Decimal(1)
    from_: Amount = Field(default=0, alias="from")
    is_full: YesNo = False
    room: Amount | None = None


class Shelf(Written):
    """Parts inside a part."""

    crates: list[Crate] = Field(default_factory=list)


def problems_with(value: Any, at: str = "") -> list[Problem]:
    with pytest.raises(Invalid) as refused:
        read_part(Shelf, value, at)
    return refused.value.problems


def complaint(**members: Any) -> str:
    [problem] = problems_with({"crates": [{"key": "a", **members}]})
    return f"{problem.field}: {problem.message}"


@pytest.mark.parametrize("value", [True, False, 1.0, 20.5, "20", Decimal(20), [1]])
def test_a_whole_number_is_nothing_that_only_looks_like_one(value):
    assert complaint(weight=value) == f"crates[0].weight: a whole number is expected, not {shown(value)}"


def test_an_amount_stays_inside_its_bounds():
    assert complaint(weight=-1) == "crates[0].weight: a number of at least 0 is expected, not -1"
    assert "at most 9000000000000000" in complaint(weight=AMOUNT_MAX + 1)
    assert read_part(Crate, {"key": "a", "weight": AMOUNT_MAX}).weight == AMOUNT_MAX


@pytest.mark.parametrize(("written", "meant"), [(2, "2"), (Decimal("1.10"), "1.1"), ("1.5", "1.5"), (0.1, "0.1"), ("+2", "2")])
def test_a_factor_is_taken_exactly_as_written(written, meant):
    assert str(read_part(Crate, {"key": "a", "factor": written}).factor) == meant


@pytest.mark.parametrize(
    "value", ["NaN", "inf", float("nan"), float("-inf"), Decimal("sNaN"), "1e3", "1_0", "", "x", True, [], 0, -1, 1001], ids=repr
)
def test_a_factor_is_a_finite_number_above_nothing(value):
    assert "crates[0].factor" in complaint(factor=value)


def test_a_number_without_end_is_refused_before_it_is_computed():
    assert "at most" in complaint(factor=Decimal("1e999999999"))
    assert "digits" in complaint(factor=Decimal("1." + "0" * 40 + "1"))


def test_an_unknown_member_is_refused_and_the_nearest_known_one_named():
    assert complaint(wieght=3).startswith("crates[0].wieght: is unknown here; did you mean `weight`? Known are `key`,")


def test_a_missing_member_is_named():
    assert problems_with({"crates": [{}]}) == [Problem("crates[0].key", "is missing")]


def test_every_problem_is_told_at_once_with_its_place_and_value():
    found = problems_with({"crates": [{"key": "A b", "weight": "1"}, 5]}, "store")
    assert [(problem.field, problem.value) for problem in found] == [
        ("store.crates[0].key", "A b"),
        ("store.crates[0].weight", "1"),
        ("store.crates[1]", 5),
    ]


def test_another_spelling_stands_for_every_member_it_means():
    crate = read_part(Crate, {"key": "a", "weight_and_size": 3, "full": True})
    assert (crate.weight, crate.size, crate.is_full) == (3, 3, True)


def test_a_problem_is_told_once_and_in_the_spelling_of_the_writer():
    assert complaint(weight_and_size="3") == 'crates[0].weight_and_size: a whole number is expected, not "3"'


def test_two_spellings_of_one_member_are_refused():
    assert complaint(weight=1, weight_and_size=2) == "crates[0].weight_and_size: says the same as `weight`; write one of them"


def test_an_empty_member_means_as_usual_unless_empty_is_a_value():
    crate = read_part(Crate, {"key": "a", "name": None, "weight": None, "room": None})
    assert (crate.name, crate.weight, crate.room) == ("Crate", 0, None)
    assert "room" in crate.model_fields_set


@pytest.mark.parametrize("key", ["", "A", "a b", "ä", "a-b", "_a", "a" * 65, "a\nb", "a\x00"])
def test_a_key_is_small_letters_digits_and_underscores(key):
    assert problems_with({"crates": [{"key": key}]})[0].field == "crates[0].key"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x1b[31m"])
def test_text_that_no_database_holds_is_refused(text):
    assert complaint(name=text).startswith("crates[0].name: text without control characters is expected")


def test_a_name_is_not_empty():
    assert complaint(name="  ") == "crates[0].name: must not be empty"


def test_the_short_form_leaves_out_what_is_usual():
    crate = Crate(key="a", weight=2, from_=3)
    assert crate.plain(short=True) == {"key": "a", "weight": 2, "from": 3}
    assert read_part(Crate, crate.plain(short=True)) == crate


def test_a_long_value_is_shown_short():
    assert len(shown(["x" * 1000])) == 60
    assert shown({"a": Decimal("1e999999")}) == '{"a": "1E+999999"}'


def test_a_path_is_written_as_it_is_read():
    assert joined("rules", 2, "conditions", "metadata.duration") == "rules[2].conditions.metadata.duration"
    assert joined("", "[0].key") == "[0].key"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-AMOUNT_MAX, max_value=AMOUNT_MAX))
def test_what_is_taken_as_exact_comes_back_from_a_stored_document_exactly(number):
    try:
        exact = exact_number(number)
    except ValueError:
        return
    assert exact == number
    assert documents.parse_exactly(documents.canonical(plain([exact]))) == [number]
