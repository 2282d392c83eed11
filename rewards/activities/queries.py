"""What people ask about what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rewards.kit import documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import NotFound

PAGE_ROWS = 25
COLUMNS = (
    "e.id, a.key, e.occurred_at, e.happened_on, e.state, e.metadata, e.result, e.source, e.received_at, e.actor_id, e.cause_id, e.undone_at"
)
TOTALS = (
    "SELECT a.key, sum(CASE WHEN d.day = ? THEN d.events ELSE 0 END), sum(CASE WHEN d.day = ? THEN d.paid ELSE 0 END), sum(d.paid), NULL"
    " FROM daily_activity d JOIN activities a ON a.id = d.activity_id WHERE d.user_id = ? AND d.day >= ? AND d.day <= ? GROUP BY a.key"
)
TIMES = (
    "SELECT a.key, 0, 0, 0, e.occurred_at FROM events e JOIN activities a ON a.id = e.activity_id"
    " WHERE e.user_id = ? AND e.occurred_at > ? AND e.paid = 1 AND a.key IN ({keys})"
)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """Something that was recorded for somebody, as they see it. `result` is empty until it is decided."""

    id: int
    activity: str
    occurred_at: datetime
    happened_on: date
    state: str
    metadata: Mapping[str, Any]
    result: Mapping[str, Any]
    source: str
    received_at: datetime
    actor_id: int | None
    # The event that it follows from.
    cause_id: int | None
    undone_at: datetime | None

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back; what it was worth until then is still told."""
        return self.undone_at is not None

    @property
    def is_decided(self) -> bool:
        """Whether what it is worth is known."""
        return bool(self.result)

    @property
    def paid_something(self) -> bool:
        """Whether it was worth anything by itself."""
        return not self.is_undone and any(self.result.get("awards", {}).values())


@dataclass(frozen=True, slots=True)
class Today:
    """One person's day in one activity: how often they did it, and how many of those hold a slot, today and this week."""

    events: int = 0
    paid: int = 0
    paid_this_week: int = 0
    # When it was paid lately, where that was asked for.
    paid_at: tuple[datetime, ...] = ()


def event_of(user_id: int, event_id: int) -> LoggedEvent:
    """One event of somebody's. Raises NotFound for another's, as for none."""
    question = f"SELECT {COLUMNS} FROM events e JOIN activities a ON a.id = e.activity_id WHERE e.user_id = ? AND e.id = ?"
    found = [_logged(row) for row in sql.rows(question, (user_id, event_id))]
    if not found:
        raise NotFound(f"event {event_id}")
    return found[0]


def trace_of(event: LoggedEvent) -> dict[str, Any]:
    """How an event came to what it is worth, as it was stored with it; empty until it is decided."""
    stored = sql.value("SELECT trace FROM events WHERE id = ?", (event.id,))
    trace: dict[str, Any] = documents.parse(stored) if stored else {}
    return trace


def log_of(user_id: int, *, before: LoggedEvent | None = None, limit: int = PAGE_ROWS) -> list[LoggedEvent]:
    """What somebody did, newest first, from the one after `before` on."""
    earlier = " AND (e.occurred_at < ? OR (e.occurred_at = ? AND e.id < ?))" if before else ""
    question = (
        f"SELECT {COLUMNS} FROM events e JOIN activities a ON a.id = e.activity_id WHERE e.user_id = ?{earlier}"
        " ORDER BY e.occurred_at DESC, e.id DESC LIMIT ?"
    )
    moment = time_text(before.occurred_at) if before else ""
    edge: tuple[object, ...] = (moment, moment, before.id) if before else ()
    return [_logged(row) for row in sql.rows(question, (user_id, *edge, limit))]


def todays_of(user_id: int, today: date, monday: date, *, timed: Sequence[str] = (), since: datetime | None = None) -> dict[str, Today]:
    """Somebody's day by activity; `monday` begins its week. Of the `timed` ones also when they were paid, after `since`."""
    day = today.isoformat()
    question, params = TOTALS, [day, day, user_id, monday.isoformat(), day]
    if timed and since:
        question += f" UNION ALL {TIMES.format(keys=sql.marks(timed))}"
        params += [user_id, time_text(since), *timed]
    rows = sql.rows(question, params)
    times: dict[str, list[datetime]] = {}
    for row in rows:
        if row[4] is not None:
            times.setdefault(row[0], []).append(time_from_text(row[4]))
    totals = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows if row[4] is None}
    return {key: Today(*totals.get(key, (0, 0, 0)), tuple(times.get(key, ()))) for key in {**totals, **times}}


def _logged(row: sql.Row) -> LoggedEvent:
    event_id, activity, occurred_at, happened_on, state, metadata, result, source, received_at, actor_id, cause_id, undone_at = row
    return LoggedEvent(
        id=event_id,
        activity=activity,
        occurred_at=time_from_text(occurred_at),
        happened_on=date.fromisoformat(happened_on),
        state=state,
        metadata=documents.parse(metadata),
        result=documents.parse(result) if result else {},
        source=source,
        received_at=time_from_text(received_at),
        actor_id=actor_id,
        cause_id=cause_id,
        undone_at=time_from_text(undone_at) if undone_at else None,
    )
