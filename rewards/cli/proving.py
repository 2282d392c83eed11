"""`laurel verify` and `laurel recalculate`: whether everything derived equals the ledger, and deriving it again where it does not."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from rewards.cli.desk import open_desk
from rewards.kit.database import db
from rewards.programme.verifying import Difference, verify
from rewards.programme.verifying import recalculate as derive_again


@click.command("verify")
@click.option("--json", "as_document", is_flag=True, help="The differences as one JSON document.")
@click.pass_context
def verify_(context: click.Context, *, as_document: bool) -> None:
    """Hold everything derived against the ledger. Exit code 0: equal; 1: the differences, named."""
    with open_desk(), db.read():
        differences = verify()
    if as_document:
        click.echo(json.dumps({"differences": [asdict(difference) for difference in differences]}, default=str))
    else:
        _tell_differences(differences)
    context.exit(1 if differences else 0)


@click.command("recalculate")
@click.option("--apply", is_flag=True, help="Mend what differs; otherwise it is only named.")
@click.pass_context
def recalculate(context: click.Context, *, apply: bool) -> None:
    """Derive again what differs from the ledger. Exit code 1: something differs still."""
    with open_desk():
        if apply:
            with db.write():
                mended = derive_again()
            click.echo(f"{mended} {'row' if mended == 1 else 'rows'} mended.")
        with db.read():
            differences = verify()
    _tell_differences(differences)
    context.exit(1 if differences else 0)


def _tell_differences(differences: Sequence[Difference]) -> None:
    for difference in differences:
        click.echo(difference.told())
    click.echo(
        f"{len(differences)} difference{'s' if len(differences) > 1 else ''}." if differences else "Everything derived equals the ledger."
    )


COMMANDS = {"verify": verify_, "recalculate": recalculate}
