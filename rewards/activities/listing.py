"""Lists of events as staff look at them: everybody's as they came in, or one person's as they happened, each with how it came to its award.

A page costs the same however many events there are: it walks an index from its edge.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rewards.activities.models import State
from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import NotFound
from rewards.people.models import Role, User

PAGE_ROWS = 25
BATCH_ROWS = 500
LAST_ID = 2**62
# So many activities are walked along one by one; a text that fits more of them sorts out what does not fit on the way.
ACTIVITIES_MAX = 40
COLUMNS = (
    "e.id, e.user_id, u.name, act.key, e.action, e.object_type, e.metadata, e.occurred_at, e.happened_on, e.received_at, e.source,"
    " e.idempotency_key, e.actor_id, actor.name, e.cause_id, e.state, e.attempts, e.next_attempt_at, e.error, e.paid, e.counted,"
    " e.unmatched, e.result, e.trace, e.undone_at, undoer.name, e.undoing"
)
JOINS = " JOIN activities act ON act.id = e.activity_id JOIN users u ON u.id = e.user_id LEFT JOIN users actor ON actor.id = e.actor_id"
JOINS += " LEFT JOIN users undoer ON undoer.id = e.undone_by"
# Events come in the order of their ids, so the first one of a moment is found by halving; two that come at once may swap places.
FIRST_ID = (
    "WITH RECURSIVE halving (low, high) AS (SELECT coalesce((SELECT min(id) FROM events), 0),"
    " coalesce((SELECT max(id) FROM events), 0) + 1 UNION ALL"
    " SELECT CASE WHEN {probe} < ? THEN (low + high) / 2 + 1 ELSE low END, CASE WHEN {probe} < ? THEN high ELSE (low + high) / 2 END"
    " FROM halving WHERE low < high) SELECT low FROM halving WHERE low >= high"
).format(probe="(SELECT e.received_at FROM events e WHERE e.id >= (low + high) / 2 ORDER BY e.id LIMIT 1)")
# The few sources there are, each found by one step along the index of keys.
SOURCES = (
    "WITH RECURSIVE sources (source) AS (SELECT min(source) FROM events UNION ALL"
    " SELECT (SELECT min(e.source) FROM events e WHERE e.source > sources.source) FROM sources WHERE sources.source IS NOT NULL)"
)
SWAP_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events. `first` and `last` are days, both included: of one person their own, of everybody UTC days of arrival."""

    user_id: int | None = None
    state: State | None = None
    # A part of an activity's key; spaces stand for its underscores.
    text: str = ""
    # Only those for which neither their activity nor any rule had an award.
    unmatched: bool = False
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event with all that came of it. `result` and `trace` are empty until it is decided."""

    id: int
    user_id: int
    person: str
    activity: str
    action: str
    object_type: str
    metadata: Mapping[str, Any]
    occurred_at: datetime
    happened_on: date
    received_at: datetime
    source: str
    idempotency_key: str | None
    actor_id: int | None
    actor: str | None
    cause_id: int | None
    state: str
    attempts: int
    next_attempt_at: datetime | None
    error: str | None
    paid: bool
    counted: bool
    unmatched: bool
    result: Mapping[str, Any]
    trace: Mapping[str, Any]
    undone_at: datetime | None
    undone_by: str | None
    # Why it was undone and what changed with it; or the event that it went with. Empty where it stands.
    undoing: Mapping[str, Any]

    @property
    def awards(self) -> Mapping[str, Any]:
        """What it was worth by itself, in the words of the API's answer."""
        found: Mapping[str, Any] = self.result.get("awards", {})
        return found

    @property
    def matched_rules(self) -> list[str]:
        """The keys of the rules that held."""
        return [rule["rule"] for rule in self.trace.get("rules", ()) if rule.get("matched")]


def events(wanted: Wanted, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[EventLine]:
    """A page of events, the latest first, from the one after `before_id` on."""
    ids, params, order = _one_persons(wanted, before_id, limit) if wanted.user_id is not None else _everybodys(wanted, before_id, limit)
    if not ids:
        return []
    return [_line(row) for row in sql.rows(f"SELECT {COLUMNS} FROM ({ids}) AS page JOIN events e ON e.id = page.id{JOINS}{order}", params)]


def every_event(wanted: Wanted) -> Iterator[EventLine]:
    """All of them, in the same order, read in batches."""
    before_id = None
    while batch := events(wanted, before_id=before_id, limit=BATCH_ROWS):
        yield from batch
        before_id = batch[-1].id


def event_seen_by(viewer: User, event_id: int) -> EventLine:
    """One event of theirs, of a client whom they coach, or of anybody for an admin. Raises NotFound."""
    seen = {Role.ADMIN: "? > 0", Role.COACH: f"u.coach_id = ? AND u.role = '{Role.CLIENT.value}'", Role.CLIENT: "u.id = ?"}[
        Role(viewer.role)
    ]
    question = f"SELECT {COLUMNS} FROM events e{JOINS} WHERE e.id = ? AND {seen}"
    found = sql.rows(question, (event_id, viewer.id)) if 0 < event_id < LAST_ID else []
    if not found:
        raise NotFound(f"event {event_id}")
    return _line(found[0])


def events_of_key(idempotency_key: str, *, limit: int = PAGE_ROWS) -> list[EventLine]:
    """The events that were sent under this key, by whatever source; each source has its own keys."""
    # SQLite keeps to the order of a cross join: from each source to the one row of its key.
    which = "WHERE e.source = s.source AND e.idempotency_key = ? LIMIT ?"
    question = f"{SOURCES} SELECT {COLUMNS} FROM sources s CROSS JOIN events e{JOINS} {which}"
    return [_line(row) for row in sql.rows(question, (idempotency_key, limit))]


def count_by_state() -> dict[State, int]:
    """How many events are in each state. Those that are done are summed by day already, and the others are few."""
    found = dict.fromkeys(State, 0)
    found[State.PROCESSED] = int(sql.value("SELECT coalesce(sum(events), 0) FROM daily_sums"))
    for state, count in sql.rows("SELECT state, count(*) FROM events WHERE state <> 'processed' GROUP BY state"):
        found[State(state)] = int(count)
    return found


def count_unmatched() -> int:
    """For how many events neither their activity nor any rule had an award."""
    return int(sql.value("SELECT count(*) FROM events WHERE unmatched = 1"))


def _one_persons(wanted: Wanted, before_id: int | None, limit: int) -> tuple[str, list[object], str]:
    conditions, params = _rest(wanted, _activities(wanted))
    if wanted.first:
        conditions, params = [*conditions, "happened_on >= ?"], [*params, wanted.first.isoformat()]
    if wanted.last:
        conditions, params = [*conditions, "happened_on <= ?"], [*params, wanted.last.isoformat()]
    if before_id is not None:
        edge = sql.value("SELECT occurred_at FROM events WHERE id = ? AND user_id = ?", (before_id, wanted.user_id))
        if edge is None:
            raise NotFound(f"event {before_id}")
        # The first part keeps to the index; the second one tells events of one moment apart.
        conditions, params = [*conditions, "occurred_at <= ? AND (occurred_at < ? OR id < ?)"], [*params, edge, edge, before_id]
    where = " AND ".join(["user_id = ?", *conditions])
    ids = f"SELECT id FROM events WHERE {where} ORDER BY occurred_at DESC, id DESC LIMIT ?"
    return ids, [wanted.user_id, *params, limit], " ORDER BY e.occurred_at DESC, e.id DESC"


def _everybodys(wanted: Wanted, before_id: int | None, limit: int) -> tuple[str, list[object], str]:
    activities = _activities(wanted)
    is_common = wanted.state in (None, State.PROCESSED) and not wanted.unmatched
    walks = activities is not None and is_common and len(activities) <= ACTIVITIES_MAX
    conditions, params = _rest(wanted, None if walks else activities)
    low, high = 0, before_id or LAST_ID
    if wanted.first:
        first = _midnight(wanted.first)
        conditions, params, low = [*conditions, "received_at >= ?"], [*params, time_text(first)], _first_id(first, -SWAP_MAX)
    if wanted.last and wanted.last < date.max:
        end = _midnight(wanted.last + timedelta(days=1))
        conditions, params, high = [*conditions, "received_at < ?"], [*params, time_text(end)], min(high, _first_id(end, SWAP_MAX))
    page = f"{' AND '.join([*conditions, 'id >= ?', 'id < ?'])} ORDER BY id DESC LIMIT ?"
    params += [low, high, limit]
    if activities is None or not walks:
        return f"SELECT id FROM events WHERE {page}", params, " ORDER BY e.id DESC"
    # The rarest activity costs no more than the most usual one: each is walked along its own index.
    halves = [f"SELECT id FROM (SELECT id FROM events WHERE activity_id = ? AND {page}) AS half"] * len(activities)
    ids = f"SELECT id FROM ({' UNION ALL '.join(halves)}) AS halves ORDER BY id DESC LIMIT ?" if halves else ""
    return ids, [value for activity_id in activities for value in (activity_id, *params)] + [limit], " ORDER BY e.id DESC"


def _rest(wanted: Wanted, activities: Sequence[int] | None) -> tuple[list[str], list[object]]:
    """What is looked at in each event on the way. A partial index is used where its own condition is repeated."""
    conditions: list[str] = []
    params: list[object] = []
    if wanted.state is not None:
        conditions.append("state = ?" if wanted.state is State.PROCESSED else "state = ? AND state <> 'processed'")
        params.append(wanted.state)
    if wanted.unmatched:
        conditions.append("unmatched = 1")
    if activities is not None:
        conditions.append(f"activity_id IN ({sql.marks(activities)})" if activities else "1 = 0")
        params += activities
    return conditions, params


def _activities(wanted: Wanted) -> list[int] | None:
    """The ids of the activities whose key has the text in it; None where there is no text."""
    part = wanted.text.strip().lower().replace(" ", "_")
    if not part:
        return None
    pattern = f"%{part.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    return [row[0] for row in sql.rows("SELECT id FROM activities WHERE lower(key) LIKE ? ESCAPE '!' ORDER BY id", (pattern,))]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _first_id(moment: datetime, swap: timedelta) -> int:
    edge = time_text(moment + swap if moment.year > 1 else moment)
    return int(sql.value(FIRST_ID, (edge, edge)))


def _line(row: sql.Row) -> EventLine:
    line = dict(zip(EventLine.__slots__, row, strict=True))
    for name in ("occurred_at", "received_at", "next_attempt_at", "undone_at"):
        line[name] = time_from_text(line[name]) if line[name] else None
    for name in ("metadata", "result", "trace", "undoing"):
        line[name] = documents.parse(line[name]) if line[name] else {}
    for name in ("paid", "counted", "unmatched"):
        line[name] = bool(line[name])
    line["happened_on"] = date.fromisoformat(line["happened_on"])
    return EventLine(**line)
