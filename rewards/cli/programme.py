"""`laurel config`, `laurel verify` and `laurel recalculate`: the programme as a document, and what is derived from the ledger."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from rewards.cli.desk import open_desk
from rewards.kit.database import db
from rewards.programme.changing import Defined, change_programme
from rewards.programme.exporting import as_json, as_yaml, export_programme
from rewards.programme.reading import read_programme
from rewards.programme.verifying import Difference, verify
from rewards.programme.verifying import recalculate as derive_again


@click.group("config")
def config() -> None:
    """The programme as one document, YAML or JSON."""


@config.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write what is defined to FILE; `-` is standard output. A name that ends in .json is written as JSON."""
    with open_desk(), db.read():
        document = export_programme()
    text = as_json(document) if file.suffix.lower() == ".json" else as_yaml(document)
    if str(file) == "-":
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"Written to {file}.", err=True)


@config.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_(file: BinaryIO, *, dry_run: bool) -> None:
    """Create what is new in FILE, change what differs, leave the rest alone; `-` is standard input."""
    with open_desk():
        document = read_programme(file.read(), name=file.name)
        note = f"Imported from {Path(file.name).name}"
        with db.write():
            change = change_programme(document=document, actor_id=None, note=note, dry_run=dry_run)
    would = "would be " if dry_run else ""
    _tell(f"{would}created", change.created)
    _tell(f"{would}changed", change.changed)
    click.echo(f"{len(change.unchanged)} {'is' if len(change.unchanged) == 1 else 'are'} as before.")
    if change.version is not None:
        click.echo(f"The programme is at version {change.version}.")


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


def _tell(what: str, defined: Sequence[Defined]) -> None:
    for one in defined:
        click.echo(f"{what}: {one}")


def _tell_differences(differences: Sequence[Difference]) -> None:
    for difference in differences:
        click.echo(difference.told())
    click.echo(f"{len(differences)} differences." if differences else "Everything derived equals the ledger.")
