"""Takes the lines of a file in, chunk by chunk through the same engine as everything else, and reports what became of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rewards.activities.happening import NewEvent
from rewards.activities.importing import Importing
from rewards.activities.reading_events import Line
from rewards.activities.recording import Recorded, record_events
from rewards.earning.importing import Imported, import_events
from rewards.earning.week_streaks import record_weeks_of
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, Problem

# One write block: short enough that a page hardly waits, long enough that the disk is not asked for every event.
LINES = 250

Refuse = Callable[[int, Sequence[Problem]], None]


class Undone(Exception):
    """Nothing of the surrounding write block is to stay."""


@dataclass(slots=True)
class Report:
    """What became of a file: how many lines are new, known, refused, or wait for another try; and what was awarded."""

    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)
    weeks: int = 0

    def take(self, event: NewEvent, outcome: Imported | Recorded) -> None:
        """Count a line that was not refused."""
        is_new = outcome.is_new if isinstance(outcome, Imported) else not outcome.is_duplicate
        self.counts["new" if is_new else "known"] += 1
        self.people.add(event.user_id)
        if isinstance(outcome, Imported) and is_new:
            self.counts["waiting"] += outcome.result is None
            if outcome.result:
                self.amounts += Counter({asset: outcome.result["awards"][asset] for asset in ("xp", "points")})


def take_in(lines: Iterable[Line], *, dry_run: bool, refuse: Refuse, advance: Callable[[int], None] | None = None) -> Report:
    """Record and process the events of a file; with `dry_run` say what would be recorded, and record nothing. Outside of any block.

    `refuse` is told the number of each line that is refused, and why; `advance` how many bytes have been read.
    """
    report, importing = Report(), Importing()
    for chunk in _chunks(iter(lines)):
        for line, event, outcome in _take_chunk(chunk, importing, dry_run=dry_run):
            if event is None or outcome is None or isinstance(outcome, DomainError):
                report.counts["refused"] += 1
                refuse(line.number, _reasons(line, outcome if isinstance(outcome, DomainError) else None))
            else:
                report.take(event, outcome)
        if advance:
            advance(chunk[-1].bytes_read)
    report.weeks = 0 if dry_run else record_weeks_of(report.people)
    return report


def _take_chunk(
    lines: Sequence[Line], importing: Importing, *, dry_run: bool
) -> Iterator[tuple[Line, NewEvent | None, Imported | Recorded | DomainError | None]]:
    outcomes: Sequence[Imported | Recorded | DomainError] = []
    taken: list[NewEvent | None] = []
    try:
        with db.write():
            taken = importing.events(lines)
            fit = [event for event in taken if event is not None]
            outcomes = record_events(fit) if dry_run else import_events(fit)
            if dry_run:
                raise Undone
    except Undone:
        pass
    rest = iter(outcomes)
    for line, event in zip(lines, taken, strict=True):
        yield line, event, next(rest) if event is not None else None


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, LINES)):
        yield chunk


def _reasons(line: Line, refusal: DomainError | None) -> list[Problem]:
    if refusal is not None and not isinstance(refusal, Invalid):
        return [Problem("", str(refusal))]
    return [*line.problems, *(refusal.problems if refusal is not None else [])]
