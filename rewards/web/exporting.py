"""Lists as spreadsheets: rows of text that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from flask import Response, stream_with_context

# What a spreadsheet would run: see OWASP's page on CSV injection.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Without it, spreadsheets on Windows take UTF-8 for something older.
BYTE_ORDER_MARK = "\ufeff"
BATCH_CHARACTERS = 32_768


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> Response:
    """A file `name`.csv with these rows, sent as they are read."""
    response = Response(stream_with_context(_written(header, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _written(header: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    text = StringIO()
    text.write(BYTE_ORDER_MARK)
    sheet = csv.writer(text)
    sheet.writerow(header)
    for row in rows:
        sheet.writerow([cell(value) for value in row])
        if text.tell() >= BATCH_CHARACTERS:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def cell(value: object) -> object:
    """Numbers as they are; nothing for nothing; text with a mark before it where it would be run."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text
