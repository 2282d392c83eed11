"""`laurel create-admin` and `laurel users add`: people, before anybody can invite them from a page."""

import json
import sys
from datetime import date, datetime

import click

from rewards.activities.registry import registry_in_force
from rewards.cli.desk import Refusal, open_desk
from rewards.kit.database import db
from rewards.people.joining import add_user
from rewards.people.models import Role, User
from rewards.people.passwords import HashedPassword, hash_password
from rewards.people.queries import resolve_user, user_by_email

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("create-admin")
@click.argument("email")
@click.option("--name", help="What people call them; otherwise what stands before the @.")
@click.option("--timezone", help="Such as Europe/Berlin; otherwise the programme's.")
def create_admin(email: str, name: str | None, timezone: str | None) -> None:
    """Add somebody who may do everything. Reads the password from standard input where that is no terminal."""
    password = _read_password(may_be_absent=False)
    with open_desk():
        hashed = hash_password(password or "")
        with db.write():
            user = add_user(email=email, name=name or _name_from(email), role=Role.ADMIN, timezone=_zone(timezone), password=hashed)
        _tell(user)


@click.group("users")
def users() -> None:
    """People."""


@users.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", help="What people call them; otherwise what stands before the @.")
@click.option("--coach", help="Of a client: their coach's e-mail address or id.")
@click.option("--timezone", help="Such as Europe/Berlin; otherwise the programme's.")
@click.option("--joined-on", type=DAY, help="The day they joined; otherwise today.")
@click.option("--external-id", help="What another system calls them.")
def add(
    *,
    email: str,
    role: str,
    name: str | None,
    coach: str | None,
    timezone: str | None,
    joined_on: datetime | None,
    external_id: str | None,
) -> None:
    """Add a person. Reads the password from standard input where that is no terminal; without one they cannot sign in yet."""
    password = _read_password(may_be_absent=True)
    with open_desk():
        hashed: HashedPassword | None = hash_password(password) if password else None
        with db.write():
            user = add_user(
                email=email,
                name=name or _name_from(email),
                role=role,
                timezone=_zone(timezone),
                joined_on=_day(joined_on),
                coach_id=_coach(coach).id if coach else None,
                external_id=external_id,
                password=hashed,
            )
        _tell(user)


def _read_password(*, may_be_absent: bool) -> str | None:
    if sys.stdin.isatty():
        hint = " (empty: none yet)" if may_be_absent else ""
        default = "" if may_be_absent else None
        return str(click.prompt(f"Password{hint}", hide_input=True, confirmation_prompt=True, default=default, show_default=False)) or None
    password = sys.stdin.readline().rstrip("\r\n")
    if not password and not may_be_absent:
        raise Refusal("a password is expected on standard input")
    return password or None


def _coach(reference: str) -> User:
    if "@" not in reference:
        return resolve_user(reference)
    user = user_by_email(reference)
    if user is None:
        raise Refusal(f"coach: nobody here has the address {reference}")
    return user


def _zone(timezone: str | None) -> str:
    return timezone or registry_in_force().settings.timezone


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _name_from(email: str) -> str:
    words = email.split("@", maxsplit=1)[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words) or email


def _tell(user: User) -> None:
    click.echo(json.dumps({"user_id": user.id, "email": user.email, "role": user.role}))


COMMANDS = {"create-admin": create_admin, "users": users}
