"""A client's movements as they read them: what belongs to one event is one entry, with what it moved and what there was after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rewards.kit.values import readable
from rewards.ledger.listing import Line, every_line, lines
from rewards.ledger.models import POINTS, XP
from rewards.ledger.money import amount_text
from rewards.ledger.statements import Movement
from rewards.ledger.wanted import Wanted
from rewards.web.client.desk import Desk
from rewards.web.exporting import Cell
from rewards.web.movements import Movements

# An event of XP and points is two movements; so many entries fit a page that is read on a telephone.
LINES = 40
CSV_HEADER = ("When (UTC)", "What", "Of what", "Amount", "Balance after", "Rule")
ASSET_ORDER = {XP: 0, POINTS: 1}


@dataclass(frozen=True, slots=True)
class Entry:
    """The movements of one event, or one movement that belongs to none."""

    desk: Desk
    lines: Sequence[Line]

    @property
    def first(self) -> Line:
        """What all of them share."""
        return self.lines[0]

    @property
    def what(self) -> str:
        """What it was for."""
        return movements_of(self.desk).what(self.first)

    @property
    def how(self) -> str:
        """The rule that paid, or whose hand it was."""
        line = self.first
        if line.actor_id and line.actor_id != self.desk.person.id:
            return f"By {line.actor}"
        return f"Rule: {readable(line.rule)}" if line.rule else ""

    @property
    def amounts(self) -> list[str]:
        """What each of them moved."""
        return [movements_of(self.desk).signed(line.asset, line.amount) for line in self._in_order]

    @property
    def balances(self) -> list[str]:
        """What there was of each afterwards."""
        return [movements_of(self.desk).amount(line.asset, line.balance_after) for line in self._in_order]

    @property
    def _in_order(self) -> list[Line]:
        return sorted(self.lines, key=_by_asset)


@dataclass(frozen=True, slots=True)
class History:
    """A page of entries, newest first; `next_before` is where the page after it begins."""

    entries: Sequence[Entry]
    next_before: int | None


def history_of(desk: Desk, before_id: int | None) -> History:
    """The movements below that id. An event is never torn in two by the end of a page."""
    found = lines(Wanted(user_id=desk.person.id, zone=desk.words.zone), before_id=before_id, limit=LINES + 1)
    entries = list(entries_of(desk, found))
    if len(found) <= LINES:
        return History(entries, None)
    kept = entries[:-1] or entries
    return History(kept, kept[-1].lines[-1].id)


def entries_of(desk: Desk, found: Iterable[Line]) -> Iterator[Entry]:
    """Neighbours of one event and one reason together."""
    for _, together in groupby(found, _belonging):
        yield Entry(desk, list(together))


def printed_rows(desk: Desk, found: Iterable[Movement]) -> Iterator[tuple[str, str, str]]:
    """The same of a month to print: day, what, amounts. Plain text, as a template spends more on a question than a row may cost."""
    words, told = desk.words, movements_of(desk)
    for _, belonging in groupby(found, _belonging):
        together = sorted(belonging, key=_by_asset)
        first = together[0]
        amounts = [told.signed(line.asset, line.amount) for line in together]
        yield words.written(first.posted_at.astimezone(words.zone).date()), told.what(first), ", ".join(amounts)


def movements_of(desk: Desk) -> Movements:
    """How they are told of movements."""
    return Movements(desk.words, desk.programme)


def rows_of(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    """Every movement for a file, newest first; money in units of its currency."""
    told = movements_of(desk)
    for line in every_line(Wanted(user_id=desk.person.id, zone=desk.words.zone)):
        amounts = [
            number if line.asset in (XP, POINTS) else amount_text(line.asset, number) for number in (line.amount, line.balance_after)
        ]
        yield line.posted_at, told.what(line), told.asset(line.asset), *amounts, line.rule


def _belonging(line: Line | Movement) -> tuple[int, str, bool]:
    return line.event_id or -line.id, line.reason, line.reverses_id is None


def _by_asset(line: Line | Movement) -> tuple[int, str]:
    return ASSET_ORDER.get(line.asset, 2), line.asset
