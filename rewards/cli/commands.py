"""The `laurel` command: every noun it knows."""

import click

from rewards import __version__
from rewards.cli.desk import Desk
from rewards.cli.history import import_
from rewards.cli.machines import api_key, service
from rewards.cli.people import create_admin, users
from rewards.cli.programme import config, recalculate, verify_
from rewards.cli.starting import migrate, serve
from rewards.cli.timetable import jobs

COMMANDS = (serve, migrate, create_admin, users, service, api_key, config, import_, verify_, recalculate, jobs)


@click.group(cls=Desk, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="laurel")
def laurel() -> None:
    """Laurel, a rewards desk that a business hosts itself."""


for command in COMMANDS:
    laurel.add_command(command)


def main() -> None:
    """Where the program begins. Exit codes: 0 done, 1 refused or different, 2 wrong use."""
    laurel(prog_name="laurel")
