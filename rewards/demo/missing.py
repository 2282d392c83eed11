"""What clients of the story miss: two questions that wait for their coach, and one that was answered."""

from dataclasses import dataclass
from datetime import timedelta

from rewards.demo.opening import client_ids
from rewards.earning.answering import explain
from rewards.earning.asking import ask_about_event, ask_about_missing
from rewards.kit import clock, sql
from rewards.people.queries import user_by_id

CAPPED = "SELECT max(e.id) FROM events e WHERE e.user_id = ? AND e.state = 'processed' AND e.result LIKE '%limit of%'"


@dataclass(frozen=True, slots=True)
class Missed:
    """On a day of the story, somebody asks: about an activity that is not there, or about what a limit kept back."""

    day: int
    email: str
    note: str
    activity: str | None = None
    answer: str | None = None


MISSED = (
    Missed(
        79, "jonas@laurel.example", "I pressed twice, sorry.", "workout_logged", "No harm done: your workout of that day is in your log."
    ),
    Missed(87, "chandra@laurel.example", "I sat the whole evening with these. Could the last ones count too?"),
    Missed(88, "dorothy@laurel.example", "I was in the park before work and had no battery left.", "workout_logged"),
)


def miss_points(number: int) -> None:
    """What is asked on that day of the story, once."""
    ids = client_ids()
    for one in MISSED:
        if one.day == number and one.email in ids and not _is_asked(ids[one.email], one.note):
            _ask(one, ids[one.email])


def _is_asked(user_id: int, note: str) -> bool:
    return sql.value("SELECT 1 FROM questions WHERE user_id = ? AND note = ?", (user_id, note)) is not None


def _ask(one: Missed, user_id: int) -> None:
    if one.activity:
        yesterday = clock.now().date() - timedelta(days=1)
        question_id = ask_about_missing(user_id=user_id, activity=one.activity, day=yesterday, note=one.note)
    elif event_id := sql.value(CAPPED, (user_id,)):
        question_id = ask_about_event(user_id=user_id, event_id=event_id, note=one.note)
    else:
        return
    coach_id = sql.value("SELECT coach_id FROM users WHERE id = ?", (user_id,))
    coach = user_by_id(coach_id) if coach_id else None
    if one.answer and coach:
        explain(question_id=question_id, actor=coach, answer=one.answer)
