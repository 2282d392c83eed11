"""Whatever happened to somebody, in whatever order: doing it again as it was comes to what was paid, to the point."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.activities.recording import Recorded, record_events
from rewards.earning.granting import adjust, award_achievement
from rewards.earning.processing import process_events
from rewards.earning.reversing import reverse_transfer
from rewards.earning.undoing import undo_event
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.ledger.spending import spend_points
from rewards.people.models import Role, User
from rewards.programme.comparing import Compared
from rewards.programme.document import ProgrammeDocument
from rewards.programme.rehearsing import staged
from tests.cast import Cast, user
from tests.programmes import NOON, define, did, play

HOUR = timedelta(hours=1)
KINDS = ("workout_logged", "daily_checkin", "meal_logged", "meditation_completed")
FIRST_DAY = date(2026, 2, 1)
PROGRAMME: dict[str, Any] = {
    "activities": [
        {
            "key": "workout_logged",
            "category": "creation",
            "xp": 20,
            "points": 20,
            "max_per_day": 2,
            "diminishing": {"after": 1, "factor": 0.5},
        },
        {"key": "daily_checkin", "category": "participation", "xp": 10, "points": 10, "cooldown_hours": 8},
        {"key": "meal_logged", "category": "participation", "points": 5, "max_per_week": 4},
        {"key": "streak_7_day", "category": "consistency", "xp": 50, "points": 50, "recorded_by": ["system"]},
    ],
    "levels": [
        {"number": 1, "name": "Bronze", "xp_required": 0},
        {"number": 2, "name": "Silver", "xp_required": 100, "multiplier": 1.5},
    ],
    "rules": [
        {
            "key": "rich",
            "pattern": {"activity": "meal_logged"},
            "conditions": {"person.points_balance": {"gte": 60}},
            "outcome": {"type": "award_points", "points": 7},
        },
        {
            "key": "often",
            "pattern": {"activity": "meditation_completed"},
            "conditions": {"person.count.workout_logged": {"gte": 3}},
            "outcome": {"type": "award_points", "points": 11, "xp": 11},
        },
    ],
    "achievements": [
        {"key": "three", "name": "3", "type": "automatic", "condition_type": "workout_count", "condition_value": 3, "xp_reward": 30},
        {"key": "rising", "name": "R", "type": "automatic", "condition_type": "xp_total", "condition_value": 150, "points_reward": 25},
        {"key": "row", "name": "Row", "type": "automatic", "condition_type": "streak_days", "condition_value": 3, "points_reward": 9},
        {"key": "medal", "name": "Medal", "type": "manual", "points_reward": 13},
    ],
}


class Step(NamedTuple):
    """Something that happens; the numbers choose of what there is."""

    what: str
    one: int
    other: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["event"] * 8 + ["queue", "queue", "decide", "undo", "undo", "adjust", "spend", "medal", "reverse", "change"]),
        st.integers(0, 20),
        st.integers(0, 23),
    ),
    min_size=1,
    max_size=40,
)
names = count()


def happen(steps: Sequence[Step], user_id: int, dee: int) -> None:
    waiting: list[int] = []
    for number, step in enumerate(steps):
        with suppress(Refused):
            _happen(step, number, user_id, dee, waiting)
    with db.write():
        process_events(waiting)


def _happen(step: Step, number: int, user_id: int, dee: int, waiting: list[int]) -> None:
    event = did(user_id, KINDS[step.one % len(KINDS)], at=NOON + step.one % 12 * timedelta(days=1) + (step.other - 12) * HOUR)
    if step.what == "event":
        play(event)
    elif step.what == "change":
        activities = [{**PROGRAMME["activities"][0], "points": step.one, "max_per_day": 1 + step.other % 3}]
        define(activities=activities)
    else:
        with db.write() as session:
            if step.what == "queue":
                [recorded] = record_events([event])
                assert isinstance(recorded, Recorded)
                waiting.append(recorded.event_id)
            elif step.what == "decide" and waiting:
                process_events([waiting.pop(step.one % len(waiting))])
            elif step.what == "undo":
                own = [row[0] for row in sql.rows("SELECT id FROM events WHERE user_id = ? AND cause_id IS NULL ORDER BY id", (user_id,))]
                if own:
                    undo_event(event_id=own[step.one % len(own)], actor=session.get_one(User, dee), reason="a mistake")
            elif step.what == "adjust":
                adjust(
                    user_id=user_id, asset=("xp", "points")[step.one % 2], amount=step.other * 5 - 40 or 1, reason="by hand", actor_id=dee
                )
            elif step.what == "spend":
                spend_points(user_id=user_id, points=1 + step.one * 3, reason="spent", reference=f"{user_id}:{number}")
            elif step.what == "medal":
                award_achievement(user_id=user_id, achievement="medal", awarded_by=dee)
            elif step.what == "reverse":
                mine = "SELECT id FROM accounts WHERE owner_kind = 'user' AND owner_id = ?"
                question = f"SELECT id FROM transfers WHERE credit_id IN ({mine}) ORDER BY id"
                moved = [row[0] for row in sql.rows(question, (user_id,))]
                if moved:
                    reverse_transfer(transfer_id=moved[step.other % len(moved)], actor_id=dee, reason="reversed")


def compared(user_id: int, **sections: Any) -> Compared:
    with staged(ProgrammeDocument.model_validate(sections), FIRST_DAY) as stage:
        return stage.compare(user_id)


@pytest.fixture
def later(clock: Any) -> Iterator[None]:
    clock.set_to(NOON + timedelta(days=20))
    yield
    clock.set_to(None)


def test_every_history_comes_to_what_was_paid_when_it_is_done_again(cast: Cast, later: None, *, proof: bool) -> None:
    @settings(max_examples=400 if proof else 25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not proof)
    @given(STEPS)
    def again(steps: Sequence[Step]) -> None:
        define(**PROGRAMME)
        with db.write():
            somebody = user(f"somebody{next(names)}", Role.CLIENT, timezone="UTC")
        happen(steps, somebody, cast.dee)
        assert compared(somebody).unlike == 0

    again()
