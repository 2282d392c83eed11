"""Lists as files: the rows of a page as it is filtered, all of them, streamed as CSV that a spreadsheet opens and does not run."""

import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextvars import Context, copy_context
from datetime import date, datetime
from decimal import Decimal

from flask import Response

from rewards.kit.columns import time_text
from rewards.kit.database import db

Cell = str | int | float | Decimal | date | datetime | None
# A spreadsheet takes a cell that begins so for a formula, and a formula may send the sheet to somebody. Some read wide letters alike.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Without it, Excel reads UTF-8 as something else.
BOM = "\N{BYTE ORDER MARK}"
# So many lines go out at once: each piece costs the server more than its lines do.
LINES_AT_ONCE = 200
NAME = re.compile(r"[^a-z0-9]+")


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows as a file called after `name`. They are read while they are sent, from one state of the database."""
    # The request is over by the time that most of it is sent, maybe in another thread: what it had around it goes along.
    surroundings = copy_context()
    pieces = _pieces(header, rows)
    # A question that fails does so now, as any page does, and not in the middle of a file.
    first = surroundings.run(next, pieces)
    response = Response(_sent(first, pieces, surroundings), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(name)}"'
    return response


def file_name(name: str) -> str:
    """A plain file name for the title of a list."""
    return f"{NAME.sub('-', name.lower()).strip('-') or 'list'}.csv"


def cell(value: Cell) -> str:
    """A value as text: numbers and times for programs, and no text that a spreadsheet would run."""
    if isinstance(value, datetime):
        return time_text(value)
    if value is None or not isinstance(value, str):
        # A number below 0 begins with a minus sign too, and is a number to everybody.
        return "" if value is None else str(value)
    # What follows blanks or is hidden by a character of no width is run as well.
    return f"'{value}" if value.lstrip(" \N{NO-BREAK SPACE}\n\N{ZERO WIDTH SPACE}\N{BYTE ORDER MARK}").startswith(FORMULA) else value


def _sent(first: str, pieces: Generator[str], surroundings: Context) -> Iterator[str]:
    try:
        yield first
        while piece := surroundings.run(next, pieces, ""):
            yield piece
    finally:
        # Also where somebody stops the download: a reading that is never closed would hold its state for ever.
        surroundings.run(pieces.close)


def _pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Generator[str]:
    page = io.StringIO()
    writer = csv.writer(page)
    page.write(BOM)
    writer.writerow([cell(title) for title in header])
    with db.read():
        for number, row in enumerate(rows, start=1):
            writer.writerow([cell(value) for value in row])
            if number % LINES_AT_ONCE == 0:
                yield page.getvalue()
                page.seek(0)
                page.truncate()
    if page.tell():
        yield page.getvalue()
