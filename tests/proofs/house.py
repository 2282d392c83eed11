"""A house to prove things in: a database with a programme, a shop that may call, and people who earn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from rewards.earning.queueing import run_queue
from rewards.integrations.keys import create_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.kit import clock, sql
from rewards.kit.database import Database, db
from rewards.ledger.queries import balances_of
from rewards.people.models import Role
from rewards.programme.verifying import verify
from tests.cast import user
from tests.programmes import define
from tests.proofs.server import Server, Shop

# A queue that is not empty after so many turns never will be.
TURNS_MAX = 200
# Further than any lease and any pause between two tries.
LATER = timedelta(hours=3)


@dataclass
class House:
    """Where the database is, who may call, and who lives there."""

    url: str
    folder: Path
    shop: Shop
    servers: list[Server] = field(default_factory=list)

    @property
    def dialect(self) -> str:
        """The kind of database."""
        return self.url.split(":", 1)[0].split("+", 1)[0]

    def serve(self, **how: Any) -> Server:
        """Another server of this house; the fixture stops it."""
        folder = self.folder / f"server{len(self.servers)}"
        folder.mkdir()
        self.servers.append(Server(folder, self.url, **how))
        return self.servers[-1].start()

    @contextmanager
    def inside(self) -> Iterator[Database]:
        """The database, open in this process too."""
        db.open(self.url)
        try:
            yield db
        finally:
            db.close()

    def settle_people(self, count: int, name: str = "person", zone: str = "UTC") -> list[int]:
        """So many new clients."""
        with self.inside(), db.write():
            first = sql.value("SELECT count(*) FROM users")
            return [user(f"{name}{first + number}", Role.CLIENT, timezone=zone) for number in range(count)]

    def balances(self, user_id: int) -> dict[str, int]:
        """What somebody has."""
        with self.inside(), db.read():
            return balances_of(user_id)

    def rows(self, question: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with self.inside(), db.read():
            return sql.rows(question, params)

    def differences(self) -> list[str]:
        """Whatever is not as the ledger says; none is what everybody hopes for."""
        with self.inside(), db.read():
            return [difference.told() for difference in verify()]

    def empty_the_queue(self) -> int:
        """Work on everything that waits, claims of the dead included; how many events that were."""
        done = 0
        with self.inside(), clock.frozen_at(clock.now()):
            for _ in range(TURNS_MAX):
                clock.set_to(clock.now() + LATER)
                worked_on = run_queue()
                done += worked_on
                if not worked_on:
                    return done
        raise AssertionError("the queue never ends")


def furnish(url: str, folder: Path, **programme: Any) -> House:
    """A house with this programme, on a database that is migrated and empty."""
    db.open(url)
    try:
        define(**programme)
        with db.write():
            service = add_service(name="Shop", type="shop").service_id
            key = create_key(service_id=service, permissions=list(Permission))
    finally:
        db.close()
    return House(url, folder, Shop(service, key))
