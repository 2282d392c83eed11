"""A file of past events is read line by line, and a line that cannot be read takes no other with it."""

import io
from typing import Any

import pytest

from rewards.activities.reading_events import LINE_BYTES_MAX, read_lines
from rewards.kit.errors import Invalid

HEADER = "user,action,object_type,occurred_at,metadata,metadata.minutes\n"


def read(content, name="events.csv"):
    file: Any = io.BufferedReader(io.BytesIO(content.encode() if isinstance(content, str) else content))
    return list(read_lines(file, name))


def refusals(lines):
    return [(line.number, problem.field) for line in lines for problem in line.problems]


def test_cells_become_members_and_empty_ones_are_absent():
    (line,) = read(HEADER + "17,logged,workout,,,\n")
    assert line.members == {"user": "17", "action": "logged", "object_type": "workout"}
    assert line.number == 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("30", 30),
        ("-4", -4),
        ("2.50", 2.5),
        ("007", "007"),
        ("1e5", "1e5"),
        ("yes", "yes"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_what_reads_as_a_number_in_a_metadata_column_is_one(cell, value):
    (line,) = read(HEADER + f"17,logged,workout,,,{cell}\n")
    assert line.members["metadata"] == {"minutes": value}


def test_metadata_from_a_column_of_json_and_from_columns_of_their_own_come_together():
    (line,) = read(HEADER + '17,logged,workout,,"{""kind"": ""run"", ""ok"": true}",30\n')
    assert line.members["metadata"] == {"kind": "run", "ok": True, "minutes": 30}


def test_a_mark_at_the_beginning_windows_line_ends_and_empty_lines_are_no_matter():
    lines = read(b"\xef\xbb\xbfuser,action,object_type\r\n1,a,b\r\n\r\n,,\r\n2,a,b\r\n")
    assert [(line.number, line.members["user"]) for line in lines] == [(2, "1"), (5, "2")]


def test_a_cell_over_several_lines_keeps_the_number_of_its_first():
    lines = read(HEADER + '1,a,b,,"{""note"":\n""x""}",\n2,a,b,,,\n')
    assert [line.number for line in lines] == [2, 4]
    assert lines[0].members["metadata"] == {"note": "x"}


def test_a_line_that_is_wrong_is_reported_and_the_next_one_read():
    lines = read(HEADER + "1,a,b,,not json,\n2,a,b,,,,,9\n3,a,b,,,\n")
    assert refusals(lines) == [(2, "metadata"), (3, "line")]
    assert lines[2].members["user"] == "3"


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("user,action,object_type,ocurred_at", "did you mean `occurred_at`"),
        ("user,action", "column `object_type` is missing"),
        ("user,action,object_type,user", "stands there twice"),
        ("user,action,object_type,metadata.", "metadata.NAME"),
        ("", "column `user` is missing"),
    ],
)
def test_a_wrong_header_names_the_column_and_the_known_ones(header, named):
    with pytest.raises(Invalid, match="column") as refused:
        read(header + "\n1,a,b,c\n")
    assert named in str(refused.value)


def test_lines_of_json_are_read_and_wrong_ones_reported():
    lines = read('{"user": 17, "action": "a", "object_type": "b", "activity": null}\n\nnot json\n[1]\n{"usr": 1}\n', "events.jsonl")
    assert lines[0].members == {"user": 17, "action": "a", "object_type": "b"}
    assert refusals(lines) == [(3, "line"), (4, "line"), (5, "usr")]
    assert "did you mean `user`" in lines[3].problems[0].message


def test_the_first_letter_says_what_a_file_without_a_telling_name_is():
    assert read('{"user": 1}\n', "history")[0].members == {"user": 1}
    assert read("user,action,object_type\n1,a,b\n", "-")[0].members["user"] == "1"


def test_bytes_that_are_no_text_and_lines_without_end_spoil_only_themselves():
    lines = read(b'{"user": "\xff"}\n{"user": "' + b"x" * (3 * LINE_BYTES_MAX) + b'"}\n{"user": 3}\n', "events.jsonl")
    assert [line.number for line in lines] == [1, 2, 3]
    assert refusals(lines) == [(2, "line")]
    assert lines[2].members == {"user": 3}


def test_a_line_that_is_just_as_long_as_it_may_be_takes_no_other_with_it():
    begin, end = b'{"user": "', b'"}\n'
    lines = read(begin + b"x" * (LINE_BYTES_MAX - len(begin) - len(end)) + end + b'{"user": 2}\n{"user": 3}\n', "events.jsonl")
    assert [line.members["user"] for line in lines[1:]] == [2, 3]
    assert refusals(lines) == []


def test_how_far_the_file_is_read_is_told_with_each_line():
    content = "user,action,object_type\n1,a,b\n2,a,b\n"
    assert [line.bytes_read for line in read(content)][-1] == len(content)
