"""`laurel jobs`: the timetable, one job now, or all of it in the foreground."""

import signal
import threading
from types import FrameType

import click
from rich.console import Console
from rich.table import Table

from rewards.cli.desk import Refusal, open_desk
from rewards.jobs import TIMETABLE
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.leading import leadership
from rewards.kit.scheduling import Timekeeper
from rewards.kit.working import run_now

LATEST = "SELECT scheduled_for, state, outcome FROM job_runs WHERE job = ? ORDER BY scheduled_for DESC LIMIT 1"


@click.group("jobs", invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """Run the timetable in the foreground, or ask for one job."""
    if context.invoked_subcommand is None:
        with open_desk():
            _keep_time()


@jobs.command("list")
def list_() -> None:
    """Say which jobs there are, how often each runs, and what came of its latest run."""
    table = Table("job", "cadence", "latest run", "outcome", box=None, pad_edge=False)
    with open_desk(), db.read():
        for job in TIMETABLE:
            found = sql.rows(LATEST, (job.name,))
            scheduled_for, state, outcome = found[0] if found else ("", "", "")
            table.add_row(job.name, job.cadence.told(), scheduled_for[:19], f"{state}: {outcome}" if outcome else state)
    console = Console(soft_wrap=True)
    console.print(table)


@jobs.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Run one job now. Exit code 1: it failed."""
    job = next((job for job in TIMETABLE if job.name == name), None)
    if job is None:
        raise click.BadParameter(f"{name} is none of {', '.join(job.name for job in TIMETABLE)}", param_hint="NAME")
    with open_desk():
        worked = run_now(job, "command line")
    if worked.state == "failed":
        raise Refusal(worked.outcome)
    click.echo(worked.outcome)


def _keep_time() -> None:
    keeper = Timekeeper(TIMETABLE, leadership())
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    keeper.start()
    stopping.wait()
    keeper.stop()


COMMANDS = {"jobs": jobs}
