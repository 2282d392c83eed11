"""The stored definitions and their versions. What was defined once stays readable for ever: an edit ends a row and begins the next."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from rewards.activities.models import Kind
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.database import db


class DefinitionRow(NamedTuple):
    """One definition; its id names this very version of it."""

    id: int
    kind: Kind
    key: str
    # Fractions are Decimal, exactly as they were written.
    body: dict[str, Any]


def current_version() -> int:
    """The programme version in force; 0 where nothing was ever defined."""
    return int(sql.value("SELECT max(id) FROM programme_versions") or 0)


def definitions_at(version: int) -> list[DefinitionRow]:
    """Everything defined at that version, the oldest first."""
    question = (
        "SELECT id, kind, key, body FROM definitions WHERE since_version <= ? AND (until_version IS NULL OR until_version > ?) ORDER BY id"
    )
    return [DefinitionRow(row[0], Kind(row[1]), row[2], documents.parse_exactly(row[3])) for row in sql.rows(question, (version, version))]


def named_at(version: int, kinds: Collection[Kind], keys: Collection[str]) -> dict[tuple[Kind, str], dict[str, Any]]:
    """What some definitions said at that version, by kind and key."""
    if not keys:
        return {}
    question = (
        f"SELECT kind, key, body FROM definitions WHERE kind IN ({sql.marks(kinds)}) AND key IN ({sql.marks(keys)})"
        " AND since_version <= ? AND (until_version IS NULL OR until_version > ?)"
    )
    rows = sql.rows(question, (*(kind.value for kind in kinds), *keys, version, version))
    return {(Kind(kind), key): documents.parse_exactly(body) for kind, key, body in rows}


def lock_versions() -> None:
    """Let one change of the programme happen at a time, so that versions stay a line. Recording and deciding events go on meanwhile."""
    if db.dialect != "sqlite":
        sql.run("LOCK TABLE programme_versions IN SHARE ROW EXCLUSIVE MODE")


def open_version(actor_id: int | None, note: str) -> int:
    """The next version; the versions must be locked."""
    added = "INSERT INTO programme_versions (created_at, actor_id, note) VALUES (?, ?, ?) RETURNING id"
    return int(sql.value(added, (time_text(clock.now()), actor_id, note)))


def define(kind: Kind, key: str, body: Mapping[str, Any], version: int) -> int:
    """Let a definition say `body` from `version` on; its id. Fractions in the body must be JSON numbers."""
    end_definition(kind, key, version)
    added = "INSERT INTO definitions (kind, key, body, since_version) VALUES (?, ?, ?, ?) RETURNING id"
    return int(sql.value(added, (kind.value, key, documents.canonical(body), version)))


def end_definition(kind: Kind, key: str, version: int) -> None:
    """Let a definition say nothing any more from `version` on; what it said before stays readable."""
    sql.run("UPDATE definitions SET until_version = ? WHERE kind = ? AND key = ? AND until_version IS NULL", (version, kind.value, key))
