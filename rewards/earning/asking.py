"""What somebody asks who misses points: about an event of theirs, or about something they did that is not there at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rewards.activities.identities import activity_ids
from rewards.activities.reserved import RESERVED
from rewards.earning.in_force import programme_in_force
from rewards.earning.missing import base_amounts, kept_back
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import Person, lock_people
from rewards.people.models import Role, User

NOTE_LENGTH_MAX = 500
# So far back somebody may say that something is missing.
REACH = timedelta(days=60)
PAGE_ROWS = 25
# So many of one person wait at a time.
OPEN_MAX = 20
ASK = "INSERT INTO questions (user_id, event_id, activity_id, day, note, asked_at, missing) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"
COLUMNS = (
    "SELECT q.id, q.user_id, u.name, u.coach_id, q.event_id, a.key, q.day, q.note, q.asked_at, q.missing, e.result, q.outcome, q.answer,"
    " q.answered_at, answerer.name, q.answer_event_id FROM questions q JOIN users u ON u.id = q.user_id"
    " JOIN activities a ON a.id = q.activity_id LEFT JOIN events e ON e.id = q.event_id"
    " LEFT JOIN users answerer ON answerer.id = q.answered_by"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and its answer where there is one. `event_id` is None where what they did is not there."""

    id: int
    user_id: int
    person: str
    coach_id: int | None
    event_id: int | None
    activity: str
    day: date
    note: str
    asked_at: datetime
    # XP and points that a limit kept back, or that one of it is worth.
    missing: Mapping[str, int]
    # What came of the event; empty where there is none.
    result: Mapping[str, Any]
    outcome: str | None
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    answer_event_id: int | None


def ask_about_event(*, user_id: int, event_id: int, note: str) -> int:
    """Say that an event of one's own should have brought more; the question's id, also where it is asked already.

    Raises NotFound, Invalid, Refused (`too_many`).
    """
    person = lock_people([user_id])[user_id]
    found = sql.rows("SELECT activity_id, happened_on FROM events WHERE id = ? AND user_id = ?", (event_id, user_id))
    if not found:
        raise NotFound(f"event {event_id}")
    _check_note(note)
    known = sql.value("SELECT id FROM questions WHERE event_id = ? AND answered_at IS NULL", (event_id,))
    activity_id, day = found[0]
    return int(known or _ask(user_id, event_id, activity_id, day, note, kept_back(event_id, person)))


def ask_about_missing(*, user_id: int, activity: str, day: date, note: str) -> int:
    """Say that something one did is not there; the question's id, also where it is asked already. Raises Invalid, Refused."""
    person = lock_people([user_id])[user_id]
    registered = programme_in_force().activities.get(activity)
    if registered is None or not registered.active or activity in RESERVED:
        raise Invalid.single("activity", "one of the activities of the programme", activity)
    today = _today(person)
    if not today - REACH <= day <= today:
        raise Invalid.single("day", f"a day of the last {REACH.days} days", day.isoformat())
    _check_note(note)
    activity_id = activity_ids([activity])[activity]
    open_one = "SELECT id FROM questions WHERE user_id = ? AND activity_id = ? AND day = ? AND event_id IS NULL AND answered_at IS NULL"
    known = sql.value(open_one, (user_id, activity_id, day.isoformat()))
    return int(known or _ask(user_id, None, activity_id, day.isoformat(), note, base_amounts(activity)))


def questions_of(user_id: int, *, event_id: int | None = None) -> list[Asked]:
    """What somebody asked, the latest first; only about one event, where it says so."""
    which, params = (" AND q.event_id = ?", [event_id]) if event_id is not None else ("", [])
    return _read(f"{COLUMNS} WHERE q.user_id = ?{which} ORDER BY q.id DESC LIMIT {PAGE_ROWS}", [user_id, *params])


def open_questions(viewer: User, *, limit: int = PAGE_ROWS) -> list[Asked]:
    """What waits for an answer, the oldest first: of a coach's own clients; for an admin, of those who have no coach."""
    whose, params = _waiting_for(viewer)
    return _read(f"{COLUMNS} WHERE q.answered_at IS NULL AND {whose} ORDER BY q.id LIMIT ?", [*params, limit])


def answered_questions(viewer: User, *, limit: int = PAGE_ROWS) -> list[Asked]:
    """What was answered last, of the same people."""
    whose, params = _waiting_for(viewer)
    return _read(f"{COLUMNS} WHERE q.answered_at IS NOT NULL AND {whose} ORDER BY q.answered_at DESC, q.id DESC LIMIT ?", [*params, limit])


def question_seen_by(viewer: User, question_id: int) -> Asked:
    """A question of a client whom they coach, or of anybody for an admin. Raises NotFound."""
    seen, params = ("1 = 1", []) if viewer.role == Role.ADMIN else ("u.coach_id = ?", [viewer.id])
    found = _read(f"{COLUMNS} WHERE q.id = ? AND {seen}", [question_id, *params])
    if not found or viewer.role == Role.CLIENT:
        raise NotFound(f"question {question_id}")
    return found[0]


def _waiting_for(viewer: User) -> tuple[str, list[object]]:
    return ("u.coach_id IS NULL", []) if viewer.role == Role.ADMIN else ("u.coach_id = ?", [viewer.id])


def _check_room(user_id: int) -> None:
    """Whoever answers has a life besides."""
    waiting = int(sql.value("SELECT count(*) FROM questions WHERE user_id = ? AND answered_at IS NULL", (user_id,)))
    if waiting >= OPEN_MAX:
        raise Refused("too_many", f"{OPEN_MAX} questions of yours wait for an answer already.", questions=waiting)


def _ask(user_id: int, event_id: int | None, activity_id: int, day: str, note: str, missing: Mapping[str, int]) -> int:
    _check_room(user_id)
    row = (user_id, event_id, activity_id, day, note.strip(), time_text(clock.now()), documents.compact(dict(missing)))
    question_id = int(sql.value(ASK, row))
    after = {"user_id": user_id, "event_id": event_id, "day": day}
    record_deed(Done("question_asked", "question", question_id, after=after), actor_id=user_id)
    return question_id


def _check_note(note: str) -> None:
    if not note.strip() or len(note) > NOTE_LENGTH_MAX:
        raise Invalid.single("note", f"1 to {NOTE_LENGTH_MAX} characters that say what is missing", note)


def _today(person: Person) -> date:
    now = clock.now()
    return now.astimezone(person.zone_at(now)).date()


def _read(question: str, params: Sequence[object]) -> list[Asked]:
    return [_asked(row) for row in sql.rows(question, params)]


def _asked(row: sql.Row) -> Asked:
    found = dict(zip(Asked.__slots__, row, strict=True))
    found["day"], found["asked_at"] = date.fromisoformat(found["day"]), time_from_text(found["asked_at"])
    found["missing"], found["result"] = documents.parse(found["missing"]), documents.parse(found["result"]) if found["result"] else {}
    found["answered_at"] = time_from_text(found["answered_at"]) if found["answered_at"] else None
    return Asked(**found)
