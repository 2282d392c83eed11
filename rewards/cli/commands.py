"""The `laurel` command: every noun it knows."""

from importlib import import_module

import click

from rewards import __version__
from rewards.cli.desk import Desk

# Where each command is told. A module is read when it is asked for: without the web behind it, a command answers in half the time.
COMMANDS = {
    "serve": "starting",
    "demo": "starting",
    "migrate": "starting",
    "create-admin": "people",
    "users": "people",
    "service": "machines",
    "api-key": "machines",
    "config": "programme",
    "import": "history",
    "campaigns": "campaigns",
    "rehearse": "rehearsing",
    "verify": "proving",
    "recalculate": "proving",
    "jobs": "timetable",
}


class Laurel(Desk):
    """All commands, in the order in which one needs them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"rewards.cli.{COMMANDS[name]}").COMMANDS[name]
        return command


@click.group(cls=Laurel, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="laurel")
def laurel() -> None:
    """Laurel, a rewards desk that a business hosts itself."""


def main() -> None:
    """Where the program begins. Exit codes: 0 done, 1 refused or different, 2 wrong use."""
    laurel(prog_name="laurel")
