"""Imports: a file of past events is rehearsed first, read as a report, and only then recorded; a bad line loses nothing but itself."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from io import BufferedReader, BytesIO

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from rewards.activities.reading_events import LINE_BYTES_MAX, MEMBERS, read_lines
from rewards.earning.taking_in import take_in
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem
from rewards.people.audit import Wanted, entries
from rewards.people.auditing import Done, record_deed
from rewards.web.access import me
from rewards.web.admin.import_files import TOLD_MAX, KeptImport
from rewards.web.answering import answer
from rewards.web.refusing import problems_of, sentence
from rewards.web.security import takes_file
from rewards.web.words import words_for

imports = Blueprint("imports", __name__, url_prefix="/imports")

PLACE = "/admin/imports"
FILE_BYTES_MAX = 5 * 2**20
# So many are recorded while somebody waits for the page; the command line takes any number.
LINES_MAX = 5_000
NAME_LENGTH_MAX = 200
HEADER_PROBLEMS = 3


@imports.get("")
def show() -> ResponseReturnValue:
    """What a file looks like, and what was imported before."""
    return _show({})


@imports.post("")
@takes_file(FILE_BYTES_MAX)
def rehearse() -> ResponseReturnValue:
    """Say what a file would record and what would be refused; nothing is recorded."""
    try:
        content, name = _content(request.files.get("file"))
        kept = KeptImport.make(name, content, _count_lines(content, name))
        _take_in(kept, content, dry_run=True)
    except Invalid as error:
        return _show(problems_of(error), status=422)
    return redirect(f"{PLACE}/{kept.token}", 303)


@imports.get("/<token>")
def show_report(token: str) -> ResponseReturnValue:
    """What a file would record, or what it has recorded."""
    return answer("admin/import.html", kept=KeptImport.find(token), words=words_for(me()), told_max=TOLD_MAX)


@imports.post("/<token>/run")
def run(token: str) -> ResponseReturnValue:
    """Record the events of a file that was rehearsed. Pressed twice, or sent again, it records each line once."""
    kept, actor_id = KeptImport.find(token), me().id
    if kept.is_rehearsed and kept.file.exists():
        _take_in(kept, kept.file.read_bytes(), dry_run=False)
        with db.write():
            told = {"lines": kept.lines, **kept.counts}
            record_deed(Done("events_imported", "import", token, after=told, note=kept.name), actor_id=actor_id)
        kept.file.unlink(missing_ok=True)
    return redirect(f"{PLACE}/{token}", 303)


def _content(sent: FileStorage | None) -> tuple[bytes, str]:
    if sent is None or not sent.filename:
        raise Invalid([Problem("file", "Choose a file.")])
    with closing(sent):
        content = sent.stream.read(FILE_BYTES_MAX + 1)
    if not content.strip():
        raise Invalid([Problem("file", "This file is empty. Choose another.")])
    return content, "".join(letter for letter in sent.filename if letter.isprintable())[-NAME_LENGTH_MAX:]


def _count_lines(content: bytes, name: str) -> int:
    """How many events it has. Raises Invalid for too many, and for a header that cannot be understood."""
    try:
        lines = sum(1 for _ in read_lines(_file(content), name))
    except Invalid as error:
        raise Invalid([Problem("file", _printable(" ".join(sentence(one.message) for one in error.problems[:HEADER_PROBLEMS])))]) from error
    if not lines:
        raise Invalid([Problem("file", "This file has a header and no events. Choose another.")])
    if lines > LINES_MAX:
        raise Invalid(
            [
                Problem(
                    "file",
                    f"This file has {lines:,} events; {LINES_MAX:,} at once is the most. Split it, or import it on the command line.",
                )
            ]
        )
    return lines


def _take_in(kept: KeptImport, content: bytes, *, dry_run: bool) -> None:
    kept.refused, kept.is_rehearsed = [], dry_run

    def refuse(number: int, reasons: Sequence[Problem]) -> None:
        kept.refuse(number, " ".join(_reason(one) for one in reasons))

    report = take_in(read_lines(_file(content), kept.name), dry_run=dry_run, refuse=refuse)
    kept.counts, kept.amounts, kept.weeks = dict(report.counts), dict(report.amounts), report.weeks
    kept.keep_report()


def _reason(problem: Problem) -> str:
    found = f" Found: {str(problem.value)[:60]}." if problem.value is not None and str(problem.value) not in problem.message else ""
    return _printable(f"{problem.field}: {sentence(problem.message)}{found}" if problem.field else sentence(problem.message))


def _printable(text: str) -> str:
    """What is not UTF-8 in a file is told with question marks: no page could show it."""
    return text.encode(errors="replace").decode()


def _file(content: bytes) -> BufferedReader:
    # What a line is told by is looked at before it is read.
    return BufferedReader(BytesIO(content), buffer_size=LINE_BYTES_MAX)


def _show(problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    past = entries(Wanted(action="events_imported"), limit=10)
    context = {"members": MEMBERS, "lines_max": LINES_MAX, "megabytes_max": FILE_BYTES_MAX // 2**20}
    return answer("admin/imports.html", status=status, problems=problems, past=past, words=words_for(me()), **context)
