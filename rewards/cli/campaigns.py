"""`laurel campaigns resolve`: who gets what, decided for a whole campaign."""

import click

from rewards.campaigns.counting_winners import resolve_and_count
from rewards.campaigns.standings import campaign_named
from rewards.cli.desk import open_desk
from rewards.kit.database import db


@click.group("campaigns")
def campaigns() -> None:
    """Campaigns of waitlists."""


@campaigns.command("resolve")
@click.argument("key")
def resolve(key: str) -> None:
    """Let everybody who meets a condition of the campaign KEY have its reward. A second time nobody gets anything."""
    with open_desk(), db.write():
        resolved = resolve_and_count(campaign_id=campaign_named(key).id)
    for reward, new, granted in resolved:
        click.echo(f"{reward}: {granted} {'has' if granted == 1 else 'have'} it, {new} new.")


COMMANDS = {"campaigns": campaigns}
