"""Links that a telephone reads from a screen or from paper: drawn into the page, so that nothing is fetched for them."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno

# The quiet edge that cameras look for, in squares.
BORDER = 4
# Whoever looks at their own link looks again, and drawing it takes longer than the rest of their page.
REMEMBERED = 1_024


@dataclass(frozen=True, slots=True)
class Scannable:
    """A code as a drawing: its width with the border, and the path of its dark squares."""

    width: int
    path: str


@lru_cache(REMEMBERED)
def scannable(address: str) -> Scannable:
    """The address as a code for cameras."""
    rows = segno.make(address, error="m", micro=False).matrix
    runs = [run for y, row in enumerate(rows) for run in _runs(y, row)]
    return Scannable(len(rows) + 2 * BORDER, "".join(f"M{x + BORDER} {y + BORDER}h{length}v1h-{length}z" for x, y, length in runs))


def _runs(y: int, row: bytearray) -> list[tuple[int, int, int]]:
    """Where dark squares stand side by side in a row: column, row, how many."""
    found, x = [], 0
    for dark, squares in groupby(row):
        length = len(list(squares))
        if dark:
            found.append((x, y, length))
        x += length
    return found
