"""`laurel serve`, `laurel migrate` and `laurel demo`: how a desk comes to be open."""

from contextlib import nullcontext
from datetime import timedelta

import click

from rewards.cli.desk import Refusal, open_database, prepare
from rewards.cli.progress import progress
from rewards.demo.opening import DAYS
from rewards.demo.people import ADMIN, CLIENTS, COACHES
from rewards.demo.playing import Played, play_story
from rewards.kit import clock, migrating
from rewards.kit.database import db
from rewards.people.setting_up import offer_set_up
from rewards.serving import THREADS, Address, serve_until_stopped


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to date; an empty one gets the starting kits."""
    open_database()
    try:
        was_empty = prepare()
    finally:
        db.close()
    click.echo("The database is up to date." + (" It was empty, and has the starting kits now." if was_empty else ""))


@click.command("demo")
def demo() -> None:
    """Fill the desk with people and ninety days of what they did. Again: adds the days since."""
    settings = open_database()
    try:
        # An empty desk gets its kits on the first day of the story, so that its history reads in its order.
        with clock.frozen_at(clock.now() - timedelta(days=DAYS)) if migrating.is_empty() else nullcontext():
            prepare()
        with progress("Playing", DAYS) as advance:
            played = play_story(secret=settings.secret_key, day_done=advance)
    finally:
        db.close()
    _tell(played)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="How many requests are worked on at once.")
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
        with db.write():
            set_up_token = offer_set_up()
    finally:
        db.close()
    serve_until_stopped(settings, address, threads=threads, set_up_token=set_up_token)


def _tell(played: Played) -> None:
    if played.is_left_alone:
        click.echo("This desk has people of its own, so the demonstration leaves it alone.")
        return
    if played.people_added or played.events_added:
        click.echo(f"{played.people_added} people and {played.events_added} events added.")
    coach, client = COACHES[0].email, CLIENTS[0].email
    if played.password:
        admin = f"{ADMIN.email} (admin), " if played.has_admin else ""
        click.echo(f"Sign in as {admin}{coach} (coach) or {client} (client); the password is {played.password}")
    else:
        click.echo(f"{coach} has another password by now.")


COMMANDS = {"migrate": migrate, "serve": serve, "demo": demo}
