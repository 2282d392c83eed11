"""`laurel import events`: past events with their real dates, through the same engine as every other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from os import fstat

import click

from rewards.activities.happening import NewEvent
from rewards.activities.importing import Importing
from rewards.activities.reading_events import Line, read_lines
from rewards.activities.recording import Recorded, record_events
from rewards.cli.desk import one_line, open_desk, told
from rewards.cli.progress import progress
from rewards.earning.importing import Imported, import_events
from rewards.earning.week_streaks import record_weeks_of
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid

# One write block: short enough that a page hardly waits, long enough that the disk is not asked for every event.
LINES = 250


class Undone(Exception):
    """Nothing of the surrounding write block is to stay."""


@dataclass(slots=True)
class Report:
    """What became of a file."""

    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)

    def take(self, line: Line, event: NewEvent | None, outcome: Imported | Recorded | DomainError | None) -> None:
        """Count one line, and say at once what is wrong with it."""
        if event is None or outcome is None or isinstance(outcome, DomainError):
            self.counts["refused"] += 1
            for reason in _reasons(line, outcome if isinstance(outcome, DomainError) else None):
                click.echo(f"line {line.number}: {reason}")
        elif isinstance(outcome, Recorded):
            self.counts["known" if outcome.is_duplicate else "new"] += 1
        else:
            self.counts["new" if outcome.is_new else "known"] += 1
            self.counts["waiting"] += outcome.is_new and outcome.result is None
            self.people.add(event.user_id)
            if outcome.is_new and outcome.result:
                self.amounts += Counter({asset: outcome.result["awards"][asset] for asset in ("xp", "points")})


@click.group("import")
def import_() -> None:
    """What comes from elsewhere."""


@import_.command("events")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and what refused, and record nothing.")
@click.pass_context
def events(context: click.Context, file: BufferedReader, *, dry_run: bool) -> None:
    """Record the events of FILE, CSV or JSON lines. Importing it again adds nothing. Exit code 1: a line was refused."""
    report, importing = Report(), Importing()
    with open_desk():
        with progress("Importing", fstat(file.fileno()).st_size) as advance:
            for lines in _chunks(read_lines(file, file.name)):
                _take_in(lines, importing, report, dry_run=dry_run)
                advance(lines[-1].bytes_read)
        weeks = 0 if dry_run else record_weeks_of(report.people)
    _tell(report, weeks, dry_run=dry_run)
    context.exit(1 if report.counts["refused"] else 0)


def _take_in(lines: Sequence[Line], importing: Importing, report: Report, *, dry_run: bool) -> None:
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
        report.take(line, event, next(rest) if event is not None else None)


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, LINES)):
        yield chunk


def _reasons(line: Line, refusal: DomainError | None) -> list[str]:
    problems = [*line.problems, *(refusal.problems if isinstance(refusal, Invalid) else [])]
    if refusal is not None and not isinstance(refusal, Invalid):
        return [one_line(str(refusal))]
    return [told(problem) for problem in problems]


def _tell(report: Report, weeks: int, *, dry_run: bool) -> None:
    counts = report.counts
    recorded = "would be recorded" if dry_run else "recorded"
    click.echo(f"{counts['new']} {recorded}, {counts['known']} known already, {counts['refused']} refused.")
    if counts["waiting"]:
        click.echo(f"{counts['waiting']} could not be decided and wait for another try, which the job `loyalty` makes by itself.")
    if report.amounts:
        click.echo(f"{report.amounts['xp']} XP and {report.amounts['points']} points awarded.")
    if weeks:
        click.echo(f"{weeks} week streaks recorded.")


COMMANDS = {"import": import_}
