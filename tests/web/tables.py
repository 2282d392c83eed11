"""Everything a database holds, as one value that differs as soon as anything does."""

import hashlib

from sqlalchemy import text

from rewards.kit.database import Database
from rewards.tables import METADATA


def contents(database: Database) -> dict[str, str]:
    """A hash of every table, by its name."""
    with database.read() as session:
        found = {}
        for name in sorted(METADATA.tables):
            rows = sorted(repr(tuple(row)) for row in session.execute(text(f"SELECT * FROM {name}")))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found
