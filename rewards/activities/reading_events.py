"""Reads a file of past events, or of other things, as CSV or JSON lines; a line that cannot be read says why and takes no other with it."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import PurePath
from typing import Any

from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import unknown

MEMBERS = ("user", "action", "object_type", "activity", "occurred_at", "idempotency_key", "metadata")
REQUIRED = ("user", "action", "object_type")
METADATA = "metadata."
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,14})[.][0-9]{1,15}")
LINE_BYTES_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Columns:
    """What the lines of a file may say, what each must, and whether they have metadata."""

    members: tuple[str, ...]
    required: tuple[str, ...]

    @property
    def known(self) -> list[str]:
        """What a header may say."""
        return [*self.members, "metadata.NAME"] if "metadata" in self.members else list(self.members)


EVENTS = Columns(MEMBERS, REQUIRED)


@dataclass(slots=True)
class Line:
    """One event as it stands in the file: its members, or what is wrong with it. `bytes_read` tells how far the file is read."""

    number: int
    bytes_read: int
    members: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_lines(file: BufferedReader, name: str, columns: Columns = EVENTS) -> Iterator[Line]:
    """What a file tells, events mostly; its name says which kind it is, or else its first letter. Raises Invalid for a wrong header."""
    lines = _Lines(file)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv" or (suffix not in (".json", ".jsonl", ".ndjson") and not lines.begins_with_brace()):
        return _csv_lines(lines, columns)
    return _json_lines(lines, columns)


class _Lines:
    """The text of a file, with its place: the number of the line and of the bytes so far."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self.number = 0
        self.bytes_read = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._file.readline(LINE_BYTES_MAX):
            self.number += 1
            self.bytes_read += len(raw)
            if len(raw) == LINE_BYTES_MAX and not raw.endswith(b"\n"):
                # The rest of it belongs to the same line. What is left is cut, so it will not be understood, and says so.
                while rest := self._file.readline(LINE_BYTES_MAX):
                    self.bytes_read += len(rest)
                    if rest.endswith(b"\n"):
                        break
            # What is not UTF-8 stays recognisable, so that only its own line is refused.
            yield raw.decode("utf-8-sig" if self.number == 1 else "utf-8", errors="surrogateescape")

    def begins_with_brace(self) -> bool:
        return self._file.peek(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _json_lines(lines: _Lines, columns: Columns) -> Iterator[Line]:
    for text in lines:
        if text.strip():
            yield _json_line(Line(lines.number, lines.bytes_read), text, columns)


def _json_line(line: Line, text: str, columns: Columns) -> Line:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        line.problems.append(Problem("line", "one JSON object on one line is expected", text.strip()[:60]))
        return line
    known = list(columns.members)
    line.problems += [Problem(member, unknown(member, known), found[member]) for member in found if member not in known]
    line.members = {member: value for member, value in found.items() if value is not None}
    return line


def _csv_lines(lines: _Lines, columns: Columns) -> Iterator[Line]:
    reader = csv.reader(lines, strict=True)
    header = [column.strip() for column in next(reader, [])]
    _check_header(header, columns)
    while True:
        line = Line(lines.number + 1, 0)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            line.problems.append(Problem("line", f"cells in quotes are expected as CSV has them ({error})"))
            cells = []
        else:
            if cells is None:
                return
        line.bytes_read = lines.bytes_read
        if any(cell.strip() for cell in cells) or line.problems:
            _fill(line, header, cells)
            yield line


def _check_header(header: list[str], columns: Columns) -> None:
    known = columns.known
    problems = [
        Problem("header", f"column `{column}` {unknown(column, known)}")
        for column in header
        if column not in columns.members and not ("metadata" in columns.members and column.startswith(METADATA) and column != METADATA)
    ]
    problems += [
        Problem("header", f"column `{column}` stands there twice") for column in sorted({c for c in header if header.count(c) > 1})
    ]
    problems += [
        Problem("header", f"column `{column}` is missing; known are {', '.join(known)}")
        for column in columns.required
        if column not in header
    ]
    if problems:
        raise Invalid(problems)


def _fill(line: Line, header: list[str], cells: list[str]) -> None:
    if len(cells) > len(header):
        line.problems.append(Problem("line", f"at most {len(header)} cells are expected", len(cells)))
    metadata: dict[str, Any] = {}
    for column, cell in zip(header, cells, strict=False):
        text = cell.strip()
        if not text:
            continue
        if column == "metadata":
            metadata = _object(line, text) | metadata
        elif column.startswith(METADATA):
            metadata[column.removeprefix(METADATA)] = _value(text)
        else:
            line.members[column] = text
    if metadata:
        line.members["metadata"] = metadata


def _object(line: Line, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    line.problems.append(Problem("metadata", 'a JSON object such as {"minutes": 30} is expected', text))
    return {}


def _value(text: str) -> object:
    """A cell of a metadata column: what reads as a number is one."""
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if FRACTION.fullmatch(text) else text
