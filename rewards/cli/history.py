"""`laurel import`: past events and subscribers with their real dates, through the same engine as every other."""

from collections import Counter
from collections.abc import Sequence
from io import BufferedReader
from os import fstat

import click

from rewards.activities.reading_events import read_lines
from rewards.campaigns.importing import COLUMNS, bring_in, comers_of
from rewards.campaigns.standings import waitlist_named
from rewards.cli.desk import one_line, open_desk, told
from rewards.cli.progress import progress
from rewards.earning.taking_in import Report, take_in
from rewards.kit.database import db
from rewards.kit.errors import Problem


@click.group("import")
def import_() -> None:
    """What comes from elsewhere."""


@import_.command("events")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and what refused, and record nothing.")
@click.pass_context
def events(context: click.Context, file: BufferedReader, *, dry_run: bool) -> None:
    """Record the events of FILE, CSV or JSON lines. Importing it again adds nothing. Exit code 1: a line was refused."""
    with open_desk(), progress("Importing", fstat(file.fileno()).st_size) as advance:
        report = take_in(read_lines(file, file.name), dry_run=dry_run, refuse=_refuse, advance=advance)
    _tell(report, dry_run=dry_run)
    context.exit(1 if report.counts["refused"] else 0)


@import_.command("subscribers")
@click.argument("waitlist")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say who would join and what is refused, and let nobody join.")
@click.pass_context
def subscribers(context: click.Context, waitlist: str, file: BufferedReader, *, dry_run: bool) -> None:
    """Put the people of FILE, CSV or JSON lines, on the list with the key WAITLIST, the earliest first. Exit code 1: a line was refused."""
    refused = Counter[str]()

    def refuse(number: int, reasons: Sequence[Problem]) -> None:
        refused["lines"] += 1
        _refuse(number, reasons)

    with open_desk():
        with db.read():
            waitlist_id = waitlist_named(waitlist).id
        comers = comers_of(read_lines(file, file.name, COLUMNS), refuse)
        with progress("Importing", len(comers)) as advance:
            counts = bring_in(comers, waitlist_id=waitlist_id, dry_run=dry_run, refuse=refuse, advance=advance)
    joined = "would join" if dry_run else "joined"
    click.echo(f"{counts['new']} {joined}, {counts['known']} known already, {refused['lines']} refused.")
    if counts["counted"]:
        click.echo(f"{counts['counted']} referral{'s' if counts['counted'] > 1 else ''} counted.")
    context.exit(1 if refused["lines"] else 0)


def _refuse(number: int, reasons: Sequence[Problem]) -> None:
    for reason in reasons:
        click.echo(f"line {number}: {told(reason) if reason.field else one_line(reason.message)}")


def _tell(report: Report, *, dry_run: bool) -> None:
    counts = report.counts
    recorded = "would be recorded" if dry_run else "recorded"
    click.echo(f"{counts['new']} {recorded}, {counts['known']} known already, {counts['refused']} refused.")
    if counts["waiting"]:
        click.echo(f"{counts['waiting']} could not be decided and wait for another try, which the job `loyalty` makes by itself.")
    if report.amounts:
        click.echo(f"{report.amounts['xp']} XP and {report.amounts['points']} points awarded.")
    if report.weeks:
        click.echo(f"{report.weeks} week streaks recorded.")


COMMANDS = {"import": import_}
