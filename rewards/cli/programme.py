"""`laurel config`: the programme as a document that can be kept, edited and put back."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from rewards.cli.desk import open_desk
from rewards.kit.database import db
from rewards.programme.changing import Defined, change_programme
from rewards.programme.exporting import as_json, as_yaml, export_programme
from rewards.programme.reading import read_programme


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


def _tell(what: str, defined: Sequence[Defined]) -> None:
    for one in defined:
        click.echo(f"{what}: {one}")


COMMANDS = {"config": config}
