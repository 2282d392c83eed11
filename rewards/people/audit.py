"""The record of changes as it is read: filtered, page by page, each entry with what was there before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import NotFound

PAGE_ROWS = 25
BATCH_ROWS = 500
ID_MAX = 2**62
COLUMNS = (
    "e.id, e.at, e.actor_id, actor.name, e.action, e.object_kind, e.object_id, person.name, e.before, e.after, e.note, e.place,"
    " e.caller, e.request_id"
)
# Where something was done to a person, their name stands beside their id.
JOINS = (
    " LEFT JOIN users actor ON actor.id = e.actor_id"
    " LEFT JOIN users person ON person.id = CASE WHEN e.object_kind = 'user' THEN CAST(e.object_id AS BIGINT) END"
)
# The few different values of a column, each found by one step along its index.
STEPS = (
    "WITH RECURSIVE steps (found) AS (SELECT min({column}) FROM audit_entries UNION ALL"
    " SELECT (SELECT min({column}) FROM audit_entries WHERE {column} > steps.found) FROM steps WHERE steps.found IS NOT NULL)"
    " SELECT found FROM steps WHERE found IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. `first` and `last` are days in `zone`, both included."""

    actor_id: int | None = None
    # Only what nobody did in person: other systems, the command line, the house itself.
    by_nobody: bool = False
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    first: date | None = None
    last: date | None = None
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to what, when, from where, and what that changed."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str | None
    action: str
    object_kind: str
    object_id: str
    # Whom it was done to, where it was a person.
    person: str | None
    before: Any
    after: Any
    note: str
    place: str
    caller: str
    request_id: str

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Each member that is not the same before and after, by name; a member that is absent on one side is None there."""
        before, after = _members(self.before), _members(self.after)
        return [(name, before.get(name), after.get(name)) for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def entries(wanted: Wanted, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[Entry]:
    """A page of entries, the latest first, from the one after `before_id` on."""
    conditions, params = _conditions(wanted)
    if before_id is not None:
        conditions.append("(e.at, e.id) < (SELECT at, id FROM audit_entries WHERE id = ?)")
        params.append(min(before_id, ID_MAX))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return _read(f"{where} ORDER BY e.at DESC, e.id DESC LIMIT ?", [*params, limit])


def every_entry(wanted: Wanted) -> Iterator[Entry]:
    """All of them, in the same order, read in batches."""
    before_id = None
    while batch := entries(wanted, before_id=before_id, limit=BATCH_ROWS):
        yield from batch
        before_id = batch[-1].id


def entry_by_id(entry_id: int) -> Entry:
    """One entry. Raises NotFound."""
    found = _read(" WHERE e.id = ?", [entry_id]) if 0 < entry_id < ID_MAX else []
    if not found:
        raise NotFound(f"audit entry {entry_id}")
    return found[0]


def actions_known() -> list[str]:
    """Everything that was ever done, by name."""
    return [row[0] for row in sql.rows(STEPS.format(column="action"))]


def kinds_known() -> list[str]:
    """Every kind of thing that something was ever done to, by name."""
    return [row[0] for row in sql.rows(STEPS.format(column="object_kind"))]


def _members(document: Any) -> Mapping[str, Any]:
    """What can be compared by name; a single value has none."""
    return document if isinstance(document, Mapping) else {} if document is None else {"": document}


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    conditions, params = [], []
    for column in ("actor_id", "action", "object_kind", "object_id"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"e.{column} = ?")
            params.append(value)
    if wanted.by_nobody:
        conditions.append("e.actor_id IS NULL")
    if wanted.first:
        conditions.append("e.at >= ?")
        params.append(_midnight(wanted.first, wanted.zone))
    if wanted.last:
        conditions.append("e.at < ?")
        params.append(_midnight(wanted.last + timedelta(days=1), wanted.zone) if wanted.last < date.max else "A")
    return conditions, params


def _midnight(day: date, zone: tzinfo) -> str:
    try:
        return time_text(datetime.combine(day, time(), zone))
    except OverflowError:
        # The first days there are: everything happened after them.
        return ""


def _read(rest: str, params: list[object]) -> list[Entry]:
    return [
        Entry(
            id=row[0],
            at=time_from_text(row[1]),
            actor_id=row[2],
            actor=row[3],
            action=row[4],
            object_kind=row[5],
            object_id=row[6],
            person=row[7],
            before=None if row[8] is None else documents.parse(row[8]),
            after=None if row[9] is None else documents.parse(row[9]),
            note=row[10],
            place=row[11],
            caller=row[12],
            request_id=row[13],
        )
        for row in sql.rows(f"SELECT {COLUMNS} FROM audit_entries e{JOINS}{rest}", params)
    ]
