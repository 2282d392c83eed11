"""A week of the headline streak without a gap is an event of its own, recorded once the week is over where the person lives."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from rewards.activities.happening import NewEvent
from rewards.activities.models import Kind, Recorder
from rewards.activities.registry import registry_in_force
from rewards.earning.processing import record_and_process
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text
from rewards.kit.database import db
from rewards.people.locking import Person, lock_people
from rewards.people.zones import zone_named
from rewards.streaks.running import DAY, monday_of

ACTIVITY = "week_streak"
SOURCE = "system"
WEEK = timedelta(days=7)
SUNDAY = timedelta(days=6)
NOON = time(12, tzinfo=UTC)
LAST_MOMENT = time(23, 59, 59)
# A day goes around the world in 50 hours, from UTC+14 to UTC-12.
QUARTER = timedelta(minutes=15)
QUARTERS_OF_A_DAY = 50 * 4 + 1
# So many people at most wait for one write block of this job.
BATCH = 50

# Days of the streak itself and of its weeks that are recorded already, in one walk through the days of those who can have a whole week.
DAYS = (
    "SELECT d.user_id, u.timezone, d.day, d.activity_id FROM streaks s JOIN users u ON u.id = s.user_id"
    " JOIN daily_activity d ON d.user_id = s.user_id AND d.activity_id IN (?, ?) AND d.events > 0"
    " WHERE s.activity_id = ? AND s.best >= 7 AND s.last_day >= ? AND d.day >= ?{of_whom} ORDER BY d.user_id, d.day"
)
BODIES = (
    "SELECT d.body, v.created_at FROM definitions d JOIN programme_versions v ON v.id = d.since_version"
    " WHERE d.kind = ? AND d.key = ? ORDER BY d.since_version DESC"
)


@dataclass(frozen=True, slots=True)
class WholeWeek:
    """Somebody's week in which no day is missing."""

    user_id: int
    monday: date

    @property
    def key(self) -> str:
        """The same week is the same event."""
        return f"{ACTIVITY}:{self.user_id}:{self.monday}"


def record_recent_weeks() -> int:
    """Record the whole weeks of the last three; for every quarter of an hour, because midnight comes to each zone at its own time."""
    return _record_since(clock.now().date() - 3 * WEEK)


def record_all_weeks() -> int:
    """Record every whole week since the activity was switched on, however late its days or this job came."""
    return _record_since(date.min)


def record_weeks_of(user_ids: Collection[int]) -> int:
    """Record every whole week of these people, however long ago: what an import brings was not there to be paid in its time."""
    with db.read():
        weeks = [week for some in _slices(sorted(user_ids)) for week in _whole_weeks(date.min, some)] if _is_active() else []
    return _record(weeks)


def _record_since(earliest: date) -> int:
    with db.read():
        # What is switched on today pays from today: people would wonder about points for a year that nobody had promised.
        weeks = _whole_weeks(max(earliest, _active_since() - SUNDAY), None) if _is_active() else []
    return _record(weeks)


def _is_active() -> bool:
    activity = registry_in_force().activities.get(ACTIVITY)
    return activity is not None and activity.active


def _active_since() -> date:
    since = clock.now()
    for body, created_at in sql.rows(BODIES, (Kind.ACTIVITY, ACTIVITY)):
        if not documents.parse(body).get("active", True):
            break
        since = time_from_text(created_at)
    return since.date()


def _whole_weeks(earliest: date, user_ids: Sequence[int] | None) -> list[WholeWeek]:
    headline = registry_in_force().settings.streak_activity
    ids = {key: row_id for row_id, key in sql.rows("SELECT id, key FROM activities WHERE key IN (?, ?)", (headline, ACTIVITY))}
    if headline not in ids:
        return []
    of_whom = f" AND s.user_id IN ({sql.marks(user_ids)})" if user_ids else ""
    params = (ids[headline], ids.get(ACTIVITY, 0), ids[headline], earliest.isoformat(), earliest.isoformat(), *(user_ids or ()))
    found = []
    for (user_id, timezone), rows in groupby(sql.rows(DAYS.format(of_whom=of_whom), params), key=lambda row: (row[0], row[1])):
        today = clock.now().astimezone(zone_named(timezone)).date()
        found += [WholeWeek(user_id, monday) for monday in _mondays(rows, ids[headline]) if monday + WEEK <= today]
    return found


def _mondays(rows: Iterator[sql.Row], headline_id: int) -> list[date]:
    days_of_week: dict[date, int] = {}
    recorded = set()
    for _, _, day, activity_id in rows:
        monday = monday_of(date.fromisoformat(day))
        if activity_id == headline_id:
            days_of_week[monday] = days_of_week.get(monday, 0) + 1
        else:
            recorded.add(monday)
    return [monday for monday, days in days_of_week.items() if days == 7 and monday not in recorded]


def _record(weeks: Sequence[WholeWeek]) -> int:
    recorded = 0
    for some in _slices(weeks):
        with db.write():
            people = lock_people(week.user_id for week in some)
            answers = record_and_process([_event(week, people[week.user_id]) for week in some if week.user_id in people])
            recorded += sum(isinstance(answer, dict) for answer in answers)
    return recorded


def _event(week: WholeWeek, person: Person) -> NewEvent:
    return NewEvent(
        user_id=week.user_id,
        action="streak",
        object_type="week",
        activity=ACTIVITY,
        source=SOURCE,
        recorder=Recorder.SYSTEM,
        metadata={"week": week.monday.isoformat()},
        # In the week itself, so that it counts under that week's cap.
        occurred_at=_end_of(week.monday + SUNDAY, person),
        idempotency_key=week.key,
    )


def _end_of(day: date, person: Person) -> datetime:
    zone = person.zone_at(datetime.combine(day, NOON))
    end = datetime.combine(day, LAST_MOMENT, zone).astimezone(UTC)
    if _day_at(end, person) == day:
        return end
    # They moved that day, and by its end where they were at noon they had another day.
    latest = datetime.combine(day + DAY, NOON)
    moments = (latest - quarter * QUARTER for quarter in range(QUARTERS_OF_A_DAY))
    return next((moment for moment in moments if _day_at(moment, person) == day), end)


def _day_at(moment: datetime, person: Person) -> date:
    return moment.astimezone(person.zone_at(moment)).date()


def _slices(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]
