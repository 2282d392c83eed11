"""What there is of a client, as the database has it."""

from typing import Any

from rewards.kit import sql
from rewards.kit.database import Database
from rewards.ledger.queries import balances_of
from rewards.people.queries import user_by_email

KIND = {"key": "kind", "name": "Kindness", "type": "manual", "xp_reward": 5, "points_reward": 3}
EVENTS = "SELECT e.id, a.key, e.happened_on, e.actor_id, e.source, e.metadata FROM events e JOIN activities a ON a.id = e.activity_id"


def id_of(database: Database, name: str = "ada") -> int:
    """The id of one of the cast."""
    with database.read():
        found = user_by_email(f"{name}@example.com")
        assert found
        return found.id


def points_of(database: Database, name: str = "ada") -> int:
    """What they can spend."""
    with database.read():
        return balances_of(id_of(database, name)).get("points", 0)


def events_of(database: Database, name: str = "ada") -> list[tuple[Any, ...]]:
    """Everything they did, in the order in which it came in."""
    with database.read():
        return [tuple(row) for row in sql.rows(f"{EVENTS} WHERE e.user_id = ? ORDER BY e.id", (id_of(database, name),))]
