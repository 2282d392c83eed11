"""`laurel service add` and `laurel api-key create`: other systems, and what they may do."""

import json

import click

from rewards.cli.desk import open_desk
from rewards.integrations.keys import create_key
from rewards.integrations.registering import add_service
from rewards.kit.database import db


@click.group("service")
def service() -> None:
    """Other systems."""


@service.command("add")
@click.argument("name")
@click.option("--type", "kind", required=True, help="One word, such as shop, tracker or app.")
@click.option("--url", help="Where the service is.")
def add(*, name: str, kind: str, url: str | None) -> None:
    """Make another system known."""
    with open_desk():
        with db.write():
            service_id = add_service(name=name, type=kind, url=url).service_id
        click.echo(json.dumps({"service_id": service_id}))


@click.group("api-key")
def api_key() -> None:
    """What services prove themselves with."""


@api_key.command("create")
@click.option("--service", "service_id", required=True, help="The service's id.")
@click.option("--permissions", required=True, help="With commas between them, such as events:write,users:read.")
@click.option("--days", type=int, help="How long it is good for; otherwise until it is revoked.")
def create(*, service_id: str, permissions: str, days: int | None) -> None:
    """Make a key, and show it this once."""
    wanted = [permission.strip() for permission in permissions.split(",") if permission.strip()]
    with open_desk():
        with db.write():
            key = create_key(service_id=service_id, permissions=wanted, days=days)
        click.echo(json.dumps({"key": key}))


COMMANDS = {"service": service, "api-key": api_key}
