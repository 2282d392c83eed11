"""`laurel serve`, `laurel migrate` and `laurel demo`: how a desk comes to be open."""

import click

from rewards.cli.desk import Refusal, open_database, prepare
from rewards.kit.database import db
from rewards.serving import Address, serve_until_stopped


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to date; an empty one gets the starting kits."""
    open_database()
    try:
        was_empty = prepare()
    finally:
        db.close()
    click.echo("The database is up to date." + (" It was empty, and has the starting kits now." if was_empty else ""))


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="How many requests are worked on at once.")
def serve(*, host: str, port: int, threads: int) -> None:
    """Migrate, then serve, with the timetable inside."""
    settings = open_database()
    address = Address(host, port)
    try:
        address.check_free()
        prepare()
        # Read now, so that a bad key is one line here and not a server that dies.
        if not settings.secret_key:
            raise Refusal("there is no secret key")
    finally:
        db.close()
    serve_until_stopped(settings, address, threads=threads)
