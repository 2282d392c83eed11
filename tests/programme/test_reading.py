"""Text into plain data: every number as it was written, every error with its line."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.kit.errors import Invalid
from rewards.programme.reading import TEXT_MAX, read_bytes, read_text


def refusal(text: str, name: str = "programme.yaml") -> str:
    with pytest.raises(Invalid) as refused:
        read_text(text, name=name)
    [problem] = refused.value.problems
    return f"{problem.field}: {problem.message}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20", 20),
        ("-3", -3),
        ("1.10", Decimal("1.10")),
        ("0.1", Decimal("0.1")),
        ("1e2", Decimal(100)),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2027-06-01", "2027-06-01"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("010", 10),
        ("'20'", "20"),
        ('"1.5"', "1.5"),
        ("!!str 20", "20"),
        ("{USD: 50}", {"USD": 50}),
        ("[1, a]", [1, "a"]),
    ],
    ids=str,
)
def test_yaml_says_what_a_person_would_read(written: str, read: object):
    found = read_text(f"value: {written}\n", name="a.yaml")["value"]
    assert (found, type(found)) == (read, type(read))


def test_json_and_yaml_of_one_document_are_the_same():
    json = '{"rules": [{"key": "a", "factor": 1.10, "on": true, "none": null, "name": "\\u00e9\\n"}]}'
    yaml = 'rules:\n- key: a\n  factor: 1.10\n  on: true\n  none: null\n  name: "é\\n"\n'
    assert read_text(json, name="a.json") == read_text(yaml, name="a.yaml") == read_text(json) == read_text(yaml)
    assert str(read_text(json)["rules"][0]["factor"]) == "1.10"


@pytest.mark.parametrize(("name", "word"), [("a.json", "NaN"), ("a.json", "-Infinity"), ("a.yaml", ".nan"), ("a.yaml", "-.INF")])
def test_what_is_no_number_is_refused_with_its_line(name: str, word: str):
    assert refusal(f'{{"a": 1,\n"b": {word}}}', name) == f"line 2: {word} is no number"


def test_a_word_that_is_no_number_only_in_other_languages_is_text():
    assert read_text("[NaN, inf, Infinity, nan]", name="a.yaml") == ["NaN", "inf", "Infinity", "nan"]


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_member_written_twice_is_refused_with_its_line(name: str):
    assert refusal('{"a": {"b": 1},\n"c": [{"a": 1, "b": 2}],\n"a": 3}', name) == "line 3: a is written twice"


def test_a_member_written_twice_in_two_spellings_is_the_same_member():
    assert refusal('{"ab": 1, "\\u0061b": 2}', "a.json") == "line 1: ab is written twice"


def test_members_of_different_parts_may_share_a_name():
    assert read_text('{"a": {"a": [{"a": 1}, {"a": 2}]}}', name="a.json") == {"a": {"a": [{"a": 1}, {"a": 2}]}}


def test_references_are_not_followed():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert refusal(bomb) == "line 2: *a is not followed here; write out what it stands for"


@pytest.mark.parametrize("text", ["a: !!python/object:os.system ls", "a: !!binary aGk=", "a: !!set {x}", "a: !mine 3", "a: !!int '3'"])
def test_a_tag_is_refused(text: str):
    assert "is not known here" in refusal(text)


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 100_000 + "}", '{"a": 1e999999999}'],
    ids=["lists", "members", "digits", "size"],
)
def test_a_hostile_document_is_refused_at_once(name: str, text: str):
    assert "at most" in refusal(text, name)


def test_a_document_has_a_largest_size():
    assert refusal("a" * (TEXT_MAX + 1)).startswith("document: ")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("a: 1\nb: [1", "a.yaml", 3),
        ("a: 1\n b: 2", "a.yaml", 2),
        ("a: 1\n---\nb: 2", "a.yaml", 2),
        ("a: 1\n2: 3", "a.yaml", 2),
        ("a: 1\n? [x]\n: 3", "a.yaml", 2),
        ('{"a": 1,\n}', "a.json", 2),
        ('{"a": 1}\n{}', "a.json", 2),
        ('{\n"a": "\\ud800"}', "a.json", 2),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, name: str, line: int):
    assert refusal(text, name).startswith(f"line {line}: ")


def test_a_file_is_read_as_utf_8():
    assert read_bytes(b"\xef\xbb\xbfname: \xc3\xa9", name="a.yaml") == {"name": "é"}
    with pytest.raises(Invalid, match="line 2: text in UTF-8"):
        read_bytes(b"a: 1\nb: \xff", name="a.yaml")


@given(st.text(max_size=200) | st.text("{}[]:,\"'\\-&*!|>#\n 1e.a", max_size=60), st.sampled_from(["", "a.yaml", "a.json"]))
def test_any_text_is_either_read_or_refused(text: str, name: str):
    with suppress(Invalid):
        read_text(text, name=name)
