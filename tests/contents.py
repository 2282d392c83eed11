"""What a database holds, to see that nothing of it has changed."""

import hashlib

from rewards.kit import sql
from rewards.kit.database import db
from rewards.tables import METADATA


def everything() -> dict[str, str]:
    """Every table, as a hash of its rows."""
    with db.read():
        return {
            name: hashlib.sha256(repr(sorted(map(repr, sql.rows(f"SELECT * FROM {name}")))).encode()).hexdigest()
            for name in METADATA.tables
        }
